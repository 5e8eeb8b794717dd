"""What can be written, member by member (facts/xero.md 4, 7, 8). Everything else in a body is passed over."""

from typing import Final

from smoothx_tui.sandbox.xero.query import names
from smoothx_tui.sandbox.xero.reading import Reader, anything, day, flag, guid, many, number, one, one_of, text

INVOICE_TYPES: Final = ("ACCPAY", "ACCREC")
STATUSES: Final = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
CURRENCIES: Final = names(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BYR BZD CAD CDF"
    " CHF CLF CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EEK EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ"
    " GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD"
    " LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB"
    " PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SKK SLE SLL SOS SRD STN STD SVC SYP SZL"
    " THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VEF VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZMK"
    " ZWD"
)

_CURRENCY: Final = one_of("CurrencyCode", *CURRENCIES)

ADDRESS: Final[dict[str, Reader]] = {
    "AddressType": one_of("AddressType", "POBOX", "STREET"),
    **dict.fromkeys(
        ("AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4", "City", "Region", "PostalCode", "Country"),
        text,
    ),
    "AttentionTo": text,
}
PHONE: Final[dict[str, Reader]] = {
    "PhoneType": one_of("PhoneType", "DEFAULT", "DDI", "MOBILE", "FAX", "OFFICE"),
    "PhoneNumber": text,
    "PhoneAreaCode": text,
    "PhoneCountryCode": text,
}
PERSON: Final[dict[str, Reader]] = {
    "FirstName": text,
    "LastName": text,
    "EmailAddress": text,
    "IncludeInEmails": flag,
}
_TERM: Final[dict[str, Reader]] = {
    "Day": number,
    "Type": one_of("PaymentTermType", "DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH"),
}
CONTACT: Final[dict[str, Reader]] = {
    "ContactID": guid,
    "ContactNumber": text,
    "AccountNumber": text,
    "ContactStatus": one_of("ContactStatus", "ACTIVE", "ARCHIVED", "GDPRREQUEST"),
    **dict.fromkeys(
        (
            "Name",
            "FirstName",
            "LastName",
            "CompanyNumber",
            "EmailAddress",
            "BankAccountDetails",
            "TaxNumber",
            "AccountsReceivableTaxType",
            "AccountsPayableTaxType",
            "SalesDefaultAccountCode",
            "PurchasesDefaultAccountCode",
        ),
        text,
    ),
    "ContactPersons": many(PERSON),
    "Addresses": many(ADDRESS),
    "Phones": many(PHONE),
    "DefaultCurrency": _CURRENCY,
    "PaymentTerms": one({"Bills": one(_TERM), "Sales": one(_TERM)}),
}
LINE: Final[dict[str, Reader]] = {
    "LineItemID": guid,
    "Description": text,
    "Quantity": number,
    "UnitAmount": number,
    "LineAmount": number,
    "ItemCode": text,
    "AccountCode": text,
    "AccountID": guid,
    "TaxType": text,
    "TaxAmount": number,
    "DiscountRate": number,
    "DiscountAmount": number,
    "Tracking": anything,
}
INVOICE: Final[dict[str, Reader]] = {
    "Type": one_of("InvoiceType", *INVOICE_TYPES),
    "InvoiceID": guid,
    "Contact": one(CONTACT),
    "LineItems": many(LINE),
    "Date": day,
    "DueDate": day,
    "LineAmountTypes": one_of("LineAmountType", "Exclusive", "Inclusive", "NoTax"),
    "InvoiceNumber": text,
    "Reference": text,
    "BrandingThemeID": guid,
    "Url": text,
    "CurrencyCode": _CURRENCY,
    "CurrencyRate": number,
    "Status": one_of("InvoiceStatus", *STATUSES),
    "SentToContact": flag,
    "ExpectedPaymentDate": day,
    "PlannedPaymentDate": day,
}
CATEGORY: Final[dict[str, Reader]] = {
    "Name": text,
    "Status": one_of("TrackingCategoryStatus", "ACTIVE", "ARCHIVED", "DELETED"),
}
OPTION: Final[dict[str, Reader]] = {
    "Name": text,
    "Status": one_of("TrackingOptionStatus", "ACTIVE", "ARCHIVED", "DELETED"),
}
CURRENCY: Final[dict[str, Reader]] = {"Code": _CURRENCY, "Description": text}
HISTORY: Final[dict[str, Reader]] = {"Details": text}
