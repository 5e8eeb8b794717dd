"""Who and what the default scenario has: projects, companies, codes. All invented.

Ids pass 32 bits, as Procore's do.
"""

from typing import Any, Final, NamedTuple

COMPANY_ID: Final = 598134325510001
COMPANY: Final = {"id": COMPANY_ID, "name": "Harbourline Pty Ltd", "is_active": True, "my_company": True}
CLOCK: Final = "2026-07-03T09:00:00Z"
LAST_MONTH: Final = "2026-06-29T05:10:00Z"


class Project(NamedTuple):
    key: str
    id: int
    number: str | None
    name: str
    city: str
    state: str


PROJECTS: Final = (
    Project("quay", 598134325511001, "2235", "Quay St", "Sydney", "NSW"),
    Project("depot", 598134325511002, "2241", "Depot", "Parramatta", "NSW"),
    Project("wharf", 598134325511003, None, "Wharf Apartments", "Newcastle", "NSW"),
    Project("data", 598134325511004, "2250", "Pacific Data Hall", "Los Angeles", "CA"),
    Project("school", 598134325511005, "2262", "Riverside School", "Wollongong", "NSW"),
    Project(
        "heritage",
        598134325511006,
        "2270",
        "Conservation and Adaptive Re-use of the Former Customs Warehouse, Bond Store and Bonded Cellars (Stage 1B)",
        "Sydney",
        "NSW",
    ),
    Project("ferry", 598134325511007, "2198", "Ferry Terminal", "Sydney", "NSW"),
)
PROJECT_IDS: Final = {project.key: project.id for project in PROJECTS}

SUB_JOBS: Final = (
    {"id": 598134325511901, "project_id": PROJECT_IDS["depot"], "code": "2241-01", "name": "Carpark"},
    {"id": 598134325511902, "project_id": PROJECT_IDS["depot"], "code": "02", "name": "Workshop"},
)

# id, code, name, base type
COST_TYPES: Final = (
    (14, "E", "Equipment", "equipment"),
    (15, "S", "Subcontract", "commitment"),
    (16, "PS", "Professional Services", "professional_services"),
    (17, "REV", "Revenue", "other"),
    (18, "L", "Labour", "other"),
    (19, "M", "Materials", "materials"),
    (20, "OC", "Owner Cost", "owner_cost"),
    (21, "O", "Other", "other"),
)
TYPE_IDS: Final = {code: number for number, code, _, _ in COST_TYPES}

# id, code, description, rate in per cent, archived
TAX_CODES: Final = (
    (88, "GST@10%", "GST on expenses", "10.0", False),
    (89, "GST Free", "GST free expenses", "0.0", False),
    (90, "GST Import", "GST paid on imports; nobody has mapped it yet", "10.0", False),
    (91, "GST Capital", "GST on capital purchases", "10.0", False),
    (92, "GST@12.5%", "An old rate, mapped to a rate that Xero no longer has", "12.5", True),
    (93, "GST Reduced", "A rate that differs from the mapped rate in Xero", "9.0", False),
    (94, "GST Income", "A sales rate, used on a bill by mistake", "10.0", False),
    (95, "No GST", "Outside GST", "0.0", False),
    (96, "GST (2000)", "Mapped to a rate that is archived in Xero", "10.0", False),
)

COST_CODES: Final = (
    ("01-100", "Site establishment"),
    ("01-540", "Craneage"),
    ("01-700", "Fuel and consumables"),
    ("02-300", "Earthworks"),
    ("03-100", "Formwork"),
    ("03-300", "Cast-in-place concrete"),
    ("03-350", "Precast"),
    ("04-200", "Masonry"),
    ("05-120", "Structural steel"),
    ("06-100", "Carpentry"),
    ("07-400", "Roofing"),
    ("08-100", "Doors and windows"),
    ("09-200", "Plasterboard"),
    ("09-900", "Painting"),
    ("15-400", "Plumbing"),
    ("15-700", "Mechanical"),
    ("16-100", "Electrical"),
    ("17-100", "Provisional sums"),
    ("17-200", "Levies"),
    ("17-300", "Owner supplied"),
    ("17-400", "Deposits"),
    ("17-900", "Variations"),
)
CODE_NAMES: Final = dict(COST_CODES)

