"""A plan frozen in a file: what `plan --out` writes and `sync --plan` holds the present against.

The file is the document of `plan --json`. What is sent is always planned anew; it is sent only where its digest is the
frozen one, so that what was reviewed is what is sent, byte for byte.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smoothx_tui.base import jsontext
from smoothx_tui.base.errors import ConfigurationError, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.files import write_text
from smoothx_tui.cli.output import SCHEMA_VERSION, Output, json_text
from smoothx_tui.cli.plan_json import plans_json
from smoothx_tui.planning.plan import SENDABLE, Action, DocumentRef, FirstStep, Plan, Request, Step
from smoothx_tui.planning.report import plan_json
from smoothx_tui.procore.items import Kind
from smoothx_tui.xero.documents import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smoothx_tui.session.place import Place
    from smoothx_tui.session.session import Session

_EFFECTS = ("action", "request", "payload", "first", "then")


@dataclass(frozen=True, slots=True)
class FrozenItem:
    """One item that the file would send: its key, the digest over all effects, and the whole entry."""

    id: str
    digest: str
    entry: "Mapping[str, Any]"


def write_plan(output: Output, path: Path, session: "Session", plans: "Sequence[Plan]") -> None:
    """Freeze the plans; readable by the owner alone, and never half written. Raises ConfigurationError."""
    write_text(output, path, json_text(plans_json(session, plans)) + "\n", private=True)


def read_plan(path: Path, place: "Place") -> "Sequence[FrozenItem]":
    """What the file would send. Raises ConfigurationError, or UsageError for another organisation's plan."""
    name = clean(str(path))
    try:
        document = jsontext.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{name}: cannot be read: {error.strerror}", "check --plan") from None
    except jsontext.BadJson as error:
        raise ConfigurationError(f"{name}: is not JSON: {clean(str(error))}", "make it with plan --out") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA_VERSION:
        raise ConfigurationError(f"{name}: is not a plan file of this version", "make it with plan --out")
    try:
        organisation = document["organisation"]
        tenant, named = organisation["tenant_id"], organisation["name"]
        items = [
            FrozenItem(item["id"], item["digest"], item)
            for item in document["items"]
            if item["action"] in SENDABLE and item["request"] is not None
        ]
        edited = [one.id for one in items if _digest_of(one.entry, tenant) != one.digest]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(
            f"{name}: is not a complete plan file: {clean(str(error))}", "make it with plan --out"
        ) from None
    if tenant != place.tenant_id:
        raise UsageError(f"{name}: was made for {clean(str(named))}, this is {place.organisation}", "nothing was sent")
    if edited:
        which = clean(", ".join(edited[:5]))
        raise ConfigurationError(f"{name}: was edited after it was frozen: {which}", "make it again with plan --out")
    return items


def _digest_of(entry: "Mapping[str, Any]", tenant: str) -> str:
    """The digest over the effects as the file tells them: whoever edits one has not reviewed what would be sent."""
    document = entry["document"]
    steps = [(Step(step), body) for one in entry["first"] for step, body in one.items()]
    return Plan(
        item=entry["id"],
        kind=Kind(entry["kind"]),
        number="",
        contact="",
        project="",
        date=None,
        action=Action(entry["action"]),
        document=DocumentRef(document["id"], Status(document["status"])) if document else None,
        payload=entry["payload"],
        request=Request(entry["request"]["method"], entry["request"]["path"]),
        first=tuple(FirstStep(step, body) for step, body in steps),
        then=tuple(entry["then"]),
        tenant=tenant,
    ).digest


def stale(frozen: FrozenItem, plan: Plan | None) -> str:
    """What moved since the plan was frozen, in a few words; "" where it still stands."""
    if plan is None:
        return "the item is no longer there"
    if plan.digest == frozen.digest:
        return ""
    now = plan_json(plan)
    if now["action"] != frozen.entry.get("action"):
        return f"was {clean(str(frozen.entry.get('action')))}, is {plan.action.value}: {plan.summary}"
    moved = [path for member in _EFFECTS for path in _moved(member, frozen.entry.get(member), now[member])]
    return f"changed since the plan: {', '.join(map(clean, moved[:5]))}{' …' if len(moved) > 5 else ''}"


def _moved(path: str, before: Any, now: Any) -> list[str]:
    """The paths below which the two differ."""
    if before == now:
        return []
    if isinstance(before, dict) and isinstance(now, dict):
        keys = dict.fromkeys([*before, *now])
        return [found for key in keys for found in _moved(f"{path}.{key}", before.get(key), now.get(key))]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        return [
            found for n, pair in enumerate(zip(before, now, strict=True)) for found in _moved(f"{path}[{n}]", *pair)
        ]
    return [path]
