"""What a project manager does in Procore's screens, for tests and demonstrations: POST /admin/procore/...

| path | body | does |
|---|---|---|
| `/items` | an item as in a scenario, with `kind` | adds it; `id` is given where it has none |
| `/items/{key}/approve` | `status` (approved) | approves |
| `/items/{key}/send-back` | `status` (revise_and_resubmit) | sends back |
| `/items/{key}/edit` | `invoice_number`, `date`, `amount` (of line `line`, 1), `members` | edits |
| `/items/{key}/delete` | | deletes for good |
| `/items/{key}/lock` | `origin_id` | locks it for an integration |
| `/items/{key}/unlock` | | takes the lock off |
| `/vendors/{id}`, `/projects/{id}` | members, such as `name` | renames |
| `/projects/{id}/revoke` | `how`: forbidden, not_found, empty | takes the permission away |
| `/projects/{id}/restore` | | gives it back |

`key` is `claim:ID`, `direct:ID` or `head:ID`. A locked item takes no edit and no deletion: 409. Answers: the object, or
`{"error": …}`.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.jsontext import BadJson, loads
from smoothx_tui.base.money import NotAnAmount, amount, plain
from smoothx_tui.sandbox.procore.call import read_id
from smoothx_tui.sandbox.procore.http import json_response
from smoothx_tui.sandbox.procore.state import KINDS, LINES, Kind, Loss, ProcoreState, is_locked
from smoothx_tui.sandbox.procore.writes import STATUSES
from smoothx_tui.sandbox.scenario_check import Place
from smoothx_tui.sandbox.scenario_procore import read_procore

Json = dict[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]

_PREFIXES: dict[str, Kind] = {"claim": "requisitions", "direct": "direct_costs", "head": "payment_applications"}
_NOBODY = {"Name": "", "BaseCurrency": "AUD"}
_FOR_LIFE = ("id", "project_id", "commitment_id", "contract", "origin_id")
_LOSSES: dict[str, Loss] = {"forbidden": "forbidden", "not_found": "not_found", "empty": "empty"}


class Objection(Exception):  # noqa: N818 - reads as what it is
    """A deed that cannot be done: HTTP status and the reason."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class ProjectManager:
    """The deeds, on one state."""

    def __init__(self, state: ProcoreState) -> None:
        self.state = state

    def item(self, key: str) -> tuple[Kind, Json]:
        """The item of a key. Raises Objection 404."""
        prefix, _, text = key.partition(":")
        kind, number = _PREFIXES.get(prefix), read_id(text)
        found = self.state.items[kind].get(number) if kind and number is not None else None
        if kind is None or found is None:
            raise Objection(404, f"there is no item {key}")
        return kind, found

    def free(self, key: str) -> tuple[Kind, Json]:
        """An item that may be edited. Raises Objection 409 where an integration holds it."""
        kind, found = self.item(key)
        if is_locked(found):
            raise Objection(409, f"{key} has been synced with ERP and cannot be edited")
        return kind, found

    def keep(self, kind: Kind, found: Json) -> Json:
        self.state.change_item(kind, found)
        return found

    def set_status(self, key: str, status: str) -> Json:
        kind, found = self.free(key)
        if status not in STATUSES[kind]:
            raise Objection(422, f"{status} is none of {', '.join(STATUSES[kind])}")
        found["status"] = status
        return self.keep(kind, found)

    def edit(self, key: str, body: Json) -> Json:
        """Number, date, the amount of a line, or any members as they are."""
        kind, found = self.free(key)
        if "invoice_number" in body:
            found["invoice_number"] = body["invoice_number"]
        if "date" in body:
            found["direct_cost_date" if kind == "direct_costs" else "billing_date"] = _day(body["date"])
        if "amount" in body:
            _set_amount(kind, found, body)
        members = body.get("members", {})
        if not isinstance(members, dict):
            raise Objection(422, "members is an object")
        found.update({name: value for name, value in members.items() if name not in _FOR_LIFE})
        return self.keep(kind, self.checked(kind, found))

    def delete(self, key: str) -> Json:
        kind, found = self.free(key)
        self.state.remove_item(kind, found["id"])
        return {"deleted": key}

    def lock(self, key: str, origin_id: Any) -> Json:
        kind, found = self.item(key)
        if origin_id is not None and not isinstance(origin_id, str):
            raise Objection(422, "origin_id is text or null")
        holder = self.state.origins.get(origin_id or "", (kind, found["id"]))
        if holder != (kind, found["id"]):
            raise Objection(422, f"{origin_id} is taken by {holder[0]} {holder[1]}")
        found["origin_id"] = origin_id
        return self.keep(kind, found)

    def add(self, body: Json) -> Json:
        """A new item, checked and completed like one of a scenario. Raises Objection 422 with the reason."""
        kind = _PREFIXES.get(str(body.pop("kind", "")))
        if kind is None:
            raise Objection(422, "kind is none of claim, direct, head")
        body.setdefault("id", self.state.new_id())
        if not isinstance(body["id"], int) or self.state.items[kind].get(body["id"]) is not None:
            raise Objection(422, f"id {body['id']} is taken, or no whole number")
        return self.keep(kind, self.checked(kind, body))

    def checked(self, kind: Kind, found: Json) -> Json:
        """The item as a scenario would take it, completed. Raises Objection 422 with the reason."""
        data = self.state.references()
        data.update({other: [] for other in KINDS})
        data[kind] = [found]
        company = {"Name": self.state.company["name"], "BaseCurrency": self.state.currency["currency_iso_code"]}
        try:
            read_procore(Place("request", ""), data, company, self.state.clock.now())
        except ConfigurationError as error:
            raise Objection(422, error.message) from None
        return found

    def change(self, listing: str, number: int, body: Json) -> Json:
        """Members of a vendor or project, such as its name."""
        before = self.state.find(listing, number)
        if before is None:
            raise Objection(404, f"{listing} has no {number}")
        members = {name: value for name, value in body.items() if name != "id"}
        try:
            read_procore(Place("request", ""), {listing: [{**before, **members}]}, _NOBODY, self.state.clock.now())
        except ConfigurationError as error:
            raise Objection(422, error.message) from None
        return self.state.change_object(before, members)

    def permission(self, project: int, how: str | None) -> Json:
        """Take the permission for a project away, or give it back (None)."""
        if self.state.find("projects", project) is None:
            raise Objection(404, f"projects has no {project}")
        if how is None:
            self.state.lost.pop(project, None)
        elif how in _LOSSES:
            self.state.lost[project] = _LOSSES[how]
        else:
            raise Objection(422, f"how is none of {', '.join(_LOSSES)}")
        return {"project": project, "lost": how}


