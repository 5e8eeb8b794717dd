"""The Xero organisation of the default scenario, without its documents."""

from decimal import Decimal
from typing import Any, Final

from smoothx_tui.sandbox.default_scenario.mapping import TENANT, contact_id
from smoothx_tui.sandbox.default_scenario.reference import COMPANY_IDS, COMPANY_NAMES

# code, name, type, tax type, status, system account
_ACCOUNTS: Final = (
    ("090", "Everyday Account", "BANK", "BASEXCLUDED", "ACTIVE", ""),
    ("200", "Construction Revenue", "REVENUE", "OUTPUT", "ACTIVE", ""),
    ("201", "Variations Revenue", "REVENUE", "OUTPUT", "ACTIVE", ""),
    ("210", "Consulting Revenue", "REVENUE", "OUTPUT", "ACTIVE", ""),
    ("270", "Interest Income", "OTHERINCOME", "EXEMPTOUTPUT", "ACTIVE", ""),
    ("310", "Cost of Works", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("311", "Concrete", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("312", "Plant and Hire", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("313", "Masonry", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("314", "Structural Steel", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("315", "Formwork", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("316", "Finishes", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("317", "Electrical", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("318", "Hydraulic and Mechanical", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("319", "Preliminaries", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("320", "Labour", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("321", "Materials", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("322", "Earthworks (old)", "DIRECTCOSTS", "INPUT", "ARCHIVED", ""),
    ("323", "Earthworks", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("324", "Steel, Depot", "DIRECTCOSTS", "INPUT", "ACTIVE", ""),
    ("404", "Bank Fees", "EXPENSE", "EXEMPTEXPENSES", "ACTIVE", ""),
    ("429", "General Expenses", "EXPENSE", "INPUT", "ACTIVE", ""),
    ("453", "Office Expenses", "EXPENSE", "INPUT", "ACTIVE", ""),
    ("477", "Wages and Salaries", "EXPENSE", "BASEXCLUDED", "ACTIVE", ""),
    ("610", "Accounts Receivable", "CURRENT", "BASEXCLUDED", "ACTIVE", "DEBTORS"),
    ("655", "Retention Receivable", "CURRENT", "OUTPUT", "ACTIVE", ""),
    ("656", "Retention Receivable, Due", "CURRENT", "OUTPUT", "ACTIVE", ""),
    ("710", "Site Equipment", "FIXED", "CAPEXINPUT", "ACTIVE", ""),
    ("800", "Accounts Payable", "CURRLIAB", "BASEXCLUDED", "ACTIVE", "CREDITORS"),
    ("820", "GST", "CURRLIAB", "BASEXCLUDED", "ACTIVE", "GST"),
    ("860", "Rounding", "CURRLIAB", "BASEXCLUDED", "ACTIVE", "ROUNDING"),
    ("877", "Retention Payable", "CURRLIAB", "INPUT", "ACTIVE", ""),
    ("878", "Retention Payable, Due", "CURRLIAB", "INPUT", "ACTIVE", ""),
    ("960", "Retained Earnings", "EQUITY", "BASEXCLUDED", "ACTIVE", "RETAINEDEARNINGS"),
)

# tax type, name, rate, on revenue, on expenses and assets
_TAX_RATES: Final = (
    ("OUTPUT", "GST on Income", "10", True, False),
    ("INPUT", "GST on Expenses", "10", False, True),
    ("EXEMPTOUTPUT", "GST Free Income", "0", True, False),
    ("EXEMPTEXPENSES", "GST Free Expenses", "0", False, True),
    ("CAPEXINPUT", "GST on Capital", "10", False, True),
    ("BASEXCLUDED", "BAS Excluded", "0", True, True),
    ("GSTONIMPORTS", "GST on Imports", "0", False, True),
)

PROJECT_OPTIONS: Final = ("2235 - Quay St", "2241 - Depot", "Wharf Apartments", "2250 - Pacific Data Hall")
"""The school's option is missing and has to be made."""

_OLD_OPTION: Final = {"Name": "2198 - Ferry Terminal", "Status": "ARCHIVED"}
_COST_CODE_OPTIONS: Final = ("03-300 - Cast-in-place concrete", "05-120 - Structural steel", "16-100 - Electrical")

NOT_IN_XERO: Final = frozenset({"newcomer", "angle", "cleaner", "ghost"})
"""Companies without a contact: the plan makes one, or says why it cannot."""
_NUMBERED: Final = frozenset({"glaze", "brush", "hire", "waste", "plaster", "owner_school", "twin"})
"""Contacts that carry the company's Procore id as ContactNumber; their names differ a little from Procore's."""
_STREET_TOO: Final = frozenset({"harbour", "borex", "lumen"})
EMPLOYEE_CONTACT: Final = "Site Petty Cash"


def organisation() -> dict[str, Any]:
    return {
        "OrganisationID": TENANT,
        "Name": "Harbourline Pty Ltd",
        "LegalName": "Harbourline Pty Ltd",
        "BaseCurrency": "AUD",
        "CountryCode": "AU",
        "TaxNumber": "00 000 000 000",
        "PeriodLockDate": "2026-05-31",
        "EndOfYearLockDate": "2025-06-30",
        "ShortCode": "!hbl1n",
        "PaymentTerms": {
            "Bills": {"Day": 30, "Type": "DAYSAFTERBILLDATE"},
            "Sales": {"Day": 20, "Type": "OFFOLLOWINGMONTH"},
        },
    }


def accounts() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for code, name, kind, tax, status, system in _ACCOUNTS:
        row = {"Code": code, "Name": name, "Type": kind, "TaxType": tax, "Status": status}
        rows.append({**row, "SystemAccount": system} if system else row)
    return rows


def tax_rates() -> list[dict[str, Any]]:
    return [
        {
            "TaxType": code,
            "Name": name,
            "EffectiveRate": Decimal(rate),
            "CanApplyToRevenue": revenue,
            "CanApplyToExpenses": expenses,
            "CanApplyToAssets": True,
            "CanApplyToEquity": True,
            "CanApplyToLiabilities": True,
        }
        for code, name, rate, revenue, expenses in _TAX_RATES
    ] + [{"TaxType": "TAX005", "Name": "GST (2000)", "EffectiveRate": Decimal(10), "Status": "ARCHIVED"}]


def tracking() -> list[dict[str, Any]]:
    return [
        {"Name": "Project", "Options": [*({"Name": name} for name in PROJECT_OPTIONS), dict(_OLD_OPTION)]},
        {"Name": "Cost Code", "Options": [{"Name": name} for name in _COST_CODE_OPTIONS]},
    ]


def contacts(addresses: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A contact for every company that has one. `addresses` are the companies as Procore has them, by key."""
    rows = [_contact(key, name, addresses[key]) for key, name in COMPANY_NAMES.items() if key not in NOT_IN_XERO]
    return [*rows, {"ContactID": contact_id("employee"), "Name": EMPLOYEE_CONTACT}]


def _contact(key: str, name: str, company: dict[str, Any]) -> dict[str, Any]:
    address = {
        "AddressLine1": company["address"],
        "City": company["city"],
        "Region": company["state_code"],
        "PostalCode": company["zip"],
        "Country": "AU",
    }
    row: dict[str, Any] = {
        "ContactID": contact_id(key),
        "Name": _xero_name(key, name),
        "EmailAddress": company["email_address"],
        "Addresses": [{"AddressType": "POBOX", **address}],
        "UpdatedDateUTC": "2026-03-03T00:00:00Z",
    }
    if key in _STREET_TOO:
        row["Addresses"].append({"AddressType": "STREET", **address, "AddressLine1": "99 Elsewhere Street"})
    if key in _NUMBERED:
        row["ContactNumber"] = str(COMPANY_IDS[key])
    if key == "archived":
        row["ContactStatus"] = "ARCHIVED"
    if key == "kerb":
        row["PaymentTerms"] = {"Bills": {"Day": 14, "Type": "DAYSAFTERBILLDATE"}}
    if key == "borex":
        row["PaymentTerms"] = {"Bills": {"Day": 31, "Type": "OFFOLLOWINGMONTH"}}
    return row


def _xero_name(key: str, name: str) -> str:
    """Xero knows some companies by another name; the mapping or the number ties them together."""
    if key in _NUMBERED:
        return f"{name} (trading)"
    return "Redline Signage Co" if key == "hostile" else name
