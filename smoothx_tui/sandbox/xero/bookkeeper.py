"""What a bookkeeper does in Xero's own screens, beside the API. Locks bind here too."""

import copy
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from smoothx_tui.base.money import NotAnAmount, amount, cents
from smoothx_tui.sandbox.xero.answers import Invalid, Refused
from smoothx_tui.sandbox.xero.invoice_rules import WRONG_STATE, changed_invoice
from smoothx_tui.sandbox.xero.invoices import commit
from smoothx_tui.sandbox.xero.members import INVOICE
from smoothx_tui.sandbox.xero.reading import read
from smoothx_tui.sandbox.xero.settled import PAID
from smoothx_tui.sandbox.xero.state import XeroState
from smoothx_tui.sandbox.xero.wire import as_guid, read_date

_LOCKS: Final = ("PeriodLockDate", "EndOfYearLockDate")


class Objection(Exception):  # noqa: N818 - reads as what it is
    """A deed that cannot be done: HTTP status and the reason."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Bookkeeper:
    """The deeds, on one organisation. All raise Objection."""

    def __init__(self, state: XeroState) -> None:
        self.state = state

    def invoice(self, key: str) -> dict[str, Any]:
        """A document by id, or by a number that only one live document has."""
        guid = as_guid(key)
        if guid in self.state.invoices:
            return self.state.invoices[guid]
        found = list(self.state.numbered(key))
        if len(found) != 1:
            raise Objection(404, f"{key}: {'no document' if not found else 'several documents'} of that id or number")
        return found[0]

    def edit(self, key: str, members: Mapping[str, Any]) -> dict[str, Any]:
        """Change members as the API could; a line without LineItemID is new, one that is left out goes."""
        old = self.invoice(key)
        try:
            given = read(members, INVOICE, "body")
            given.setdefault("Status", old["Status"])
            outcome = changed_invoice(self.state, old, given, places=4)
        except Invalid as invalid:
            raise Objection(409, "; ".join(invalid.messages)) from None
        except Refused as refused:
            body = refused.answer.body
            raise Objection(400, str(body.get("Message", "")) if isinstance(body, dict) else "") from None
        commit(self.state, outcome)
        self._note(old["InvoiceID"], "Edited by the bookkeeper")
        return outcome.invoice

    def remove(self, key: str) -> dict[str, Any]:
        """Delete a draft or submitted document, void an approved one."""
        old = self.invoice(key)
        return self.edit(key, {"Status": "VOIDED" if old["Status"] in ("AUTHORISED", "PAID") else "DELETED"})

    def pay(self, key: str, value: Any = None, day: str | None = None) -> dict[str, Any]:
        """Pay `value`, or all that is due. What reaches 0 is PAID."""
        invoice, paid = self._settling(key, value)
        on = self._day(day) if day is not None else self.state.today()
        payment = {
            "PaymentID": self.state.make_id(),
            "Date": on,
            "Amount": paid,
            "CurrencyRate": invoice["CurrencyRate"],
            "HasAccount": True,
            "HasValidationErrors": False,
        }
        invoice["Payments"].append(payment)
        invoice["AmountPaid"] += paid
        return self._settled(invoice, on)

    def unpay(self, key: str) -> dict[str, Any]:
        """Remove the last payment; a paid document is AUTHORISED again."""
        invoice = copy.deepcopy(self.invoice(key))
        if not invoice["Payments"]:
            raise Objection(409, "no payment is on it")
        invoice["AmountPaid"] -= Decimal(invoice["Payments"].pop()["Amount"])
        invoice["Status"] = "AUTHORISED"
        invoice.pop("FullyPaidOnDate", None)
        return self._settled(invoice, self.state.today())

    def credit(self, key: str, value: Any = None) -> dict[str, Any]:
        """Allocate a credit note of `value`, or of all that is due."""
        invoice, credited = self._settling(key, value)
        note = {
            "CreditNoteID": self.state.make_id(),
            "CreditNoteNumber": f"CN-{len(invoice['CreditNotes']) + 1:04d}",
            "Date": self.state.today(),
            "Total": credited,
            "AppliedAmount": credited,
            "HasErrors": False,
        }
        invoice["CreditNotes"].append(note)
        invoice["AmountCredited"] += credited
        return self._settled(invoice, self.state.today())

    def lock(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """Set or lift (null) the lock dates."""
        if not members or any(name not in _LOCKS for name in members):
            raise Objection(400, f"expected {' or '.join(_LOCKS)}")
        for name, day in members.items():
            if day is None:
                self.state.organisation.pop(name, None)
            else:
                self.state.organisation[name] = self._day(day)
        return self.state.organisation

    def account_status(self, code: str, status: str) -> dict[str, Any]:
        """Archive or restore an account."""
        account = self.state.account(code=code)
        if account is None:
            raise Objection(404, f"no account {code}")
        account.update(Status=status, UpdatedDateUTC=self.state.now_text())
        return account

    def contact_status(self, contact_id: str, status: str) -> dict[str, Any]:
        """Archive or restore a contact."""
        contact = self.state.contacts.get(contact_id.lower())
        if contact is None:
            raise Objection(404, f"no contact {contact_id}")
        same = self.state.contact_named(contact["Name"])
        if status == "ACTIVE" and same is not None and same is not contact:
            raise Objection(409, "another active contact has that name")
        contact["ContactStatus"] = status
        self.state.put_contact(contact)
        return contact

    def option_status(self, category_name: str, option_name: str, status: str) -> dict[str, Any]:
        """Archive or restore a tracking option, by the names a person sees."""
        category = next((one for one in self.state.categories if one["Name"] == category_name), None)
        options = category["Options"] if category else []
        option: dict[str, Any] | None = next((one for one in options if one["Name"] == option_name), None)
        if option is None:
            raise Objection(404, f"no option {option_name} in {category_name}")
        option.update(Status=status, IsActive=status == "ACTIVE", IsArchived=status == "ARCHIVED")
        return option

    def enable_currency(self, code: str) -> dict[str, Any]:
        """Enable a currency; one that is enabled stays so."""
        if not self.state.currency_enabled(code):
            self.state.currencies.append({"Code": code, "Description": code})
        return {"Code": code}

    def disconnect(self) -> dict[str, Any]:
        """Take the app's connection away."""
        self.state.connected = False
        return {"Connected": False}

    def connect(self) -> dict[str, Any]:
        """Give the connection back."""
        self.state.connected = True
        return {"Connected": True}

    def _settling(self, key: str, value: Any) -> tuple[dict[str, Any], Decimal]:
        invoice = copy.deepcopy(self.invoice(key))
        if invoice["Status"] != "AUTHORISED":
            raise Objection(409, WRONG_STATE if invoice["Status"] != "PAID" else PAID)
        try:
            wanted = cents(amount(invoice["AmountDue"] if value is None else value))
        except NotAnAmount as error:
            raise Objection(400, str(error)) from None
        if not 0 < wanted <= invoice["AmountDue"]:
            raise Objection(409, f"{wanted} is not between 0 and the {invoice['AmountDue']} due")
        return invoice, wanted

    def _settled(self, invoice: dict[str, Any], day: str) -> dict[str, Any]:
        invoice["AmountDue"] = invoice["Total"] - invoice["AmountPaid"] - invoice["AmountCredited"]
        if invoice["AmountDue"] == 0:
            invoice.update(Status="PAID", FullyPaidOnDate=day)
        self.state.touch(invoice)
        self._note(invoice["InvoiceID"], f"{invoice['AmountDue']} is due")
        return invoice

    def _note(self, invoice_id: str, details: str) -> None:
        self.state.files.note(invoice_id, self.state.now_text(), "Edited", details)

    @staticmethod
    def _day(text: Any) -> str:
        found = read_date(text) if isinstance(text, str) else None
        if found is None:
            raise Objection(400, f"{text!r} is not a date such as 2026-06-30")
        return found.isoformat()
