import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.procore.items import Certificate, Company, Contract, CostType, Item, Kind, SubJob, TaxCode
from smoothx_tui.procore.parse import parse_claim, parse_direct_cost, parse_head_claim
from smoothx_tui.procore.reference import ProjectBooks, Reference

Raw = dict[str, Any]


def paths(item: Item) -> list[str]:
    return [problem.path for problem in item.problems]


def test_a_progress_claim(claim: Raw, reference: Reference, books: ProjectBooks) -> None:
    item = parse_claim(claim, reference, books)
    assert item.problems == ()
    assert (item.key, item.status, item.number, item.claim_number) == ("claim:2201", "approved", "HC-0045", "2")
    assert item.contract == Contract("1801", "SC-001", "Concrete works")
    assert item.company == reference.vendors["1101"]
    assert (item.date, item.due_date) == (dt.date(2026, 6, 30), dt.date(2026, 7, 25))
    assert item.certificate == Certificate(payment_due=Decimal("13050.00"))
    assert item.url.endswith("/companies/5981/projects/301/tools/invoicing/requisitions/1801/2201")
    (line,) = item.lines
    assert line.amount == Decimal("12500.00")
    assert (line.retained, line.released) == (Decimal("1250.00"), Decimal("305.00"))
    assert line.cost_code == reference.projects["301"].cost_codes["901"].code
    assert line.cost_type == CostType("15", "S", "Subcontract")
    assert line.tax_codes == (TaxCode("88", "GST@10%", Decimal("0.1")),)
    assert line.sub_job is None
    assert item.total == Decimal("11555.00")


def test_a_direct_cost(cost: Raw, reference: Reference, books: ProjectBooks) -> None:
    item = parse_direct_cost(cost, reference, books)
    assert item.problems == ()
    assert (item.kind, item.number, item.direct_cost_type) == (Kind.DIRECT_COST, "LIFT-221", "invoice")
    assert item.company == Company("1102", "Lifting Co")
    assert (item.date, item.due_date, item.title) == (dt.date(2026, 6, 9), None, "Crane hire")
    first, second = item.lines
    assert (first.quantity, first.unit_cost, first.amount) == (Decimal("8.2"), Decimal("152.5"), Decimal("1250.5"))
    assert first.cost_type == CostType("14", "E", "Equipment")
    assert first.sub_job == SubJob("71", "01", "Carpark")
    assert first.tax_codes == (reference.tax_codes["88"],)
    assert (second.cost_code, second.cost_type, second.tax_codes) == (None, None, ())
    assert item.total == Decimal("1375.5")


def test_a_head_contract_claim(head: Raw, reference: Reference, books: ProjectBooks) -> None:
    item = parse_head_claim(head, None, reference, books)
    assert item.problems == ()
    assert (item.company, item.contract) == (Company("1138", "Owner"), Contract("5501", "HC-1", "Head contract"))
    assert (item.origin_id, item.due_date, item.currency.code) == ("", None, "AUD")
    (line,) = item.lines
    assert line.amount == Decimal("50900.00")
    assert line.retained == Decimal("2540.00")
    assert line.cost_type == CostType("17", "REV", "Revenue")
    assert line.tax_codes == ()


def test_stored_materials_grow_from_the_application_before(
    head: Raw, reference: Reference, books: ProjectBooks
) -> None:
    line = head["g703"][0]
    before = {"g703": [line | {"materials_presently_stored": "1000.00"}]}
    item = parse_head_claim(head, before, reference, books)
    assert item.problems == ()
    assert item.lines[0].amount == Decimal("49900.00")


def test_materials_on_a_line_that_was_not_there_before_are_new(
    head: Raw, reference: Reference, books: ProjectBooks
) -> None:
    before = {"g703": [head["g703"][0] | {"origin_id": 1, "materials_presently_stored": "7"}]}
    assert parse_head_claim(head, before, reference, books).lines[0].amount == Decimal("50900.00")


@pytest.mark.parametrize("origin", [None, 82001])
def test_stored_materials_that_can_not_be_matched_are_not_guessed(
    head: Raw, reference: Reference, books: ProjectBooks, origin: int | None
) -> None:
    line = head["g703"][0] | {"origin_id": origin}
    item = parse_head_claim(head, {"g703": [line, line]}, reference, books)
    assert "previous.g703[1].materials_presently_stored" in paths(item)


