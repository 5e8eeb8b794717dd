"""The endpoint /TrackingCategories and its options (facts/xero.md 8)."""

from typing import Any, Final

from smoothx_tui.sandbox.xero.answers import Answer, Invalid, Refused, envelope, good, not_found, server_error
from smoothx_tui.sandbox.xero.gate import Call
from smoothx_tui.sandbox.xero.members import CATEGORY, OPTION
from smoothx_tui.sandbox.xero.query import Where, ordered
from smoothx_tui.sandbox.xero.tracking import is_used
from smoothx_tui.sandbox.xero.wire import read_flag

MAX_ACTIVE: Final = 2
MAX_CATEGORIES: Final = 4
MAX_OPTIONS: Final = 100
_LONGEST_NAME: Final = 100
_MEMBERS: Final = frozenset(("TrackingCategoryID", "Name", "Status"))


def list_categories(call: Call) -> Answer:
    """GET /TrackingCategories; archived ones only with includeArchived."""
    archived = read_flag(call.query.get("includearchived"))
    found = [_shown(one, archived=archived) for one in call.state.categories if archived or _is_active(one)]
    if call.query.get("where"):
        test = Where(call.query["where"], _MEMBERS).test
        found = [one for one in found if test(one)]
    found = ordered(found, call.query.get("order") or "Name", _MEMBERS)
    return _answer(call, "TrackingCategories", found)


def get_category(call: Call) -> Answer:
    """GET /TrackingCategories/{id}, with all its options."""
    return _answer(call, "TrackingCategories", [_shown(_category(call), archived=True)])


def create_category(call: Call) -> Answer:
    """PUT /TrackingCategories."""
    given = call.elements("TrackingCategories", CATEGORY)[0]
    name = _checked_name(given.get("Name"))
    categories = call.state.categories
    if any(one["Name"].casefold() == name.casefold() for one in categories):
        raise Invalid(f"A tracking category named '{name}' already exists.")
    if sum(map(_is_active, categories)) >= MAX_ACTIVE or len(categories) >= MAX_CATEGORIES:
        raise Invalid("The maximum number of tracking categories has been reached.")
    category = {"TrackingCategoryID": call.state.make_id(), "Name": name, "Status": "ACTIVE", "Options": []}
    categories.append(category)
    return _answer(call, "TrackingCategories", [category])


def save_category(call: Call) -> Answer:
    """POST /TrackingCategories/{id}: renames, archives or restores."""
    category = _category(call)
    given = call.elements("TrackingCategories", CATEGORY)[0]
    restored = given.get("Status") == "ACTIVE" and not _is_active(category)
    if restored and sum(map(_is_active, call.state.categories)) >= MAX_ACTIVE:
        raise Invalid("The maximum number of tracking categories has been reached.")
    if "Name" in given:
        category["Name"] = _checked_name(given["Name"])
    category["Status"] = given.get("Status", category["Status"])
    return _answer(call, "TrackingCategories", [_shown(category, archived=True)])


def delete_category(call: Call) -> Answer:
    """DELETE /TrackingCategories/{id}, while nothing carries it."""
    category = _category(call)
    if is_used(call.state, category["TrackingCategoryID"]):
        raise Invalid("The tracking category is in use and cannot be deleted.")
    call.state.categories.remove(category)
    return _answer(call, "TrackingCategories", [{**category, "Status": "DELETED"}])


def create_options(call: Call) -> Answer:
    """PUT /TrackingCategories/{id}/Options, one or several. An unknown category is a 500 (seen)."""
    category = call.state.category(call.params["id"].lower())
    if category is None:
        raise Refused(server_error())
    made = []
    for given in call.elements("Options", OPTION):
        name = given.get("Name", "")
        if name != name.rstrip():
            raise Refused(server_error())
        _check_option_name(category, _checked_name(name), None)
        if sum(map(_is_active, category["Options"])) >= MAX_OPTIONS:
            raise Invalid("The maximum number of tracking options has been reached.")
        option = {
            "TrackingOptionID": call.state.make_id(),
            "Name": name,
            "Status": "ACTIVE",
            "HasValidationErrors": False,
            "IsDeleted": False,
            "IsArchived": False,
            "IsActive": True,
        }
        category["Options"].append(option)
        made.append(option)
    return _answer(call, "Options", made)


def save_option(call: Call) -> Answer:
    """POST /TrackingCategories/{id}/Options/{option id}: renames, archives or restores."""
    category = _category(call)
    option = _option(call, category)
    given = call.elements("Options", OPTION)[0]
    if "Name" in given:
        _check_option_name(category, _checked_name(given["Name"]), option)
        option["Name"] = given["Name"]
    _set_status(option, given.get("Status", option["Status"]))
    return _answer(call, "Options", [option])


def delete_option(call: Call) -> Answer:
    """DELETE /TrackingCategories/{id}/Options/{option id}, while nothing carries it."""
    category = _category(call)
    option = _option(call, category)
    if is_used(call.state, category["TrackingCategoryID"], option["TrackingOptionID"]):
        raise Invalid("The tracking option is in use and cannot be deleted.")
    category["Options"].remove(option)
    return _answer(call, "Options", [{**option, "Status": "DELETED"}])


def _set_status(option: dict[str, Any], status: str) -> None:
    option.update(Status=status, IsActive=status == "ACTIVE", IsArchived=status == "ARCHIVED")


def _answer(call: Call, key: str, found: list[dict[str, Any]]) -> Answer:
    return good(envelope(call.state.clock.now(), key, found))


def _category(call: Call) -> dict[str, Any]:
    category = call.state.category(call.params["id"].lower())
    if category is None:
        raise not_found()
    return category


def _option(call: Call, category: dict[str, Any]) -> dict[str, Any]:
    wanted = call.params["option"].lower()
    option: dict[str, Any] | None = next(
        (one for one in category["Options"] if one["TrackingOptionID"] == wanted), None
    )
    if option is None:
        raise not_found()
    return option


def _is_active(one: dict[str, Any]) -> bool:
    return bool(one.get("Status") == "ACTIVE")


def _shown(category: dict[str, Any], *, archived: bool) -> dict[str, Any]:
    return {**category, "Options": [one for one in category["Options"] if archived or _is_active(one)]}


def _checked_name(name: str | None) -> str:
    if not name or not name.strip():
        raise Invalid("Name must be specified.")
    if len(name) > _LONGEST_NAME:
        raise Invalid(f"The Name cannot be more than {_LONGEST_NAME} characters long.")
    return name


def _check_option_name(category: dict[str, Any], name: str, own: dict[str, Any] | None) -> None:
    same = (one for one in category["Options"] if one["Name"].casefold() == name.casefold() and one is not own)
    if any(same):
        raise Invalid(f"A tracking option named '{name}' already exists.")
