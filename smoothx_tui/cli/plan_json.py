"""The frame around plans in JSON: where they are made, and what could not be read. `planning.report` has the plans."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smoothx_tui.planning.report import plan_json, summary_json

if TYPE_CHECKING:
    from smoothx_tui.planning.plan import Plan
    from smoothx_tui.session.session import Session


def place_json(session: "Session") -> dict[str, Any]:
    """`profile` and `organisation` of every document that speaks of items."""
    place = session.place
    return {
        "profile": place.profile,
        "organisation": {
            "name": place.organisation,
            "tenant_id": place.tenant_id,
            "base_currency": session.books.organisation.base_currency,
            "environment": place.environment.value,
        },
    }


def plans_json(session: "Session", plans: "Sequence[Plan]") -> dict[str, Any]:
    """The document of `plan --json` and of a plan file."""
    return {
        **place_json(session),
        "settings_revision": session.loaded.revision,
        "items": [plan_json(plan) for plan in plans],
        "summary": summary_json(plans),
        "problems": list(session.problems),
    }
