"""Items that wait and have something about them: gaps in the mapping, contacts, numbers, tracking, currency, texts."""

from smoothx_tui.sandbox.default_scenario.desk import Desk, Line
from smoothx_tui.sandbox.default_scenario.documents import Documents
from smoothx_tui.sandbox.default_scenario.reference import SUB_JOBS

CARPARK, WORKSHOP = (int(str(one["id"])) for one in SUB_JOBS)


def write(desk: Desk, documents: Documents) -> None:
    """One item for each finding."""
    _accounts(desk)
    _taxes(desk)
    _odd_lines(desk)
    _contacts(desk)
    _found_contacts(desk)
    _numbers(desk)
    _taken_numbers(desk, documents)
    _tracking(desk)
    _currency(desk)
    _texts(desk)


def _accounts(desk: Desk) -> None:
    desk.head(
        "quay",
        "PC-04",
        Line("08-100", "25000.00", "Doors, no row in the sales mapping", type="REV"),
        case="unmapped_cost_code",
        expect="blocked",
    )
    desk.claim(
        "school",
        "terra",
        "TE-0104",
        Line("02-300", "9100.00", "Oval levels"),
        case="archived_account",
        expect="blocked",
    )
    desk.direct(
        "quay", "plumb", "PS-0200", Line("17-100", "1500.00", "Set-out"), case="unknown_account", expect="blocked"
    )
    desk.direct("quay", "plumb", "PS-0201", Line("17-200", "300.00", "Levy"), case="system_account", expect="blocked")


def _taxes(desk: Desk) -> None:
    """Tax codes: not mapped, unknown, for the other side, at another rate."""
    desk.direct(
        "depot",
        "hire",
        "HH-7710",
        Line("01-100", "780.00", "Imported tool", tax=90),
        case="unmapped_tax_code",
        expect="create",
    )
    desk.direct(
        "depot",
        "hire",
        "HH-7711",
        Line("01-100", "610.00", "Old rate", tax=92),
        case="unknown_tax_type",
        expect="blocked",
    )
    desk.direct(
        "depot",
        "hire",
        "HH-7712",
        Line("01-100", "590.00", "Sales rate", tax=94),
        case="unfit_tax_type",
        expect="blocked",
    )
    desk.direct(
        "depot",
        "hire",
        "HH-7713",
        Line("01-100", "455.00", "Reduced rate", tax=93),
        case="tax_rate_differs",
        expect="create",
    )


def _odd_lines(desk: Desk) -> None:
    """Two tax codes on a line, a credit, an archived rate, a bank account, half a cent."""
    desk.claim(
        "depot",
        "lumen",
        "LE-0099",
        Line("16-100", "3300.00", "Switchboard", second_tax=89),
        case="two_tax_codes",
        expect="blocked",
    )
    desk.direct(
        "quay",
        "hire",
        "CR-0012",
        Line("01-100", "-240.00", "Credit for returned panels"),
        case="negative_total",
        expect="blocked",
    )

    desk.direct(
        "depot",
        "hire",
        "HH-7714",
        Line("01-100", "350.00", "Rate of 2000", tax=96),
        case="archived_tax_type",
        expect="blocked",
    )
    desk.direct("quay", "plumb", "PS-0202", Line("17-400", "2000.00", "Bond"), case="bank_account", expect="blocked")
    desk.direct("quay", "plumb", "PS-0203", Line("01-100", "333.335", "Half a cent"), case="rounded", expect="create")


def _contacts(desk: Desk) -> None:
    desk.claim(
        "quay", "ghost", "VW-0009", Line("07-400", "3900.00", "Membrane"), case="contact_unknown", expect="blocked"
    )
    desk.claim(
        "quay",
        "newcomer",
        "NL-0001",
        Line("17-300", "6800.00", "Planting", type="S"),
        case="contact_to_create",
        expect="create",
    )
    desk.direct(
        "quay",
        "angle",
        "BF-0031",
        Line("06-100", "212.40", "Brackets", type="M"),
        case="contact_name_refused",
        expect="blocked",
    )
    desk.claim(
        "wharf", "archived", "YI-0003", Line("09-200", "4700.00", "Joinery"), case="archived_contact", expect="blocked"
    )
    desk.direct(
        "quay",
        None,
        "EXP-0042",
        Line("01-700", "63.20", "Parking and tolls", type="O"),
        direct_cost_type="expense",
        employee={"id": 77002, "name": "Casey Example"},
        case="employee_without_company",
        expect="blocked",
    )


def _found_contacts(desk: Desk) -> None:
    """Contacts that are found, and one whose street address differs."""
    desk.direct(
        "depot", "brush", "BP-0110", Line("09-900", "1930.00", "Touch-up"), case="contact_by_number", expect="create"
    )
    desk.direct(
        "depot",
        "geotech",
        "BG-0006",
        Line("01-100", "2400.00", "Bore logs", type="PS"),
        case="contact_by_name",
        expect="create",
    )
    desk.direct(
        "quay",
        "harbour",
        "HC-D-12",
        Line("03-300", "480.00", "Pump hire", type="E"),
        case="street_address_differs",
        expect="create",
    )


