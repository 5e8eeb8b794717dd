"""Items that wait for their first sync: plain ones, retention and stock, not ready, skipped, locked periods."""

from smoothx_tui.sandbox.default_scenario.desk import MAY, Desk, Line


def write(desk: Desk) -> None:
    """Everything that has no document of its own yet."""
    _plain(desk)
    _shapes(desk)
    _kinds(desk)
    _retention(desk)
    _stock(desk)
    _not_ready(desk)
    _skipped(desk)
    _ignored(desk)
    _locked_period(desk)
    _terms(desk)


def _plain(desk: Desk) -> None:
    """The screens of the handbook: a claim with retention, a calculated direct cost, a steel claim."""
    desk.claim(
        "quay",
        "harbour",
        "HC-0045",
        Line("03-300", "12000.00", "Footings and slabs", retained="1200.00", before="20000.00"),
        Line("03-100", "2500.00", "Edge formwork", retained="250.00"),
        case="claim_create",
        expect="create",
    )
    desk.direct(
        "quay",
        "lifting",
        "LIFT-221",
        Line("01-540", "1250.50", "Mobile crane", type="E", quantity="8.2", unit="152.5"),
        Line("01-540", "125.00", "Float", type="E", quantity="1.0", unit="125.0"),
        case="direct_create",
        expect="create",
    )
    desk.claim("depot", "borex", "BX-0012", Line("05-120", "41200.00", "Portal frames"), case="project_account_row")
    desk.head(
        "quay",
        "PC-03",
        Line("03-300", "350000.00", "Structure", type="REV", retained="17500.00", before="900000.00"),
        Line("16-100", "60000.00", "Electrical services", type="REV", retained="3000.00"),
        Line("17-900", "18500.00", "Variation 4, lift pit", type="REV", change=True),
        case="head_create",
        expect="create",
    )


def _shapes(desk: Desk) -> None:
    """Many lines, a purchase order, rows for a cost type, an amount that does not multiply."""
    lines = [
        Line("09-200", f"{130 + place * 7}.{place % 100:02}", f"Room {place:03} linings") for place in range(1, 101)
    ]
    desk.claim("quay", "plaster", "EP-0100", *lines, case="hundred_lines", expect="create")
    desk.claim(
        "quay",
        "timber",
        "TT-0301",
        Line("06-100", "8120.00", "Framing pack", type="M"),
        order=True,
        case="purchase_order",
        expect="create",
    )
    desk.claim(
        "wharf",
        "forma",
        "FF-0019",
        Line("03-300", "6400.00", "Own labour on slabs", type="L"),
        case="cost_type_account_row",
        expect="create",
    )


def _kinds(desk: Desk) -> None:
    """Statuses and types beside the plain ones."""
    desk.claim(
        "quay",
        "joist",
        "JR-0007",
        Line("06-100", "9900.00", "Stairs"),
        status="approved_as_noted",
        case="approved_as_noted",
        expect="create",
    )
    desk.direct(
        "quay",
        "hire",
        "HH-6001",
        Line("01-100", "100.00", "Fence panels", type="E", quantity="3.0", unit="33.33"),
        case="quantity_does_not_multiply",
        expect="create",
    )
    desk.direct(
        "depot",
        "office",
        "PC-5521",
        Line("01-100", "86.35", "Printing", type="O"),
        Line("01-100", "45.00", "Stamps", type="O", tax=95),
        direct_cost_type="expense",
        case="expense_with_company",
        expect="create",
    )


def _retention(desk: Desk) -> None:
    desk.claim(
        "depot",
        "dunn",
        "DP-0006",
        Line("15-400", "15000.00", "Rough-in", retained="1500.00", before="30000.00"),
        case="retention_retained",
        expect="create",
    )
    desk.claim(
        "wharf",
        "gantry",
        "GS-0031",
        Line("01-100", "4000.00", "Scaffold hire", released="5200.00", before="52000.00"),
        case="retention_released",
        expect="create",
        invoice_type="progress_and_retainage_release",
    )
    desk.claim(
        "wharf",
        "mortar",
        "MP-REL",
        Line("04-200", "0.00", "Release at completion", released="8000.00", before="160000.00"),
        case="retention_release_only",
        expect="create",
        invoice_type="retainage_release",
        total_claimed_amount="0.00",
    )


def _stock(desk: Desk) -> None:
    """Stored materials, and a certificate that does not add up."""
    desk.claim(
        "quay",
        "precast",
        "PP-0044",
        Line("03-350", "22000.00", "Panels erected", stored="12500.00", stored_before="4500.00"),
        case="stored_materials",
        expect="create",
    )
    desk.head(
        "depot",
        "WT-01",
        Line("05-120", "80000.00", "Steel", type="REV", stored="30000.00"),
        month=MAY,
        status="draft",
        case="head_previous_application",
        expect="not_ready",
    )
    desk.head(
        "depot",
        "WT-02",
        Line("05-120", "120000.00", "Steel", type="REV", stored="45000.00", before="80000.00"),
        case="head_stored_materials",
        expect="create",
    )
    desk.claim(
        "quay",
        "glaze",
        "GW-0012",
        Line("08-100", "14000.00", "Shopfront", before="20000.00"),
        case="certificate_does_not_add_up",
        expect="create",
        summary={"current_payment_due": "13999.00", "total_retainage": "250.00"},
    )


