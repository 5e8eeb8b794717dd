"""A plan names its organisation in its digest."""

from dataclasses import replace

from smoothx_tui.planning.plan import Action, Plan
from smoothx_tui.procore.items import Kind


def test_the_same_effects_at_another_organisation_have_another_digest() -> None:
    plan = Plan("claim:1", Kind.PROGRESS_CLAIM, "1", "", "", None, Action.SKIPPED, tenant="one")
    assert plan.digest == replace(plan, number="2").digest
    assert len({replace(plan, tenant=tenant).digest for tenant in ("", "one", "two")}) == 3