def test_markup_lines_are_lines(head: Raw, reference: Reference, books: ProjectBooks) -> None:
    markup = {
        "id": 5,
        "type": "payment_application_markup_line_item",
        "description_of_work": "Margin",
        "description_override": "Margin 5 %",
        "work_completed_this_period": "10",
        "materials_presently_stored": "0",
    }
    head["g703"].append(markup)
    item = parse_head_claim(head, None, reference, books)
    assert item.problems == ()
    assert (item.lines[1].description, item.lines[1].cost_code) == ("Margin 5 %", None)


def test_the_sub_job_segment_goes_before_the_cost_code_s_biller(
    head: Raw, reference: Reference, books: ProjectBooks
) -> None:
    head["g703"][0]["wbs_code"]["id"] = 5004
    assert parse_head_claim(head, None, reference, books).lines[0].sub_job == SubJob("71", "01", "Carpark")
    alone = replace(books, sub_jobs={})
    assert parse_head_claim(head, None, reference, alone).lines[0].sub_job == SubJob("9201", "01", "from the segment")


def test_a_cost_type_code_used_twice_stays_a_code(head: Raw, reference: Reference, books: ProjectBooks) -> None:
    twice = replace(reference, cost_types={**reference.cost_types, "18": CostType("18", "REV", "Other")})
    assert parse_head_claim(head, None, twice, books).lines[0].cost_type == CostType("", "REV", "Revenue")


@pytest.mark.parametrize("member", ["items", "g703", "line_items"])
def test_an_item_without_its_lines_is_not_an_item_of_zero(
    claim: Raw, cost: Raw, head: Raw, reference: Reference, books: ProjectBooks, member: str
) -> None:
    for raw in (claim, cost, head):
        raw.pop(member, None)
    items = [parse_claim(claim, reference, books), parse_direct_cost(cost, reference, books)]
    items.append(parse_head_claim(head, None, reference, books))
    assert [paths(item)[:1] for item in items if not item.lines] == [[member]]


def test_lines_that_were_cut_off_are_missed(cost: Raw, reference: Reference, books: ProjectBooks) -> None:
    cost["line_items"].pop()
    assert paths(parse_direct_cost(cost, reference, books)) == ["line_items"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("work_completed_this_period", "12,000.00"),
        ("work_completed_this_period", {}),
        ("materials_presently_stored", "NaN"),
        ("work_completed_retainage_retained_this_period", True),
        ("cost_code_id", 999),
    ],
)
def test_a_member_that_can_not_be_read_is_named(
    claim: Raw, reference: Reference, books: ProjectBooks, member: str, value: Any
) -> None:
    claim["items"][0][member] = value
    assert f"items[0].{member}" in paths(parse_claim(claim, reference, books))


def test_a_date_that_is_none_is_named_and_cleaned(claim: Raw, reference: Reference, books: ProjectBooks) -> None:
    claim["billing_date"] = "30/06/2026\u202e"
    (problem,) = parse_claim(claim, reference, books).problems
    assert problem.path == "billing_date"
    assert problem.text.isprintable()


def test_null_amounts_are_nothing_that_moved(claim: Raw, reference: Reference, books: ProjectBooks) -> None:
    line = claim["items"][0]
    for member in list(line):
        if "materials" in member or "retainage" in member:
            line[member] = None
    item = parse_claim(claim, reference, books)
    assert item.problems == ()
    assert item.total == Decimal("12000.00")


def test_stored_materials_need_what_was_there_before(claim: Raw, reference: Reference, books: ProjectBooks) -> None:
    del claim["items"][0]["materials_presently_stored_from_previous_progress"]
    assert "items[0].materials_presently_stored_from_previous_progress" in paths(parse_claim(claim, reference, books))


def test_a_missing_amount_of_a_direct_cost_is_named(cost: Raw, reference: Reference, books: ProjectBooks) -> None:
    cost["line_items"][0]["amount"] = None
    assert paths(parse_direct_cost(cost, reference, books)) == ["line_items[0].amount"]


