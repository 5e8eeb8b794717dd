"""The amount that a row shows."""

from dataclasses import replace
from decimal import Decimal

import pytest

from smoothx_tui.planning.plan import Action, Outline, Totals
from smoothx_tui.procore.items import Kind
from smoothx_tui.session.rows import row_from

OUTLINE = Outline(
    "claim:1", Kind.PROGRESS_CLAIM, "TT-G0", "Tessel Tiling", "Depot", None, Action.DELETE,
    Totals(Decimal(0), Decimal(275), "AUD"), "deleted in Procore", sendable=True, has_payload=False, has_dangers=False,
)  # fmt: skip


@pytest.mark.parametrize("action", [Action.DELETE, Action.VOID, Action.ORPHANED])
def test_what_is_deleted_in_procore_shows_the_amount_that_stands_in_xero(action: Action) -> None:
    assert row_from(replace(OUTLINE, action=action)).total == Decimal(275)


def test_what_is_not_sent_shows_the_amount_of_procore() -> None:
    waiting = replace(OUTLINE, action=Action.NOT_READY, totals=Totals(Decimal(640), Decimal(0), "AUD"), sendable=False)
    assert row_from(waiting).total == Decimal(640)
