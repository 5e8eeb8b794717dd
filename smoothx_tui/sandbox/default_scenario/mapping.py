"""The settings that come with the default scenario: a complete mapping, so that it plans out of the box."""

from typing import Any, Final

from smoothx_tui.sandbox.default_scenario.reference import COMPANY_IDS, PROJECT_IDS
from smoothx_tui.sandbox.scenario_forms import made_id

TENANT: Final = "7d1f0a52-3b64-4c8e-9a17-2f60c1b8e4d3"

BILL_ACCOUNTS: Final = {
    "01-100": "319",
    "01-540": "312",
    "01-700": "312",
    "02-300": "323",
    "03-100": "315",
    "03-300": "311",
    "03-300.L": "320",
    "03-350": "311",
    "04-200": "313",
    "05-120": "314",
    "06-100": "316",
    "07-400": "316",
    "09-200": "316",
    "09-900": "316",
    "15-400": "318",
    "15-700": "318",
    "16-100": "317",
    "17-100": "399",
    "17-200": "820",
    "17-400": "090",
}
"""Company-wide rows for bills. 17-100 names an account that Xero does not have, 17-200 a system account, 17-400 a bank
account.
"""

PROJECT_ACCOUNTS: Final = {
    "depot": {"05-120": "324", "16-100.M": "321"},
    "school": {"02-300": "322"},
}
"""Rows of one project; the school's 02-300 names an archived account."""

DEFAULT_ACCOUNT: Final = "310"
SALE_ACCOUNTS: Final = {
    **dict.fromkeys(
        ("01-100", "02-300", "03-300", "03-350", "05-120", "07-400", "09-200", "15-400", "15-700", "16-100"), "200"
    ),
    "17-900": "201",
}
"""For sales there is no default account, so that a code without a row blocks."""

TAX_TYPES: Final = {
    88: "INPUT",
    89: "EXEMPTEXPENSES",
    91: "CAPEXINPUT",
    92: "TAX009",
    93: "INPUT",
    94: "OUTPUT",
    95: "BASEXCLUDED",
    96: "TAX005",
}
"""Procore tax code to Xero tax type; 90 is not mapped."""

MAPPED: Final = (
    "harbour",
    "lifting",
    "borex",
    "dunn",
    "amber",
    "tessel",
    "kerb",
    "joist",
    "lumen",
    "gantry",
    "skyline",
    "mortar",
    "airflow",
    "precast",
    "forma",
    "terra",
    "usframe",
    "archived",
    "hostile",
    "ghost",
    "owner_quay",
    "owner_depot",
    "owner_data",
)
"""Companies with a row in the mapping; the others are found by number or name, or made. The ghost's
contact is not in Xero any more."""


def contact_id(key: str) -> str:
    """The Xero contact of a company."""
    return made_id("default contact", key)


def settings() -> dict[str, Any]:
    """The tables of settings.toml that stand below the operator's own file."""
    return {
        "mapping": {
            "project_tracking_category": "Project",
            "second_tracking_category": "",
            "second_tracking_source": "cost_code",
            "approved_as_noted": True,
            "direct_cost_types": ["invoice", "expense"],
            "contacts": {str(COMPANY_IDS[key]): contact_id(key) for key in MAPPED},
            "bill": {
                "default_account": DEFAULT_ACCOUNT,
                "retention_retained": "877",
                "retention_released": "878",
                "terms": {"day": 30, "type": "DAYSAFTERBILLDATE"},
                "cost_codes": dict(BILL_ACCOUNTS),
                "projects": {str(PROJECT_IDS[key]): dict(rows) for key, rows in PROJECT_ACCOUNTS.items()},
                "tax_codes": {str(number): code for number, code in TAX_TYPES.items()},
            },
            "sale": {
                "number_prefix": "",
                "retention_retained": "655",
                "retention_released": "656",
                "terms": {"day": 20, "type": "OFFOLLOWINGMONTH"},
                "cost_codes": dict(SALE_ACCOUNTS),
            },
        }
    }
