"""One request to the emulated Procore: who asks, for which company, and what is in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import QueryParams

from smoothx_tui.sandbox.procore.answers import bad_request, forbidden, not_found
from smoothx_tui.sandbox.procore.state import ProcoreState

_LONGEST_ID = 18


def read_id(text: str) -> int | None:
    """An id written as digits; None for anything else, and for one too long to be one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID else None


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets. `ids` are the numbers in the path, `version` its `v1.0`, `body` the JSON of a write."""

    state: ProcoreState
    version: str
    ids: Mapping[str, int]
    query: QueryParams
    body: Mapping[str, Any] = field(default_factory=dict)

    def query_id(self, name: str) -> int:
        """A number that the query must have. Refused with 400 where it is missing or no number."""
        text = self.query.get(name)
        if text is None:
            raise bad_request(f"{name} is required")
        number = read_id(text)
        if number is None:
            raise bad_request(f"{name} must be a number")
        return number

    def company(self, number: int) -> None:
        """Refuse another company than the one the sandbox has."""
        if number != self.state.company["id"]:
            raise forbidden("You do not have access to this company.")

    def project(self, number: int, *, tool: bool = True) -> bool:
        """Refuse an unknown project and one whose permission is lost; False where its lists look empty.

        `tool` is False for the project itself, which stays readable when only its tools look empty.
        """
        if self.state.find("projects", number) is None:
            raise not_found(self.version)
        lost = self.state.lost.get(number)
        if lost == "forbidden":
            raise forbidden("You do not have permission to access this project.")
        if lost == "not_found":
            raise not_found(self.version)
        return lost is None or not tool

    def need(self, listing: str, number: int, project: int | None = None) -> dict[str, Any]:
        """A reference object (of that project), or 404."""
        if project is not None and not self.project(project):
            raise not_found(self.version)
        found = self.state.find(listing, number)
        if found is None or (project is not None and found.get("project_id") != project):
            raise not_found(self.version)
        return found
