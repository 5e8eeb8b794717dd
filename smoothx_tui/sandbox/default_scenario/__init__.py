"""The default scenario: Harbourline Pty Ltd, an invented builder in Sydney, at the end of June 2026.

About two hundred items that show every action, setting, finding and state at least once; most of them plan cleanly,
as on an operator's typical day. The period to 31 May 2026 is locked in Xero. `cases` says which item shows what.
"""

from decimal import Decimal
from typing import Any

from smoothx_tui.sandbox.default_scenario import attachments, books, day, findings, mapping, pending, reference, synced
from smoothx_tui.sandbox.default_scenario.desk import Desk
from smoothx_tui.sandbox.default_scenario.documents import Documents


def write() -> tuple[Desk, Documents]:
    """The items and documents, with the index of cases."""
    desk = Desk()
    documents = Documents(desk)
    pending.write(desk)
    findings.write(desk, documents)
    synced.write(desk, documents)
    day.write(desk, claims=44, costs=46)
    documents.files = attachments.write(desk, documents)
    return desk, documents


def build() -> dict[str, Any]:
    """The scenario as data for `scenario_from`; the same in every run."""
    desk, documents = write()
    vendors = reference.vendors()
    by_key = dict(zip(reference.COMPANY_NAMES, vendors, strict=True))
    return {
        "clock": reference.CLOCK,
        "procore": {
            "company": dict(reference.COMPANY),
            "projects": reference.projects(),
            "sub_jobs": [dict(one) for one in reference.SUB_JOBS],
            "vendors": vendors,
            "cost_codes": reference.cost_codes(),
            "wbs_codes": list(desk.budget_codes.values()),
            "line_item_types": reference.cost_types(),
            "tax_codes": reference.tax_codes(),
            "commitments": list(desk.commitments.values()),
            "prime_contracts": list(desk.prime_contracts.values()),
            "billing_periods": list(desk.periods.values()),
            **desk.items,
            "currency": reference.currency(),
        },
        "xero": {
            "Organisation": books.organisation(),
            "Accounts": books.accounts(),
            "TaxRates": books.tax_rates(),
            "Currencies": [
                {"Code": "AUD", "Description": "Australian Dollar"},
                {"Code": "USD", "Description": "United States Dollar"},
            ],
            "TrackingCategories": books.tracking(),
            "Contacts": books.contacts(by_key),
            "Invoices": documents.rows,
            "Attachments": documents.files,
        },
        "rates": {"USD": Decimal("0.6512"), "NZD": Decimal("1.0934"), "EUR": Decimal("0.5630")},
        "settings": mapping.settings(),
    }
