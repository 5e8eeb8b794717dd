"""Scenario files: small ones are easy, wrong ones are one line that names the object and the member."""

import copy
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.jsontext import loads
from smoothx_tui.sandbox.scenario import Scenario, load_scenario, scenario_from

SMALL = """{
  "clock": "2026-07-03T19:00:00+10:00",
  "procore": {
    "projects": [{"id": 301, "name": "Quay"}],
    "vendors": [{"id": 1, "name": "Vero"}],
    "commitments": [{"id": 8, "vendor": {"id": 1}}],
    "requisitions": [
      {"id": 70, "billing_date": "2026-06-30", "mood": "good", "items": [{"work_completed_this_period": 100.50}]}
    ]
  },
  "xero": {
    "Organisation": {"Name": "Small Builder", "PeriodLockDate": "/Date(1539993600000+0000)/"},
    "Accounts": [{"Code": "310", "TaxType": "INPUT", "Type": "DIRECTCOSTS"}],
    "TaxRates": [{"TaxType": "INPUT", "EffectiveRate": 10}],
    "TrackingCategories": [{"Name": "Project", "Options": [{"Name": "Quay"}]}],
    "Contacts": [{"Name": "Vero"}],
    "Invoices": [
      {"Type": "ACCPAY", "Contact": {"Name": "Vero"}, "Status": "PAID", "Date": "2026-06-01T00:00:00",
       "LineItems": [{"Quantity": 3, "UnitAmount": 0.335, "AccountCode": "310",
                      "Tracking": [{"Name": "Project", "Option": "Quay"}]}]}
    ]
  },
  "rates": {"USD": "0.6512"},
  "note": "kept"
}"""


def _small() -> dict[str, Any]:
    data: dict[str, Any] = loads(SMALL)
    return data


@pytest.fixture
def small() -> Scenario:
    return scenario_from(_small(), "small.json")


def test_what_is_missing_in_procore_is_filled(small: Scenario) -> None:
    claim = small.procore["requisitions"][0]
    assert claim["project_id"] == 301
    assert claim["commitment_id"] == 8
    assert claim["status"] == "approved"
    assert claim["number"] == 1
    assert claim["mood"] == "good"
    assert claim["items"] == [{"id": 70001, "work_completed_this_period": "100.50"}]
    assert claim["updated_at"] == "2026-07-03T09:00:00Z"
    assert small.procore["commitments"][0]["number"] == "SC-8"
    assert small.procore["company"] == {"id": 1, "name": "Small Builder", "is_active": True, "my_company": True}
    assert small.procore["currency"]["currency_iso_code"] == "AUD"
    assert small.procore["direct_costs"] == []


def test_what_is_missing_in_xero_is_filled(small: Scenario) -> None:
    organisation = small.xero["Organisation"]
    assert organisation["PeriodLockDate"] == "2018-10-20"
    assert "EndOfYearLockDate" not in organisation
    assert small.xero["Accounts"][0]["Status"] == "ACTIVE"
    assert small.xero["Accounts"][0]["Class"] == "EXPENSE"
    assert [row["Code"] for row in small.xero["Currencies"]] == ["AUD"]
    assert [row["TaxType"] for row in small.xero["TaxRates"]] == ["NONE", "INPUT"]
    contact = small.xero["Contacts"][0]
    assert contact["IsSupplier"] is True
    assert {one["AddressType"] for one in contact["Addresses"]} == {"POBOX", "STREET"}


def test_a_document_is_computed_as_xero_computes_it(small: Scenario) -> None:
    document = small.xero["Invoices"][0]
    line = document["LineItems"][0]
    assert (line["LineAmount"], line["TaxType"], line["TaxAmount"]) == (Decimal("1.01"), "INPUT", Decimal("0.10"))
    assert (document["SubTotal"], document["TotalTax"], document["Total"]) == tuple(
        map(Decimal, ("1.01", "0.10", "1.11"))
    )
    assert (document["AmountPaid"], document["AmountDue"]) == (Decimal("1.11"), Decimal(0))
    assert document["Payments"][0]["Amount"] == Decimal("1.11")
    assert document["Date"] == "2026-06-01"
    assert document["CurrencyRate"] == 1
    assert line["Tracking"][0]["TrackingOptionID"]
    assert document["InvoiceID"] == scenario_from(_small(), "again").xero["Invoices"][0]["InvoiceID"]