# key, name; some forty companies, and nobody real among them
COMPANIES: Final = (
    ("harbour", "Harbour Concrete Pty Ltd"),
    ("lifting", "Lifting Co"),
    ("borex", "Borex Steel"),
    ("dunn", "Dunn Plumbing"),
    ("amber", "Amber Fuels"),
    ("tessel", "Tessel Tiling"),
    ("kerb", "Kerbstone Civil"),
    ("joist", "Joist & Rafter Carpentry"),
    ("lumen", "Lumen Electrical Services"),
    ("plumb", "Plumbline Surveyors"),
    ("gantry", "Gantry Scaffolds"),
    ("skyline", "Skyline Roofing (NSW)"),
    ("mortar", "Mortar and Pestle Masonry"),
    ("glaze", "Glazeworks"),
    ("airflow", "Airflow Mechanical"),
    ("brush", "Brushstroke Painters"),
    ("precast", "Precast Panels Australia"),
    ("forma", "Forma Formwork"),
    ("terra", "Terra Earthmoving"),
    ("hire", "Handy Hire"),
    ("waste", "Clearaway Waste"),
    ("guard", "Nightwatch Security"),
    ("plaster", "Even Plaster Linings"),
    ("doors", "Hinge & Latch Doors"),
    ("timber", "Tall Timber Merchants"),
    ("office", "Paperclip Office Supplies"),
    ("architect", "Datum Architects"),
    ("geotech", "Bedrock Geotechnical"),
    ("cleaner", "Spotless Site Cleaning"),
    ("usframe", "Sierra Frame Inc"),
    ("uscool", "Coldaisle Cooling LLC"),
    ("archived", "Yesterday Interiors"),
    ("newcomer", "Newcomer Landscapes"),
    ("angle", "Bracket <Fixings> Supply"),
    ("hostile", "Redline\x1b[31m [bold]Sig\u202enage\u202c[/bold] \u200bCo"),
    ("twin", "Duplicate Drilling"),
    ("ghost", "Vanished Waterproofing"),
    ("owner_quay", "Quay Street Holdings"),
    ("owner_depot", "Western Transit Depot Trust"),
    ("owner_data", "Pacific Data Partners LP"),
    ("owner_school", "Riverside Education Office"),
)
COMPANY_IDS: Final = {key: 598134325512001 + place for place, (key, _) in enumerate(COMPANIES)}
COMPANY_NAMES: Final = dict(COMPANIES)

_STREETS: Final = ("Example Street", "Sample Road", "Specimen Lane", "Model Avenue", "Pattern Parade")
_CITIES: Final = (("Sydney", "2000"), ("Parramatta", "2150"), ("Newcastle", "2300"), ("Wollongong", "2500"))


def vendors() -> list[dict[str, Any]]:
    """The companies as Procore's directory has them."""
    rows = []
    for place, (key, name) in enumerate(COMPANIES):
        city, postcode = _CITIES[place % len(_CITIES)]
        mail = "".join(letter for letter in key if letter.isalnum())
        rows.append(
            {
                "id": COMPANY_IDS[key],
                "name": name,
                "address": f"{place + 3} {_STREETS[place % len(_STREETS)]}",
                "city": city,
                "state_code": "NSW",
                "zip": postcode,
                "country_code": "AU",
                "business_phone": f"(02) 5550 {1000 + place * 7}",
                "email_address": f"accounts@{mail}.example" if key != "cleaner" else "accounts at cleaner",
                "business_register": {"id": 41 + place, "type": "abn", "identifier": f"{10_000_000_000 + place * 97}"},
                "created_at": "2025-02-03T01:22:10Z",
                "updated_at": "2026-03-02T05:00:00Z",
            }
        )
    return rows


def projects() -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "name": one.name,
            "project_number": one.number,
            "city": one.city,
            "state_code": one.state,
            "country_code": "US" if one.state == "CA" else "AU",
            "time_zone": "America/Los_Angeles" if one.state == "CA" else "Australia/Sydney",
            "active": True,
            "created_at": "2025-09-01T00:00:00Z",
            "updated_at": "2026-06-01T00:00:00Z",
        }
        for one in PROJECTS
    ]


def cost_types() -> list[dict[str, Any]]:
    return [{"id": number, "code": code, "name": name, "base_type": base} for number, code, name, base in COST_TYPES]


def tax_codes() -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "code": code,
            "description": text,
            "rate1": rate,
            "archived": old,
            "default_tax_code": number == 88,
        }
        for number, code, text, rate, old in TAX_CODES
    ]


def cost_code_id(project: str, full_code: str) -> int:
    """Cost codes are bound to their project: each has its own id for `03-300`."""
    place = next(index for index, (code, _) in enumerate(COST_CODES) if code == full_code)
    return 598134325520000 + (PROJECT_IDS[project] % 1000) * 100 + place


def cost_codes() -> list[dict[str, Any]]:
    return [
        {
            "id": cost_code_id(project.key, code),
            "project_id": project.id,
            "full_code": code,
            "code": code.split("-")[1],
            "name": name,
            "biller_type": "Project",
            "biller_id": project.id,
            "standard_cost_code_id": 3000 + place,
        }
        for project in PROJECTS
        for place, (code, name) in enumerate(COST_CODES)
    ]


def currency() -> dict[str, Any]:
    """AUD; the data hall is in USD with a rate of its own: one USD is 1.5356 AUD."""
    rates = [("USD", "0.6512"), ("NZD", "1.0934"), ("EUR", "0.5630")]
    return {
        "company_id": COMPANY_ID,
        "currency_iso_code": "AUD",
        "currency_display": "symbol",
        "multicurrency_enabled": True,
        "multicurrency_enabled_effective_date": "2025-01-01T00:00:00Z",
        "exchange_rates": [
            {
                "id": place,
                "company_id": COMPANY_ID,
                "base_currency_iso_code": "AUD",
                "quote_currency_iso_code": code,
                "exchange_rate": rate,
                "is_active": True,
                "created_at": "2025-01-01T00:00:00Z",
                "updated_at": "2026-06-01T00:00:00Z",
            }
            for place, (code, rate) in enumerate(rates, 1)
        ],
        "projects": [
            {
                "project_id": PROJECT_IDS["data"],
                "currency_iso_code": "USD",
                "company_currency_exchange_rate_override": "1.5356",
                "multicurrency_enabled": True,
            }
        ],
    }
