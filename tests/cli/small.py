"""A served sandbox with one project, and what its bookkeeper and its project manager see."""

from dataclasses import dataclass
from typing import Any

from smoothx_tui.base import jsontext
from smoothx_tui.sandbox.default_scenario import build
from tests.serving import alive, asked

NUMBERS = ("HC-0045", "EP-0100", "TT-0301", "JR-0007", "PP-0044", "GW-0012")
"""The claims of the small sandbox, all of them new."""


def one_project() -> str:
    """A scenario as JSON: one project of the default one, six claims, a head contract claim. Few calls read it."""
    data = build()
    procore = data["procore"]
    project = procore["projects"][0]["id"]
    for name, there in procore.items():
        if isinstance(there, list):
            procore[name] = [one for one in there if one.get("project_id", project) == project]
    procore["projects"] = procore["projects"][:1]
    procore["currency"]["projects"] = []
    procore["requisitions"] = [one for one in procore["requisitions"] if one.get("invoice_number") in NUMBERS]
    procore["direct_costs"] = []
    procore["payment_applications"] = procore["payment_applications"][:1]
    data["xero"]["Invoices"] = [one for one in data["xero"]["Invoices"] if not one.get("Url")]
    return jsontext.dumps(data)


@dataclass(frozen=True)
class Small:
    """A served sandbox as a bookkeeper and a project manager see it."""

    address: str

    def post(self, path: str, **body: Any) -> Any:
        return asked(self.address, path, body, "POST")

    def faults(self, *rules: dict[str, Any]) -> None:
        asked(self.address, "/admin/faults", list(rules), "POST")

    @property
    def invoices(self) -> list[dict[str, Any]]:
        """Xero's documents that are alive and name an item."""
        return alive(self.address)

    def item(self, number: str) -> dict[str, Any]:
        """Procore's claim of that number."""
        claims: list[dict[str, Any]] = asked(self.address, "/admin/state")["procore"]["requisitions"]
        return next(one for one in claims if one["invoice_number"] == number)