def test_inclusive_tax_and_no_tax() -> None:
    data = _small()
    data["xero"]["Invoices"][0].update(LineAmountTypes="Inclusive", Status="VOIDED")
    data["xero"]["Invoices"].append({**copy.deepcopy(data["xero"]["Invoices"][0]), "LineAmountTypes": "NoTax"})
    inclusive, no_tax = scenario_from(data, "x").xero["Invoices"]
    assert (inclusive["Total"], inclusive["TotalTax"]) == (Decimal("1.01"), Decimal("0.09"))
    assert inclusive["AmountDue"] == 0
    assert no_tax["TotalTax"] == 0


def test_it_reads_back_to_the_same(small: Scenario) -> None:
    assert scenario_from(loads(small.to_json()), "again") == small
    assert small.other == {"note": "kept"}
    assert small.clock.isoformat() == "2026-07-03T09:00:00+00:00"


def test_the_data_given_is_not_changed() -> None:
    data = _small()
    scenario_from(data, "x")
    assert data == _small()


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "small.json"
    file.write_text(SMALL)
    assert load_scenario(file) == scenario_from(_small(), "small")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"{", "not JSON"), (b"\xff\xfe", "not JSON"), (b'{"a": 1, "a": 2}', "twice"), (b"[]", "is a list")],
)
def test_a_file_that_is_no_scenario(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load_scenario(file)
    assert said in caught.value.message
    assert "bad.json" in caught.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_scenario(tmp_path / "none.json")
    assert caught.value.message.endswith("none.json: No such file or directory")


_WRONG: list[tuple[str, Any, str]] = [
    ("clock", None, "clock: is missing"),
    ("clock", "2026-07-03", "clock: '2026-07-03' is not a time with its zone"),
    ("clock", 5, "clock: is a whole number, expected text"),
    ("rates.USD", "0", "rates.USD: 0 is not a rate"),
    ("rates.USD", "fast", "rates.USD: 'fast' is not an amount"),
    ("settings", [], "settings: is a list, expected an object"),
    ("procore.projects", {}, "procore.projects: is an object, expected a list"),
    ("procore.projects.0", 5, "procore.projects[0]: is a whole number, expected an object"),
    ("procore.projects.0.id", None, "procore.projects[0].id: is missing"),
    ("procore.projects.0.id", "301", "procore.projects[0].id (id 301): is text, expected a whole number"),
    ("procore.projects.0.id", True, "procore.projects[0].id (id True): is true or false"),
    ("procore.projects.0.name", None, "procore.projects[0].name (id 301): is missing"),
    ("procore.projects.1", {"id": 301, "name": "X"}, "id (id 301): 301 appears twice in procore.projects"),
    ("procore.requisitions.0.commitment_id", 9, "names 9, which is not in procore.commitments"),
    ("procore.requisitions.0.project_id", 302, "names 302, which is not in procore.projects"),
    ("procore.requisitions.0.period_id", 3, "names 3, which is not in procore.billing_periods"),
    ("procore.requisitions.0.billing_date", "30/06/2026", "billing_date (id 70): '30/06/2026' is not a date"),
    ("procore.requisitions.0.updated_at", "2026-06-30", "updated_at (id 70): '2026-06-30' is not a time"),
    ("procore.requisitions.0.invoice_number", 7, "invoice_number (id 70): is a whole number, expected text"),
    ("procore.requisitions.0.items.0.work_completed_this_period", "ten", "items[0].work_completed_this_period"),
    ("procore.requisitions.0.items.0.cost_code_id", 90, "names 90, which is not in procore.cost_codes"),
    ("procore.requisitions.0.items.0.wbs_code", {"id": 5}, "wbs_code.id (id 70): names 5"),
    ("procore.requisitions.0.items.0.taxes", [{"tax_code_id": 88}], "names 88, which is not in procore.tax_codes"),
    ("procore.commitments.0.vendor.id", 2, "vendor.id (id 8): names 2, which is not in procore.vendors"),
    ("procore.commitments.0.commitment_type", "Handshake", "'Handshake' is neither"),
    ("procore.direct_costs", [{"id": 5, "vendor_id": 9}], "vendor_id (id 5): names 9"),
    ("procore.payment_applications", [{"id": 5}], "contract.id (id 5): is missing"),
    ("procore.tax_codes", [{"id": 5, "code": "GST"}], "rate1 (id 5): is missing"),
    ("procore.currency", {"projects": [{"project_id": 9}]}, "currency.projects[0].project_id: names 9"),
    ("procore.lost_projects", {"9": "empty"}, "lost_projects: names 9"),
    ("procore.lost_projects", {"301": "loudly"}, "lost_projects.301: is none of"),
    ("xero.Accounts.1", {"Code": "310"}, "Code (310): 310 appears twice in xero.Accounts"),
    ("xero.Accounts.0.Code", 310, "Code (310): is a whole number, expected text"),
    ("xero.Invoices.0.Type", "BILL", "'BILL' is none of ACCPAY, ACCREC"),
    ("xero.Invoices.0.Type", None, "Type: is missing"),
    ("xero.Invoices.0.Status", "OPEN", "'OPEN' is none of DRAFT"),
    ("xero.Invoices.0.Contact", {"Name": "Nobody"}, "names Nobody, which is not in xero.Contacts"),
    ("xero.Invoices.0.Contact", {"ContactID": "x"}, "Contact.ContactID: names x"),
    ("xero.Invoices.0.CurrencyCode", "USD", "names USD, which is not in xero.Currencies"),
    ("xero.Invoices.0.Date", "June", "'June' is not a date"),
    ("xero.Invoices.0.UpdatedDateUTC", "June", "'June' is not a time"),
    ("xero.Invoices.0.LineItems.0.AccountCode", "999", "names 999, which is not in xero.Accounts"),
    ("xero.Invoices.0.LineItems.0.TaxType", "VAT", "names VAT, which is not in xero.TaxRates"),
    ("xero.Invoices.0.LineItems.0.Tracking.0.Option", "Depot", "names Depot, which is not an option of Project"),
    ("xero.Invoices.0.LineItems.0.Tracking.0.Name", "Region", "names Region, which is not in xero.TrackingCategories"),
]


@pytest.mark.parametrize(("path", "value", "said"), _WRONG, ids=[f"{path}={value}"[:60] for path, value, _ in _WRONG])
def test_a_wrong_scenario_is_one_line(path: str, value: Any, said: str) -> None:
    data = _small()
    holder: Any = data
    *way, last = path.split(".")
    for step in way:
        holder = holder[int(step)] if step.isdecimal() and isinstance(holder, list) else holder[step]
    if isinstance(holder, list):
        holder[int(last) :] = [value]
    else:
        holder[last] = value
    with pytest.raises(ConfigurationError) as caught:
        scenario_from(data, "s.json")
    line = caught.value.line()
    assert line.startswith("s.json: ")
    assert said in line
    assert "\n" not in line


def test_hostile_text_in_an_error_is_made_visible() -> None:
    data = _small()
    data["xero"]["Invoices"][0]["Contact"] = {"Name": "\x1b[2J"}
    with pytest.raises(ConfigurationError) as caught:
        scenario_from(data, "s\x07.json")
    assert caught.value.message.isprintable()


def test_recorded_answers_can_be_dropped_in() -> None:
    """A list answer of a direct cost has its vendor as text; a line may carry whole objects of its own."""
    data = _small()
    whole = {"id": 999, "full_code": "01-540", "name": "Craneage"}
    data["procore"]["direct_costs"] = [
        {"id": 1, "vendor": "Vero", "vendor_id": 1},
        {"id": 2, "line_items": [{"amount": "5.0", "cost_code": whole}]},
    ]
    costs = scenario_from(data, "x").procore["direct_costs"]
    assert costs[0]["vendor_id"] == 1
    assert costs[1]["line_items"][0]["cost_code"] == whole


def test_a_budget_code_is_taken_apart_by_known_codes() -> None:
    data = _small()
    data["procore"].update(
        sub_jobs=[{"id": 5, "code": "01", "name": "Carpark"}],
        cost_codes=[{"id": 9, "full_code": "03-300", "name": "Concrete"}],
        line_item_types=[{"id": 14, "code": "S", "name": "Subcontract"}],
        wbs_codes=[{"id": 1, "flat_code": "01.03-300.S"}],
    )
    parts = scenario_from(data, "x").procore["wbs_codes"][0]["segment_items"]
    assert [(part["segment"]["type"], part["id"]) for part in parts] == [
        ("sub_job", 5), ("cost_code", 9), ("line_item_type", 14),
    ]  # fmt: skip


_NASTY: list[Any] = [
    None,
    True,
    -1,
    10**30,
    "",
    "\ud800\x1b",
    [],
    {},
    [1],
    [{}],
    {"id": 1},
    {"id": "x"},
    "NaN",
    Decimal("1e20"),
]


def _ways(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*way, key)
        yield from _ways(member, (*way, key))


@pytest.mark.parametrize("nasty", _NASTY, ids=repr)
def test_whatever_stands_anywhere_is_taken_or_named(nasty: Any) -> None:
    said = []
    for way in list(_ways(_small())):
        data = _small()
        holder: Any = data
        for step in way[:-1]:
            holder = holder[step]
        holder[way[-1]] = nasty
        try:
            scenario_from(data, "s.json").to_json()
        except ConfigurationError as error:
            said.append(error.message)
    assert said
    assert all(message.startswith("s.json: ") and message.isprintable() for message in said)
