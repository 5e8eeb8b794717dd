"""Items that were synced earlier, in every status a document can have, and what has happened to them since."""

from decimal import Decimal

from smoothx_tui.sandbox.default_scenario.desk import MAY, Desk, Json, Line
from smoothx_tui.sandbox.default_scenario.documents import Documents

_STATUSES = (
    ("draft", "DRAFT"),
    ("awaiting_approval", "SUBMITTED"),
    ("awaiting_payment", "AUTHORISED"),
    ("paid", "PAID"),
)
_SINCE = "2026-07-02T23:40:00Z"


def write(desk: Desk, documents: Documents) -> None:
    """Everything that Xero holds a document for, and the locks that others set."""
    _untouched(desk, documents)
    _untouched_others(desk, documents)
    _changed_in_procore(desk, documents)
    _changed_others(desk, documents)
    _changed_in_xero(desk, documents)
    _gone(desk, documents)
    _locks(desk)
    _links(desk, documents)


def _untouched(desk: Desk, documents: Documents) -> None:
    """Both sides agree, in each status and for each kind."""
    for place, (name, status) in enumerate(_STATUSES):
        claim = desk.claim(
            "quay",
            "borex",
            f"BX-S{place}",
            Line("05-120", f"{9000 + place * 500}.00", "Steel, earlier claim", retained="900.00"),
            case=f"unchanged_claim_{name}",
            expect="unchanged",
        )
        documents.of(claim, status)
        cost = desk.direct(
            "depot",
            "lifting",
            f"LIFT-S{place}",
            Line(
                "01-540",
                f"{700 + place * 10}.00",
                "Crane, earlier",
                type="E",
                quantity="4.0",
                unit=("175.0", "177.5", "180.0", "182.5")[place],
            ),
            case=f"unchanged_direct_{name}",
            expect="unchanged",
        )
        documents.of(cost, status)
    for place, (name, status) in enumerate(_STATUSES):
        head = desk.head(
            "wharf",
            f"PC-S{place}",
            Line("07-400", f"{30000 + place * 1000}.00", "Roof, earlier claim", type="REV", retained="1500.00"),
            case=f"unchanged_head_{name}",
            expect="unchanged",
        )
        documents.of(head, status)


def _untouched_others(desk: Desk, documents: Documents) -> None:
    """In a locked period, and without a lock in Procore."""
    may = desk.claim(
        "wharf",
        "gantry",
        "GS-0030",
        Line("01-100", "3800.00", "Scaffold, May"),
        month=MAY,
        case="unchanged_in_locked_period",
        expect="unchanged",
    )
    documents.of(may, "AUTHORISED")
    cost = desk.direct(
        "wharf",
        "lifting",
        "LIFT-S9",
        Line("01-540", "512.00", "Crane, never locked", type="E"),
        case="synced_without_lock",
        expect="unchanged",
    )
    documents.of(cost, "DRAFT", lock=False)


def _edit(item: Json, amount: str) -> None:
    """A project manager changed the first line after the sync."""
    member = next(name for name in ("items", "line_items", "g703") if name in item)
    line = item[member][0]
    if member == "line_items":
        line.update(amount=amount, quantity="1.0", unit_cost=amount)
    else:
        line["work_completed_this_period"] = amount
    item["updated_at"] = _SINCE


def _changed_in_procore(desk: Desk, documents: Documents) -> None:
    """The first line's amount is another one since: an update, or held by the switch of the document's status."""
    outcomes = ("update", "held", "held", "held")
    for place, ((name, status), outcome) in enumerate(zip(_STATUSES, outcomes, strict=True)):
        claim = desk.claim(
            "quay",
            "mortar",
            f"MP-C{place}",
            Line("04-200", "6000.00", "Walls"),
            Line("04-200", "1250.00", "Piers"),
            case=f"changed_claim_{name}",
            expect=outcome,
        )
        documents.of(claim, status)
        _edit(claim, f"{6500 + place}.00")
        cost = desk.direct(
            "quay",
            "waste",
            f"CW-C{place}",
            Line("01-100", "450.00", "Skip bins"),
            case=f"changed_direct_{name}",
            expect=outcome,
        )
        documents.of(cost, status)
        _edit(cost, f"{475 + place}.00")


def _changed_others(desk: Desk, documents: Documents) -> None:
    """A head contract claim, one part paid, one in a locked period."""
    head = desk.head(
        "wharf", "PC-26", Line("03-300", "40000.00", "Slabs", type="REV"), case="changed_head_draft", expect="update"
    )
    documents.of(head, "DRAFT")
    _edit(head, "42500.00")
    part = desk.claim(
        "quay", "forma", "FF-0018", Line("03-100", "11000.00", "Columns"), case="changed_part_paid", expect="held"
    )
    documents.of(part, "AUTHORISED", AmountPaid=Decimal("5000.00"))
    _edit(part, "11800.00")
    locked = desk.claim(
        "depot",
        "forma",
        "FF-0017",
        Line("03-100", "7300.00", "Walls, May"),
        month=MAY,
        case="changed_in_locked_period",
        expect="blocked",
    )
    documents.of(locked, "DRAFT")
    _edit(locked, "7450.00")