def _numbers(desk: Desk) -> None:
    desk.direct(
        "wharf",
        "architect",
        None,
        Line("01-100", "3600.00", "Details", type="PS"),
        case="direct_without_number",
        expect="create",
    )
    desk.claim(
        "wharf", "airflow", None, Line("15-700", "12800.00", "Ducts"), case="claim_without_number", expect="create"
    )
    desk.claim(
        "wharf", "lumen", "", Line("16-100", "5020.00", "Conduits"), case="claim_with_blank_number", expect="create"
    )


def _taken_numbers(desk: Desk, documents: Documents) -> None:
    """Numbers that another item or document has."""
    desk.head(
        "school",
        "SC-07",
        Line("01-100", "33000.00", "Establishment", type="REV"),
        case="same_number_first",
        expect="blocked",
    )
    desk.head(
        "data",
        "SC-07",
        Line("01-100", "21000.00", "Establishment", type="REV"),
        case="same_number_second",
        expect="blocked",
    )
    desk.head(
        "depot", "WT-03", Line("03-300", "52000.00", "Slabs", type="REV"), case="sales_number_taken", expect="blocked"
    )
    documents.other("ACCREC", "owner_depot", "WT-03", "1200.00")
    desk.head(
        "depot",
        "WT-04",
        Line("03-300", "47500.00", "Slabs", type="REV"),
        case="sales_number_was_deleted",
        expect="create",
    )
    documents.other("ACCREC", "owner_depot", "WT-04", "900.00", Status="DELETED")
    desk.direct(
        "quay",
        "twin",
        "DD-0400",
        Line("02-300", "1480.00", "Cores", tax=95),
        case="duplicate_suspected",
        expect="create",
    )
    documents.other("ACCPAY", "twin", "DD-0400", "1480.00", LineAmountTypes="NoTax")


def _tracking(desk: Desk) -> None:
    desk.claim(
        "school",
        "mortar",
        "MP-0051",
        Line("04-200", "19400.00", "Block walls"),
        case="option_to_create",
        expect="create",
    )
    desk.claim(
        "ferry", "mortar", "MP-0053", Line("04-200", "1300.00", "Defects"), case="option_archived", expect="blocked"
    )
    desk.head(
        "ferry",
        "FT-30",
        Line("03-300", "9000.00", "Final claim", type="REV"),
        case="reference_too_long",
        expect="blocked",
    )
    desk.claim(
        "heritage",
        "mortar",
        "MP-0052",
        Line("04-200", "8800.00", "Stone repair"),
        case="option_name_too_long",
        expect="blocked",
    )
    desk.claim(
        "depot",
        "kerb",
        "KC-0022",
        Line("02-300", "7600.00", "Ramp", sub_job=CARPARK),
        Line("02-300", "2400.00", "Yard"),
        case="sub_job",
        expect="create",
    )
    desk.direct(
        "depot",
        "lifting",
        "LIFT-230",
        Line("01-540", "940.00", "Crane, workshop", type="E", sub_job=WORKSHOP),
        case="sub_job_without_project_number",
        expect="create",
    )


def _currency(desk: Desk) -> None:
    """The data hall is in USD; one item has a rate of its own, one a currency that Xero does not have."""
    desk.claim(
        "data",
        "usframe",
        "SF-1001",
        Line("05-120", "1000.00", "Bracing", tax=95),
        case="foreign_currency",
        expect="create",
    )
    desk.claim(
        "data",
        "uscool",
        "CC-2044",
        Line("15-700", "48250.00", "Chillers", tax=95, retained="4825.00"),
        case="foreign_with_retention",
        expect="create",
    )
    desk.head(
        "data", "PD-02", Line("15-700", "150000.00", "Cooling plant", type="REV"), case="foreign_head", expect="create"
    )
    own = {"currency_iso_code": "USD", "currency_exchange_rate": "1.5000", "base_currency_iso_code": "AUD"}
    desk.direct(
        "data",
        "uscool",
        "CC-D-6",
        Line("15-700", "480.00", "Filters", tax=95),
        currency_configuration=own,
        case="rate_of_its_own",
        expect="create",
    )
    euro = {"currency_iso_code": "EUR", "currency_exchange_rate": "1.7762", "base_currency_iso_code": "AUD"}
    desk.direct(
        "data",
        "uscool",
        "CC-D-7",
        Line("15-700", "610.00", "Sensors", tax=95),
        currency_configuration=euro,
        case="currency_not_enabled",
        expect="create",
    )


def _texts(desk: Desk) -> None:
    desk.direct(
        "quay",
        "hostile",
        "RS-0001",
        Line("01-100", "330.00", "Sign \x1b]0;owned\x07 [red]face[/red] \u202egnp.exe"),
        case="hostile_text",
        expect="create",
    )
    desk.direct(
        "quay",
        "cleaner",
        "SC-0601",
        Line("01-100", "275.00", "Cleaning\nof two floors\tand stairs"),
        case="line_breaks_stay",
        expect="create",
    )
    desk.claim(
        "quay",
        "tessel",
        "TT-4000",
        Line("09-200", "2610.00", "Tile " * 900),
        case="description_too_long",
        expect="create",
    )