def _not_ready(desk: Desk) -> None:
    for status in ("draft", "under_review", "revise_and_resubmit", "pending_owner_approval"):
        desk.claim(
            "depot",
            "airflow",
            f"AM-{status[:3].upper()}",
            Line("15-700", "7200.00"),
            status=status,
            case=f"claim_{status}",
            expect="not_ready",
        )
    for status in ("draft", "pending", "revise_and_resubmit"):
        desk.direct(
            "quay",
            "waste",
            f"CW-{status[:3].upper()}",
            Line("01-100", "640.00", "Skip bins"),
            status=status,
            case=f"direct_{status}",
            expect="not_ready",
        )
    desk.head(
        "wharf",
        "PC-12",
        Line("07-400", "44000.00", type="REV"),
        status="under_review",
        case="head_under_review",
        expect="not_ready",
    )


def _skipped(desk: Desk) -> None:
    """Payroll, a type of its own, and nothing to send."""
    desk.direct(
        "quay",
        None,
        "PAY-26-24",
        Line("01-100", "5400.00", "Site wages", type="L", tax=95),
        direct_cost_type="payroll",
        employee={"id": 77001, "name": "Robin Sample"},
        case="payroll",
        expect="not_ready",
    )
    desk.direct(
        "quay",
        "guard",
        "NW-0090",
        Line("01-100", "900.00", "Guarding"),
        direct_cost_type="subcontractor_invoice",
        case="subcontractor_invoice",
        expect="not_ready",
    )
    desk.claim(
        "quay",
        "lumen",
        "LE-NIL",
        Line("16-100", "0.00", "Nothing this month", before="12000.00"),
        case="nothing_moved",
        expect="skipped",
    )


def _ignored(desk: Desk) -> None:
    """What each of the three ignore lists would drop."""
    desk.direct(
        "quay",
        "amber",
        "FUEL-88",
        Line("01-700", "88.10", "Diesel", type="O", quantity="44.05", unit="2.0"),
        case="ignore_contact",
        expect="create",
    )
    desk.claim(
        "quay",
        "terra",
        "TE-0102",
        Line("02-300", "3100.00", "Bulk dig"),
        Line("17-300", "900.00", "Owner supplied fill", type="OC"),
        case="ignore_cost_type_one_line",
        expect="create",
    )
    desk.claim(
        "wharf",
        "terra",
        "TE-0103",
        Line("17-300", "2750.00", "Owner supplied rock", type="OC", retained="275.00"),
        case="ignore_cost_type_every_line",
        expect="create",
    )
    desk.direct(
        "wharf",
        "waste",
        "CW-0077",
        Line("01-100", "410.00", "Tipping fees", tax=89),
        Line("01-100", "220.00", "Transport"),
        case="ignore_tax_code_one_line",
        expect="create",
    )
    desk.direct(
        "depot",
        "waste",
        "CW-0078",
        Line("01-100", "365.00", "Council levy", tax=89),
        case="ignore_tax_code_every_line",
        expect="create",
    )


def _locked_period(desk: Desk) -> None:
    desk.claim(
        "depot",
        "dunn",
        "DP-0007",
        Line("15-400", "4125.00", "Fit-off"),
        month=MAY,
        case="locked_period_claim",
        expect="blocked",
    )
    desk.direct(
        "quay",
        "cleaner",
        "SC-0515",
        Line("01-100", "520.00", "Site cleaning"),
        direct_cost_date="2026-05-15",
        case="locked_period_direct",
        expect="blocked",
    )
    desk.head(
        "wharf",
        "PC-11",
        Line("07-400", "61000.00", type="REV", before="20000.00"),
        month=MAY,
        case="locked_period_head",
        expect="blocked",
    )


def _terms(desk: Desk) -> None:
    """No date at all, and due dates by terms."""
    desk.claim(
        "quay",
        "skyline",
        "SR-0008",
        Line("07-400", "17350.00", "Gutters"),
        billing_date=None,
        case="no_billing_date",
        expect="blocked",
    )
    desk.claim(
        "wharf",
        "kerb",
        "KC-0021",
        Line("02-300", "5150.00", "Kerb and channel"),
        month=None,
        billing_date="2026-06-30",
        case="contact_terms",
        expect="create",
    )
    desk.claim(
        "wharf",
        "borex",
        "BX-0013",
        Line("05-120", "2280.00", "Lintels"),
        month=None,
        billing_date="2026-06-30",
        case="terms_past_month_end",
        expect="create",
    )
