"""Two consoles on one ledger: each hears of the other, and sees what the other has in hand."""

from typing import Any

from smoothx_tui.ledger.records import OperationRecord, State


async def two(world: Any) -> tuple[Any, Any]:
    first, second = await world.session(), await world.session()
    first.engine.owner, second.engine.owner = "ann@jump-1:1", "robin@jump-2:2"
    return first, second


async def test_each_hears_of_the_other_until_it_leaves(world: Any) -> None:
    first, second = await two(world)
    assert (await first.announce()).colleagues == ()
    heard = await second.announce()
    assert not heard.shared
    (ann,) = heard.colleagues
    assert ann.owner == "ann@jump-1:1"
    assert ann.words.startswith("me on ")
    await second.close()
    assert (await first.announce()).colleagues == ()
    await first.close()


async def test_a_worker_is_called_one(world: Any) -> None:
    first, second = await two(world)
    second.ledger.consoles.present(second.engine.owner, second.place.tenant_id, "robin", "worker, Harbourline SANDBOX")
    (worker,) = (await first.announce()).colleagues
    assert worker.words.startswith("robin's worker on jump-2 since ")


async def test_what_another_holds_is_busy_and_what_we_hold_is_not(world: Any) -> None:
    first, second = await two(world)
    tenant = first.place.tenant_id
    for owner in ("robin@jump-2:2", ""):
        item = f"claim:{len(owner)}"
        record = OperationRecord(f"op{len(owner)}", tenant, item, "create", State.APPROVED, owner=owner, fence=1)
        first.ledger.freeze_or_conflict([record], who="robin", supersede=lambda _: False)
    (busy,) = await first.busy()
    assert (busy.item, busy.who, busy.where, busy.state) == ("claim:14", "robin", "jump-2", "approved")
    assert busy.words.endswith("(approved)")
    assert await second.busy() == ()
