"""The default scenario: Harbourline Pty Ltd, an invented builder in Sydney."""

from decimal import Decimal
from typing import Any


def build() -> dict[str, Any]:
    """The scenario as data for `scenario_from`."""
    return {
        "clock": "2026-07-03T09:00:00Z",
        "procore": {
            "company": {"id": 598134325510001, "name": "Harbourline Pty Ltd"},
            "projects": [{"id": 598134325511001, "name": "Quay St", "project_number": "2235"}],
            "vendors": [{"id": 598134325512001, "name": "Lifting Co"}],
            "direct_costs": [
                {
                    "id": 598134325514001,
                    "invoice_number": "LIFT-221",
                    "direct_cost_date": "2026-06-09",
                    "vendor": {"id": 598134325512001},
                    "line_items": [{"description": "Mobile crane", "quantity": "8.2", "unit_cost": "152.5"}],
                }
            ],
        },
        "xero": {
            "Organisation": {"OrganisationID": "7d1f0a52-3b64-4c8e-9a17-2f60c1b8e4d3", "Name": "Harbourline Pty Ltd"},
            "Accounts": [{"Code": "310", "Name": "Cost of works", "Type": "DIRECTCOSTS"}],
            "Contacts": [{"Name": "Lifting Co"}],
        },
        "rates": {"USD": Decimal("0.6512")},
        "settings": {"mapping": {"bill": {"default_account": "310"}}},
    }
