"""The rest of the month end: what an operator typically sends. Every item here plans as a create."""

from smoothx_tui.sandbox.default_scenario.desk import Desk, Line

_PLACES = ("quay", "depot", "wharf")
# company, prefix, cost code, cost type, what it does
_TRADES = (
    ("harbour", "HC", "03-300", "S", "Slab pours"),
    ("forma", "FF", "03-100", "S", "Formwork"),
    ("borex", "BX", "05-120", "S", "Steel erection"),
    ("lumen", "LE", "16-100", "S", "Electrical rough-in"),
    ("dunn", "DP", "15-400", "S", "Hydraulics"),
    ("airflow", "AM", "15-700", "S", "Ductwork"),
    ("skyline", "SR", "07-400", "S", "Roofing"),
    ("mortar", "MP", "04-200", "S", "Brickwork"),
    ("joist", "JR", "06-100", "S", "Carpentry"),
    ("kerb", "KC", "02-300", "S", "Pavements"),
    ("precast", "PP", "03-350", "M", "Precast panels"),
    ("gantry", "GS", "01-100", "E", "Scaffold"),
)
_SUPPLIES = (
    ("lifting", "LIFT", "01-540", "E", "Crane hire"),
    ("amber", "FUEL", "01-700", "O", "Diesel"),
    ("hire", "HH", "01-100", "E", "Small plant"),
    ("waste", "CW", "01-100", "O", "Skip bins"),
    ("guard", "NW", "01-100", "O", "Guarding"),
    ("timber", "TT", "06-100", "M", "Timber"),
    ("office", "PC", "01-100", "O", "Site office"),
    ("plumb", "PS", "01-100", "PS", "Survey"),
    ("geotech", "BG", "02-300", "PS", "Compaction tests"),
    ("brush", "BP", "09-900", "S", "Painting"),
)


def write(desk: Desk, claims: int, costs: int) -> None:
    """So many more claims and direct costs, over the three busiest projects."""
    for place in range(claims):
        company, prefix, code, kind, text = _TRADES[place % len(_TRADES)]
        work = 4000 + place * 1370 % 38_000
        retention = f"{work // 10}.00" if place % 3 else "0"
        lines = [
            Line(
                code,
                f"{work}.00",
                f"{text}, level {place % 7 + 1}",
                type=kind,
                retained=retention,
                before=f"{work * 2}.00",
            )
        ]
        if place % 4 == 1:
            lines.append(Line(code, f"{150 + place * 11}.40", "Dayworks", type=kind))
        desk.claim(_PLACES[place % 3], company, f"{prefix}-1{place:03}", *lines)
    for place in range(costs):
        company, prefix, code, kind, text = _SUPPLIES[place % len(_SUPPLIES)]
        cents = 2500 + place * 977 % 95_000
        unit = f"{cents // 100}.{cents % 100:02}"
        quantity = place % 5 + 1
        amount = f"{cents * quantity // 100}.{cents * quantity % 100:02}"
        line = Line(code, amount, text, type=kind, quantity=f"{quantity}.0", unit=unit, tax=88)
        desk.direct(
            _PLACES[place % 3], company, f"{prefix}-2{place:03}", line, direct_cost_date=f"2026-06-{place % 28 + 1:02}"
        )