def _day(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise Objection(422, f"{value} is not a date such as 2026-06-30") from None


def _set_amount(kind: Kind, found: Json, body: Json) -> None:
    lines: list[Json] = found[LINES[kind]]
    place = body.get("line", 1)
    if not isinstance(place, int) or not 1 <= place <= len(lines):
        raise Objection(422, f"there is no line {place}")
    try:
        value = plain(amount(body["amount"]))
    except NotAnAmount as error:
        raise Objection(422, str(error)) from None
    if kind == "direct_costs":
        lines[place - 1].update(amount=value, quantity="1.0", unit_cost=value)
        found.pop("grand_total", None)
    else:
        lines[place - 1]["work_completed_this_period"] = value
        found.pop("summary" if kind == "requisitions" else "g702", None)


def procore_admin_routes(state: ProcoreState) -> list[Route]:
    """The routes below /admin/procore; all are POST."""
    manager = ProjectManager(state)
    deeds: dict[str, Callable[[Json, Json], Json]] = {
        "/items": lambda _, body: manager.add(body),
        "/items/{key}/approve": lambda ids, body: manager.set_status(ids["key"], body.get("status", "approved")),
        "/items/{key}/send-back": lambda ids, body: manager.set_status(
            ids["key"], body.get("status", "revise_and_resubmit")
        ),
        "/items/{key}/edit": lambda ids, body: manager.edit(ids["key"], body),
        "/items/{key}/delete": lambda ids, _: manager.delete(ids["key"]),
        "/items/{key}/lock": lambda ids, body: manager.lock(ids["key"], body.get("origin_id")),
        "/items/{key}/unlock": lambda ids, _: manager.lock(ids["key"], None),
        "/vendors/{id:procore_id}": lambda ids, body: manager.change("vendors", ids["id"], body),
        "/projects/{id:procore_id}": lambda ids, body: manager.change("projects", ids["id"], body),
        "/projects/{id:procore_id}/revoke": lambda ids, body: manager.permission(
            ids["id"], body.get("how", "forbidden")
        ),
        "/projects/{id:procore_id}/restore": lambda ids, _: manager.permission(ids["id"], None),
    }
    return [Route(path, _endpoint(deed), methods=["POST"]) for path, deed in deeds.items()]


def _endpoint(deed: Callable[[Json, Json], Json]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            return json_response(deed(dict(request.path_params), await _body(request)))
        except Objection as objection:
            return json_response({"error": objection.text}, objection.status)

    return endpoint


async def _body(request: Request) -> Json:
    content = await request.body()
    if not content:
        return {}
    try:
        body = loads(content)
    except (BadJson, UnicodeDecodeError) as error:
        raise Objection(400, f"the body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise Objection(400, "the body is not an object")
    return body
