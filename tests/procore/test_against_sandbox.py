"""The client against the sandbox, in this process: the whole way from a sign-in to a lock."""

from collections.abc import Callable
from typing import Any

import pytest

from smoothx_tui.base.errors import ConnectionFailed
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Kind
from smoothx_tui.procore.loading import is_gone, load_item, load_reference
from smoothx_tui.procore.locking import lock_request
from smoothx_tui.procore.origin import origin_id_for
from smoothx_tui.procore.refusals import said
from smoothx_tui.sandbox.faults import fault_plan_from
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from tests.judging import Description, Judged
from tests.procore.everything import load_items

Connect = Callable[..., ProcoreClient]
TENANT = "7c1f0d1e-93a0-4f6e-9d0a-3a5b1c2d4e5f"


def sandbox_with(**options: Any) -> Sandbox:
    """A second of its clock is a millisecond here, so that waits cost nothing."""
    return Sandbox.from_scenario(default_scenario(), speed=1000, **options)


async def test_the_default_scenario_is_read_without_a_problem(connect: Connect) -> None:
    client = connect(sandbox_with())
    reference = await load_reference(client)
    loaded = await load_items(client, reference)
    assert reference.problems == loaded.problems == ()
    assert [item.key for item in loaded.items if item.problems] == []
    assert {item.kind for item in loaded.items} == set(Kind)
    assert loaded.complete_lists == {(project, kind) for project in reference.projects for kind in Kind}
    assert any(line.sub_job for item in loaded.items for line in item.lines)
    assert any(item.currency.code != item.currency.base and item.currency.project_rate for item in loaded.items)


async def test_totals_agree_with_the_certificates(connect: Connect) -> None:
    """What the lines add up to is what the certificate says is due, on every claim that is consistent."""
    client = connect(sandbox_with())
    loaded = await load_items(client, await load_reference(client))
    claims = [item for item in loaded.items if item.certificate and item.certificate.payment_due is not None]
    agreeing = [item for item in claims if item.certificate and item.total == item.certificate.payment_due]
    assert len(claims) > 90
    assert len(agreeing) >= 0.9 * len(claims)


async def test_requests_and_answers_fit_procore_s_description(
    connect: Connect, procore_description: Description
) -> None:
    sandbox = sandbox_with()
    transport = Judged(
        sandbox.transport(), procore_description, described=lambda _, response: response.status_code < 500
    )
    client = connect(sandbox, transport)
    reference = await load_reference(client)
    loaded = await load_items(client, reference)
    for kind in Kind:
        item = next(one for one in loaded.items if one.kind is kind and not one.origin_id and one.status == "approved")
        mark = origin_id_for(TENANT, f"11111111-2222-4333-8444-55555555555{len(kind.prefix)}")
        for origin_id in (mark, None):
            assert (await client.patch(*lock_request(item, origin_id))).ok
            assert (await load_item(client, reference, item.key, item.project.id)).origin_id == (origin_id or "")
        assert await is_gone(client, kind, item.project.id, "1")
    assert transport.violations == []
    assert len(transport.seen) > 20


@pytest.mark.parametrize("kind", list(Kind))
async def test_an_item_is_locked_once_and_only_by_one(connect: Connect, kind: Kind) -> None:
    client = connect(sandbox_with())
    reference = await load_reference(client)
    items = [one for one in (await load_items(client, reference)).items if one.kind is kind and not one.origin_id]
    first, second = [one for one in items if one.status == "approved"][:2]
    mark = origin_id_for(TENANT, "11111111-2222-4333-8444-555555555555")
    assert (await client.patch(*lock_request(first, mark))).ok
    refused = await client.patch(*lock_request(second, mark))
    assert (refused.ok, "taken" in said(refused)) == (False, True)
    locked = [(await load_item(client, reference, one.key, one.project.id)).origin_id for one in (first, second)]
    assert locked == [mark, ""]


async def test_real_limits_are_kept_without_being_refused_for_long(connect: Connect, log: RequestLog) -> None:
    sandbox = Sandbox.from_scenario(default_scenario(), speed=2000, real_limits=True)
    client = connect(sandbox)
    reference = await load_reference(client)
    assert len((await load_items(client, reference)).items) > 200
    refused = sum(entry.status == 429 for entry in log)
    assert refused <= len(log) / 4


@pytest.mark.parametrize("what", ["drop", "bad_gateway", "truncated", "wrong_json", "unauthorized", "rate_limited"])
async def test_reading_survives_what_happens_now_and_then(connect: Connect, what: str) -> None:
    plan = fault_plan_from([{"what": what, "method": "GET", "every": 11}])
    client = connect(sandbox_with(faults=plan))
    loaded = await load_items(client, await load_reference(client))
    assert len(loaded.items) > 200
    assert [item.key for item in loaded.items if item.problems] == []


@pytest.mark.parametrize("what", ["drop", "bad_gateway", "truncated", "wrong_json", "oversized", "redirect"])
async def test_a_service_that_stays_broken_is_one_clear_error(connect: Connect, what: str) -> None:
    client = connect(sandbox_with(faults=fault_plan_from([{"what": what, "path": "vendors"}])))
    with pytest.raises(ConnectionFailed) as caught:
        await load_reference(client)
    assert "Procore" in caught.value.line()
    assert caught.value.line().isprintable()
