"""The Xero half of a scenario: checked, and completed with what Xero would answer (facts/xero.md 4 to 9)."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from smoothx_tui.sandbox.scenario_check import Known, Place, write_instant
from smoothx_tui.sandbox.scenario_forms import fill, iso_date, iso_instant, made_id
from smoothx_tui.sandbox.scenario_xero_invoices import Books, read_invoices

_CLASS_OF_TYPE = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET",
    "EQUITY": "EQUITY",
    "DEPRECIATN": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
    "EXPENSE": "EXPENSE",
    "OVERHEADS": "EXPENSE",
    "CURRLIAB": "LIABILITY",
    "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "OTHERINCOME": "REVENUE",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
}


def read_xero(place: Place, data: dict[str, Any], clock: datetime, rates: dict[str, Decimal]) -> dict[str, Any]:
    """Check and complete; every list is there afterwards. Raises ConfigurationError."""
    reader = _Reader(place, data, clock)
    data["Organisation"] = reader.organisation()
    accounts = reader.each("Accounts", "Code", reader.account)
    reader.always("TaxRates", "TaxType", "NONE")
    taxes = reader.each("TaxRates", "TaxType", reader.tax_rate)
    base = data["Organisation"]["BaseCurrency"]
    reader.always("Currencies", "Code", base)
    currencies = reader.each("Currencies", "Code", reader.currency)
    categories = reader.each("TrackingCategories", "TrackingCategoryID", reader.category)
    contacts = reader.each("Contacts", "ContactID", reader.contact)
    fill(data, {"Invoices": []})
    read_invoices(place, data, Books(accounts, taxes, currencies, categories, contacts, clock, rates, base))
    return data


class _Reader:
    def __init__(self, place: Place, data: dict[str, Any], clock: datetime) -> None:
        self.place = place
        self.data = data
        self.now = write_instant(clock)

    def each(self, key: str, id_member: str, complete: Callable[[Place, dict[str, Any]], None]) -> Known:
        known = Known(f"xero.{key}")
        fill(self.data, {key: []})
        for place, found in self.place.objects(self.data, key):
            named = Place(place.source, place.path, str(found.get("Name") or found.get(id_member) or ""))
            complete(named, found)
            iso_instant(named, found, "UpdatedDateUTC")
            known.add(named, id_member, named.required(found, id_member, str), found)
        return known

    def organisation(self) -> dict[str, Any]:
        found: dict[str, Any] = self.place.member(self.data, "Organisation", dict, {})
        place = self.place.below("Organisation")
        name = place.member(found, "Name", str, "Sandbox Organisation")
        for member in ("PeriodLockDate", "EndOfYearLockDate"):
            iso_date(place, found, member)
            if found.get(member) is None:
                found.pop(member, None)
        defaults = {
            "OrganisationID": made_id("Organisation", name),
            "Name": name,
            "LegalName": name,
            "BaseCurrency": "AUD",
            "CountryCode": "AU",
            "Version": "AU",
            "OrganisationType": "COMPANY",
            "OrganisationEntityType": "COMPANY",
            "OrganisationStatus": "ACTIVE",
            "Class": "PREMIUM",
            "Edition": "BUSINESS",
            "Timezone": "AUSEASTERNSTANDARDTIME",
            "PaysTax": True,
            "IsDemoCompany": False,
            "DefaultSalesTax": "Tax Exclusive",
            "DefaultPurchasesTax": "Tax Exclusive",
            "SalesTaxBasis": "ACCRUALS",
            "FinancialYearEndDay": 30,
            "FinancialYearEndMonth": 6,
            "ShortCode": "!sand1",
            "CreatedDateUTC": self.now,
        }
        iso_instant(place, found, "CreatedDateUTC")
        return fill(found, defaults)

    def account(self, place: Place, found: dict[str, Any]) -> None:
        code = place.required(found, "Code", str)
        kind = place.member(found, "Type", str, "EXPENSE")
        defaults = {
            "AccountID": made_id("Account", code),
            "Name": f"Account {code}",
            "Status": "ACTIVE",
            "Type": kind,
            "TaxType": "NONE",
            "Class": _CLASS_OF_TYPE.get(kind, "EXPENSE"),
            "Description": "",
            "EnablePaymentsToAccount": False,
            "ShowInExpenseClaims": False,
            "AddToWatchlist": False,
            "HasAttachments": False,
            "UpdatedDateUTC": self.now,
        }
        fill(found, defaults)

    def tax_rate(self, place: Place, found: dict[str, Any]) -> None:
        rate = place.amount(found, "EffectiveRate", Decimal(0))
        found["EffectiveRate"] = rate
        revenue = not str(found.get("TaxType", "")).startswith("INPUT")
        expense = not str(found.get("TaxType", "")).startswith("OUTPUT")
        defaults = {
            "Name": str(found.get("TaxType", "")),
            "DisplayTaxRate": rate,
            "Status": "ACTIVE",
            "CanApplyToAssets": expense,
            "CanApplyToEquity": expense,
            "CanApplyToExpenses": expense,
            "CanApplyToLiabilities": True,
            "CanApplyToRevenue": revenue,
            "TaxComponents": [{"Name": "GST", "Rate": rate, "IsCompound": False, "IsNonRecoverable": False}],
        }
        fill(found, defaults)

    def always(self, key: str, id_member: str, value: str) -> None:
        """Every organisation has the rate for no tax and its own currency, listed or not."""
        listed = fill(self.data, {key: []})[key]
        if isinstance(listed, list) and not any(
            isinstance(one, dict) and one.get(id_member) == value for one in listed
        ):
            listed.insert(0, {id_member: value})

    def currency(self, _place: Place, found: dict[str, Any]) -> None:
        fill(found, {"Description": found.get("Code")})

    def category(self, place: Place, found: dict[str, Any]) -> None:
        name = place.required(found, "Name", str)
        fill(found, {"TrackingCategoryID": made_id("TrackingCategory", name), "Status": "ACTIVE", "Options": []})
        options = Known(f"{place.path}.Options")
        for option_place, option in place.objects(found, "Options"):
            named = option_place.required(option, "Name", str)
            defaults = {
                "TrackingOptionID": made_id("TrackingOption", name, named),
                "Status": "ACTIVE",
                "HasValidationErrors": False,
                "IsDeleted": False,
                "IsArchived": option.get("Status") == "ARCHIVED",
                "IsActive": option.get("Status", "ACTIVE") == "ACTIVE",
            }
            fill(option, defaults)
            options.add(option_place, "Name", named, option)

    def contact(self, place: Place, found: dict[str, Any]) -> None:
        name = place.required(found, "Name", str)
        defaults = {
            "ContactID": made_id("Contact", name),
            "ContactStatus": "ACTIVE",
            "EmailAddress": "",
            "BankAccountDetails": "",
            "Addresses": [],
            "Phones": [],
            "ContactGroups": [],
            "ContactPersons": [],
            "IsSupplier": False,
            "IsCustomer": False,
            "HasAttachments": False,
            "HasValidationErrors": False,
            "UpdatedDateUTC": self.now,
        }
        fill(found, defaults)
        _complete_kinds(place, found, "Addresses", "AddressType", ("STREET", "POBOX"), {})
        blank = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}
        _complete_kinds(place, found, "Phones", "PhoneType", ("DEFAULT", "DDI", "FAX", "MOBILE"), blank)


def _complete_kinds(
    place: Place, found: dict[str, Any], key: str, kind: str, kinds: tuple[str, ...], blank: dict[str, Any]
) -> None:
    """Xero's answers carry every kind of address and telephone, empty where nothing is known (facts/xero.md 7)."""
    there = {at.required(one, kind, str) for at, one in place.objects(found, key)}
    for _, one in place.objects(found, key):
        fill(one, blank)
    found[key].extend({kind: one, **blank} for one in kinds if one not in there)
