"""Impact, comparison, gaps, and the JSON that the commands print."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from smoothx_tui.base import jsontext
from smoothx_tui.planning.gaps import gaps
from smoothx_tui.planning.impact import compare, impact
from smoothx_tui.planning.plan import Action
from smoothx_tui.planning.planner import Planner
from smoothx_tui.planning.report import gaps_json, impact_json, plan_json, summary_json
from smoothx_tui.procore.items import CostCode, Currency, Kind, TaxCode
from smoothx_tui.settings.schema import Settings
from tests.planning.arithmetic import DocumentTotals, line_tax, payload_totals, totals_of

if TYPE_CHECKING:
    from tests.planning.conftest import Make

KEYS = (
    "id kind number contact project date action document payload request first then files reasons findings left_out"
    " diff totals why digest"
)


def _planner(make: "Make") -> Planner:
    import datetime as dt

    items = [
        make.item(id="1", number="A"),
        make.item(id="2", number="B", date=dt.date(2026, 7, 2)),
        make.item(Kind.HEAD_CONTRACT_CLAIM, id="3", number="C"),
        make.item(Kind.DIRECT_COST, id="4", number="D", currency=Currency("USD", "AUD")),
    ]
    return Planner(items, make.mapping(), make.books(period_lock=dt.date(2026, 6, 30)))


def test_impact_counts_pairs_of_actions_and_moves_of_totals(make: "Make") -> None:
    planner = _planner(make)
    found = impact(planner.plans(Settings()), planner.plans(Settings(sync_prior_locked_period=True)))
    assert [(pair.before, pair.after, pair.count) for pair in found.pairs] == [(Action.BLOCKED, Action.CREATE, 3)]
    assert [(move.currency, move.before, move.after, move.difference) for move in found.totals] == [
        ("AUD", Decimal("1000.00"), Decimal("4000.00"), Decimal("3000.00"))
    ]
    assert [change.item for change in found.items] == ["claim:1", "head:3", "direct:4"]
    assert found.unchanged == 1


def test_impact_tells_an_effect_that_changes_under_the_same_action(make: "Make") -> None:
    planner = _planner(make)
    found = impact(planner.plans(Settings()), planner.plans(Settings(sync_as_draft=False)))
    assert {(pair.before, pair.after) for pair in found.pairs} == {
        (Action.CREATE, Action.CREATE),
        (Action.BLOCKED, Action.BLOCKED),
    }
    assert found.totals == ()
    changes = next(change.changes for change in found.items if change.item == "claim:2")
    assert [(change.path, change.before, change.after) for change in changes] == [
        ("payload.Status", "DRAFT", "SUBMITTED")
    ]


def test_impact_of_nothing_is_nothing(make: "Make") -> None:
    planner = _planner(make)
    found = impact(planner.plans(Settings()), planner.plans(Settings()))
    assert (found.pairs, found.totals, found.items, found.unchanged) == ((), (), (), 4)


def test_a_comparison_names_lines_by_what_they_stand_for(make: "Make") -> None:
    item = make.item(lines=(make.line(1), make.line(2, "50.00", tax_codes=(TaxCode("89"),)), make.line(3, "7.00")))
    before, after = make.plan(item), make.plan(item, Settings(ignore_tax_codes=frozenset({"89"})))
    paths = [change.path for change in compare(before, after)]
    assert "payload.LineItems[71002].UnitAmount" in paths
    assert not any("71003" in path for path in paths)
    assert "left_out.line 2 (Work 2).ignore_tax_codes" in paths
    assert "totals.xero" in paths


def test_plan_json_has_the_promised_shape(make: "Make") -> None:
    for settings in (Settings(), Settings(ignore_contacts=frozenset({"1101"}))):
        shape = plan_json(make.plan(settings=settings))
        assert list(shape) == KEYS.split()
        assert json.loads(jsontext.dumps(shape)) is not None
    plan = make.plan(books=make.books([make.document()]), item=make.item(lines=(make.line(1, "5.00"),)))
    shape = plan_json(plan)
    assert shape["document"] == {"status": "DRAFT", "id": make.document_id}
    assert shape["request"] == {"method": "POST", "path": f"/Invoices/{make.document_id}?unitdp=4"}
    assert shape["totals"] == {"procore": "5.00", "xero": "5.00", "difference": "0.00", "currency": "AUD"}
    assert shape["diff"][0] == {
        "path": "LineItems[0].UnitAmount",
        "xero": "1000.00",
        "planned": "5.00",
        "edited_in_xero": False,
    }


def test_money_is_text_outside_the_payload_and_a_number_inside(make: "Make") -> None:
    text = jsontext.dumps(plan_json(make.plan()))
    assert '"UnitAmount":1000.00,' in text
    assert '"procore":"1000.00"' in text


def test_summary_counts_actions_and_what_would_be_booked(make: "Make") -> None:
    plans = _planner(make).plans(Settings(sync_prior_locked_period=True)).values()
    assert summary_json(plans) == {
        "items": 4,
        "sendable": 4,
        "dangers": 1,
        "files": 0,
        "actions": {"create": 4},
        "totals": {"create": {"AUD": "4000.00"}},
    }


def test_impact_json(make: "Make") -> None:
    planner = _planner(make)
    shape = impact_json(impact(planner.plans(Settings()), planner.plans(Settings(sync_prior_locked_period=True))))
    assert shape["pairs"] == [{"before": "blocked", "after": "create", "count": 3}]
    assert shape["totals"] == [{"currency": "AUD", "before": "1000.00", "after": "4000.00", "difference": "3000.00"}]
    assert shape["items"][0]["id"] == "claim:1"
    paths = {change["path"]: (change["before"], change["after"]) for change in shape["items"][0]["changes"]}
    assert paths["action"] == ("blocked", "create")
    assert paths["then"] == (None, "lock")
    assert paths["payload.Date"] == ("2026-06-30", "2026-07-01")
    assert paths["findings.blocker.locked_period"][1] is None
    assert jsontext.dumps(shape)


def test_gaps_say_how_many_items_and_how_much_money_wait(make: "Make") -> None:
    odd = CostCode("9", "99-000", "Odd")
    items = [
        make.item(id="1", number="A", lines=(make.line(1, "10.00", cost_code=odd),)),
        make.item(id="2", number="B", lines=(make.line(1, "20.00", cost_code=odd),)),
        make.item(id="3", number="C", lines=(make.line(1, "5.00", tax_codes=(TaxCode("99", "Odd tax"),)),)),
    ]
    mapping = make.mapping(bill={"default_account": ""})
    mapping = replace(mapping, bill=replace(mapping.bill, cost_codes=type(mapping.contacts)({"03-300": "310"})))
    found = gaps(Planner(items, mapping, make.books()).plans(Settings()).values())
    assert [(gap.code, gap.blocks, gap.items, gap.money) for gap in found] == [
        ("no_account", True, ("claim:1", "claim:2"), (("AUD", Decimal("30.00")),)),
        ("tax_not_mapped", False, ("claim:3",), (("AUD", Decimal("5.00")),)),
    ]
    assert gaps_json(found)[0]["money"] == [{"currency": "AUD", "amount": "30.00"}]
    assert 'mapping.bill.cost_codes."99-000"' in found[0].fix


def test_xeros_arithmetic() -> None:
    """The worked figures: tax is rounded half up per line, then files summed."""
    lines = [(Decimal("10.05"), Decimal(10)), (Decimal("10.05"), Decimal(10)), (Decimal("-3.33"), Decimal(15))]
    assert totals_of(lines) == DocumentTotals(Decimal("16.77"), Decimal("1.52"), Decimal("18.29"))
    assert totals_of([(Decimal("115.00"), Decimal(15))], "Inclusive") == DocumentTotals(
        Decimal("100.00"), Decimal("15.00"), Decimal("115.00")
    )
    assert line_tax(Decimal("0.05"), Decimal(10)) == Decimal("0.01")
    assert line_tax(Decimal("100.00"), Decimal(10), "NoTax") == 0


def test_a_payloads_totals_take_the_accounts_tax_where_none_is_sent(make: "Make") -> None:
    retained = make.line(1, "1000.00", tax_codes=(TaxCode("88"),), retained=Decimal("100.00"))
    plan = make.plan(make.item(lines=(retained, make.line(2, "10.05"))))
    assert plan.payload is not None
    assert payload_totals(plan.payload, make.organisation()) == DocumentTotals(
        Decimal("910.05"), Decimal("91.01"), Decimal("1001.06")
    )


def test_money_in_json_has_two_places_or_more(make: "Make") -> None:
    nothing = plan_json(make.plan(make.item(lines=())))
    assert nothing["totals"] == {"procore": "0.00", "xero": "0.00", "difference": "0.00", "currency": "AUD"}
    half = plan_json(make.plan(make.item(lines=(make.line(1, "333.335"),))))
    assert half["totals"]["procore"] == "333.335"
    assert half["left_out"][0]["amount"] == "-0.005"