@pytest.mark.parametrize("value", [None, "", "null", "NULL", " "])
def test_three_ways_of_not_being_locked(claim: Raw, reference: Reference, books: ProjectBooks, value: Any) -> None:
    assert parse_claim(claim | {"origin_id": value}, reference, books).origin_id == ""


def test_a_vendor_that_is_not_in_the_directory_keeps_its_name(
    claim: Raw, reference: Reference, books: ProjectBooks
) -> None:
    assert parse_claim(claim | {"vendor_id": 7}, reference, books).company == Company("7", "Harbour Concrete")


def test_a_claim_without_vendor_takes_the_commitment_s(claim: Raw, reference: Reference, books: ProjectBooks) -> None:
    assert parse_claim(claim | {"vendor_id": None}, reference, books).company == reference.vendors["1101"]


def test_an_expense_of_an_employee(cost: Raw, reference: Reference, books: ProjectBooks) -> None:
    raw = cost | {"vendor": None, "vendor_id": None, "employee": {"id": 3, "name": "Ngaire P"}}
    item = parse_direct_cost(raw | {"direct_cost_type": "expense"}, reference, books)
    assert (item.company, item.employee, item.problems) == (None, "Ngaire P", ())


def test_a_deleted_direct_cost(cost: Raw, reference: Reference, books: ProjectBooks) -> None:
    assert parse_direct_cost(cost | {"deleted_at": "2026-06-11T00:00:00Z"}, reference, books).gone


def test_a_client_that_is_not_known_is_named(head: Raw, reference: Reference, books: ProjectBooks) -> None:
    assert paths(parse_head_claim(head, None, reference, replace(books, head_contracts={}))) == ["contract.vendor"]


def test_what_a_permission_hides_is_not_guessed(claim: Raw, reference: Reference, books: ProjectBooks) -> None:
    hidden = replace(books, due_dates={}, unread={"billing periods": "no permission"})
    (problem,) = parse_claim(claim, reference, hidden).problems
    assert (problem.path, "no permission" in problem.text) == ("period_id", True)


@pytest.mark.parametrize(
    ("code", "project_rate", "company_rate"),
    [("NZD", Decimal("0.9"), None), ("USD", None, Decimal("0.6512")), ("AUD", None, None)],
)
def test_the_rates_of_an_item_s_currency(
    claim: Raw,
    reference: Reference,
    books: ProjectBooks,
    code: str,
    project_rate: Decimal | None,
    company_rate: Decimal | None,
) -> None:
    abroad = replace(books, currency="NZD", rate=Decimal("0.9"))
    claim["currency_configuration"] = {"currency_iso_code": code, "currency_exchange_rate": Decimal("1.5")}
    currency = parse_claim(claim, reference, abroad).currency
    assert (currency.code, currency.base, currency.item_rate) == (code, "AUD", Decimal("1.5"))
    assert (currency.project_rate, currency.company_rate) == (project_rate, company_rate)


def test_without_its_own_currency_an_item_has_the_project_s(
    claim: Raw, reference: Reference, books: ProjectBooks
) -> None:
    claim["currency_configuration"] = None
    assert parse_claim(claim, reference, replace(books, currency="NZD")).currency.code == "NZD"
    assert parse_claim(claim, reference, replace(books, currency="")).currency.code == "AUD"


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(allow_nan=True),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "code", "taxes"]), inner),
    max_leaves=6,
)


@given(data=st.data())
def test_no_answer_stops_the_reading(
    claim: Raw, cost: Raw, head: Raw, reference: Reference, books: ProjectBooks, data: st.DataObject
) -> None:
    for raw, lines in ((claim, "items"), (cost, "line_items"), (head, "g703")):
        line = raw[lines][0]
        broken = line | data.draw(st.dictionaries(st.sampled_from(sorted(line)), junk, max_size=4))
        whole = raw | {lines: [broken]} | data.draw(st.dictionaries(st.sampled_from(sorted(raw)), junk, max_size=3))
        parse_claim(whole, reference, books)
        parse_direct_cost(whole, reference, books)
        parse_head_claim(whole, whole, reference, books)