def _changed_in_xero(desk: Desk, documents: Documents) -> None:
    """A bookkeeper's hand, a deletion, a void."""
    claim = desk.claim(
        "quay",
        "skyline",
        "SR-0007",
        Line("07-400", "12400.00", "Sheeting"),
        Line("07-400", "2100.00", "Flashings"),
        case="edited_by_bookkeeper",
        expect="update",
    )
    row = documents.of(claim, "DRAFT", UpdatedDateUTC="2026-07-02T06:15:00Z")
    row["LineItems"][0]["AccountCode"] = "429"
    row["LineItems"].append(
        {"Description": "Freight, added by hand", "UnitAmount": Decimal("85.00"), "AccountCode": "429"}
    )
    for status, name in (("DELETED", "deleted_in_xero"), ("VOIDED", "voided_in_xero")):
        for kind in ("claim", "direct"):
            line = Line("15-400", "2950.00", "Pump room")
            number = f"DP-{status[:3]}-{kind[0].upper()}"
            write_item = desk.claim if kind == "claim" else desk.direct
            item = write_item("wharf", "dunn", number, line, case=f"{kind}_{name}", expect="held")
            documents.of(item, status)
    head = desk.head(
        "wharf", "PC-25", Line("01-100", "15500.00", type="REV"), case="head_deleted_in_xero", expect="held"
    )
    documents.of(head, "DELETED")


def _gone(desk: Desk, documents: Documents) -> None:
    """Documents whose item Procore no longer lists; one direct cost is there still, with `deleted_at`."""
    outcomes = (*_STATUSES, ("part_paid", "AUTHORISED"))
    for place, (name, status) in enumerate(outcomes):
        claim = desk.claim(
            "wharf",
            "tessel",
            f"TT-G{place}",
            Line("09-200", f"{1800 + place * 20}.00", "Tiling, deleted later"),
            case=f"gone_claim_{name}",
            expect="orphaned",
        )
        paid = {"AmountPaid": Decimal("600.00")} if name == "part_paid" else {}
        documents.of(claim, status, lock=False, **paid)
        desk.remove("requisitions", claim)
    cost = desk.direct(
        "wharf",
        "hire",
        "HH-G0",
        Line("01-100", "330.00", "Hire, deleted later"),
        case="gone_direct_draft",
        expect="orphaned",
    )
    documents.of(cost, "DRAFT", lock=False)
    desk.remove("direct_costs", cost)
    head = desk.head("quay", "PC-G0", Line("03-300", "5000.00", type="REV"), case="gone_head", expect="orphaned")
    documents.of(head, "DRAFT", lock=False)
    desk.remove("payment_applications", head)
    marked = desk.direct(
        "quay",
        "hire",
        "HH-G1",
        Line("01-100", "275.00", "Hire, marked deleted"),
        deleted_at=_SINCE,
        case="gone_direct_marked",
        expect="orphaned",
    )
    documents.of(marked, "DRAFT")


def _locks(desk: Desk) -> None:
    desk.claim(
        "depot",
        "gantry",
        "GS-L1",
        Line("01-100", "2600.00", "Stair tower"),
        origin_id="ledgerworks:INV-20331",
        case="locked_by_another_integration",
        expect="locked_elsewhere",
    )
    desk.direct(
        "depot",
        "guard",
        "NW-L2",
        Line("01-100", "1150.00", "Patrols"),
        origin_id="xero:0badcafe:7c1d3c52-0000-4000-8000-00000000beef",
        case="locked_by_another_tenant",
        expect="locked_elsewhere",
    )
    desk.direct(
        "depot",
        "guard",
        "NW-L3",
        Line("01-100", "860.00", "Alarm call"),
        origin_id="xero:7d1f0a52:7c1d3c52-0000-4000-8000-00000000dead",
        case="locked_without_document",
        expect="held",
    )
    desk.direct(
        "depot",
        "guard",
        "NW-L4",
        Line("01-100", "95.00", "Keys"),
        origin_id="null",
        case="lock_is_the_text_null",
        expect="create",
    )


def _links(desk: Desk, documents: Documents) -> None:
    """Two documents for one item, and a document that only the lock names."""
    twice = desk.direct(
        "quay", "doors", "HL-L5", Line("08-100", "1410.00", "Closers"), case="two_documents_for_one_item", expect="held"
    )
    documents.of(twice, "DRAFT", lock=False)
    documents.of(twice, "SUBMITTED", lock=False)
    found = desk.claim(
        "quay", "doors", "HL-L6", Line("08-100", "5210.00", "Fire doors"), case="found_by_lock_alone", expect="update"
    )
    documents.of(found, "DRAFT")["Url"] = None
