"""The second look of an open console: a second document of an item is said, whatever the operator is doing."""

from types import SimpleNamespace
from typing import Any

import pytest

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.console.control import sweeping

TWICE = SimpleNamespace(
    item="direct:1001", text="2 live documents in Xero name this item", fix="smoothx-tui resolve 5f0c2a91", wrong=True
)
EXPIRED = SimpleNamespace(item="direct:1001", text="expired: nobody ran it", fix="plan it again", wrong=False)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BEAT", 0.01)


async def until(desk: Any, text: str) -> None:
    while text not in desk.text():
        await desk.pilot.pause(0.005)


async def test_a_second_document_is_said_and_its_row_is_held(console: Any, session: Any) -> None:
    session.seen = [TWICE]
    async with console(session) as desk:
        await until(desk, "2 live documents in Xero name this item")
        await until(desk, "# held")
        await desk.press("4")
        await until(desk, "smoothx-tui resolve 5f0c2a91")


async def test_an_approval_that_nobody_used_is_said(console: Any, session: Any) -> None:
    session.seen = [EXPIRED]
    async with console(session) as desk:
        await until(desk, "expired: nobody ran it")


async def test_it_looks_again_and_again_and_says_the_same_trouble_once(console: Any, session: Any) -> None:
    session.presence_error = LedgerError("the ledger is away", "look at it")
    async with console(session) as desk:
        while session.second_looks < 5:
            await desk.pilot.pause(0.005)
        await desk.press("4")
        assert desk.text().count("the second look at finished items failed: the ledger is away") == 1
