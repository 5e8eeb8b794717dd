"""Number, reference and page address of a document."""

from typing import Final

from smoothx_tui.base.text import clean
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.links import describe
from smoothx_tui.planning.numbering import procore_number
from smoothx_tui.planning.rivals import rivals
from smoothx_tui.planning.traits import Traits, reads
from smoothx_tui.planning.wording import name_to_send

LONGEST: Final = 255


def _sale_with_rivals(traits: Traits) -> bool:
    return traits.ready and traits.rivals and not traits.bill


def outgoing_number(draft: Draft) -> str:
    """The number that the document has or would have, also of an item that is not sent."""
    number = procore_number(draft.item)[0]
    return name_to_send(number if draft.bill else draft.side.number_prefix + number)


def document_number(draft: Draft) -> None:
    """Procore's invoice number, or a built one; sales invoices with the prefix of the mapping."""
    number, built = procore_number(draft.item)
    if built:
        draft.note("number_built", f"Procore has no invoice number: {clean(number)} is built from {built}")
    why = f"built from {built}" if built else "Procore: invoice_number"
    if not draft.bill and draft.side.number_prefix:
        number = draft.side.number_prefix + number
        why += ", behind mapping.sale.number_prefix"
    draft.number = draft.outgoing_name("invoice number", number)
    draft.because("InvoiceNumber", why)
    if len(draft.number) > LONGEST:
        text = f"the invoice number has {len(draft.number)} characters; Xero takes {LONGEST}"
        draft.block("number_too_long", text, "shorten the invoice number in Procore")


@reads(
    ignore_contacts=_sale_with_rivals,
    ignore_cost_types=_sale_with_rivals,
    resync_deleted=_sale_with_rivals,
)
def sales_number_free(draft: Draft) -> None:
    """Xero refuses a sales number that another invoice has, or that two pending items want."""
    if draft.bill:
        return
    own = draft.document.id if draft.document else ""
    for document in draft.books.sales_numbers_folded.get(draft.number.casefold(), ()):
        if document.id == own:
            continue
        if document.ended:
            draft.note("number_was_used", f"{describe(document)} had this number")
            continue
        draft.block(
            "number_taken",
            f"{describe(document)} has this number",
            "change the invoice number in Procore, or of that invoice in Xero",
        )
    for rival in rivals(draft):
        text = f"{clean(rival.key)} wants the same number, {clean(draft.number)}"
        fix = f"change the invoice number of {clean(draft.item.key)} or of {clean(rival.key)} in Procore"
        draft.block("number_wanted_twice", text, fix)


def document_reference(draft: Draft) -> None:
    """Sales invoices: contract number and title. Bills have none in Xero."""
    contract = draft.item.contract
    if draft.bill or contract is None:
        return
    parts = [draft.outgoing_name("reference", part) for part in (contract.number, contract.title)]
    text = " - ".join(part for part in parts if part)
    if len(text) > LONGEST:
        draft.note("reference_cut", f"the reference is cut at {LONGEST} characters")
        text = text[:LONGEST]
    draft.reference = text
    draft.because("Reference", "Procore: contract number and title")


def document_url(draft: Draft) -> None:
    """The item's page in Procore: it also marks the document as this item's, so nothing is sent without it."""
    url = draft.item.url.strip()
    if not url or not url.isprintable():
        draft.block("no_url", "the item's page in Procore is not known, so the document could not be tied to it",
                    "refresh; if this does not help, its contract is missing in Procore")  # fmt: skip
    elif "xero" in url.casefold():
        draft.block("url_refused", f"Xero refuses an address that contains its name: {clean(url)}",
                    "configure the Procore host without it")  # fmt: skip
    else:
        draft.url = url
        draft.because("Url", "the item's page in Procore")
