"""Raw answers of Procore plus reference data -> items, with every reference resolved.

What cannot be read goes into `Item.problems`, by its path in the answer; nothing is guessed and nothing raised.
"""

from decimal import Decimal
from typing import Final

from smoothx_tui.procore.addresses import item_url
from smoothx_tui.procore.attachments import attachments_of
from smoothx_tui.procore.fields import Fields, Problems, Row, as_id
from smoothx_tui.procore.items import Company, Contract, Currency, Item, ItemLine, Kind, TaxCode
from smoothx_tui.procore.origin import as_origin_id
from smoothx_tui.procore.parse_lines import (
    budget_code_of,
    certificate_of,
    cost_code_of,
    cost_type_of,
    need_one_of,
    sub_job_of,
)
from smoothx_tui.procore.reference import ProjectBooks, Reference

_WORK: Final = "work_completed_this_period"
_STORED: Final = "materials_presently_stored"
_STORED_BEFORE: Final = "materials_presently_stored_from_previous_progress"


def parse_claim(raw: Row, reference: Reference, books: ProjectBooks) -> Item:
    """A progress claim read with `view=extended`. Amount of a line: work this period + newly stored materials."""
    claim = Fields(raw, Problems())
    contract = _commitment(claim, books)
    lines = tuple(
        _claim_line(line, position, reference, books) for position, line in enumerate(claim.objects("items"), 1)
    )
    return Item(
        kind=Kind.PROGRESS_CLAIM,
        id=claim.id("id"),
        project=books.project,
        status=claim.text("status"),
        number=claim.text("invoice_number").strip(),
        claim_number=claim.text("number"),
        contract=contract,
        company=_claimant(claim, reference, books),
        title=contract.title if contract else "",
        date=claim.day("billing_date"),
        due_date=books.due_dates.get(_period(claim, books)),
        currency=_currency(claim, reference, books),
        lines=lines,
        certificate=certificate_of(claim.object("summary") or claim.object("g702")),
        origin_id=as_origin_id(raw.get("origin_id")),
        updated_at=claim.text("updated_at"),
        url=_url(Kind.PROGRESS_CLAIM, claim, reference, books, contract),
        gone=claim.has("deleted_at"),
        attachments=attachments_of(raw),
        problems=claim.problems.all(),
    )


def _claim_line(line: Fields, position: int, reference: Reference, books: ProjectBooks) -> ItemLine:
    need_one_of(line, _WORK, _STORED)
    stored = line.amount(_STORED)
    if stored and _STORED_BEFORE not in line.raw:
        line.problem(_STORED_BEFORE, "is not in Procore's answer")
    budget_code = budget_code_of(line, books)
    cost_code = cost_code_of(line, books, budget_code)
    return ItemLine(
        id=line.id("id"),
        position=position,
        description=line.text("description_of_work"),
        amount=line.amount(_WORK) + stored - line.amount(_STORED_BEFORE),
        cost_code=cost_code.code if cost_code else None,
        cost_type=cost_type_of(line, reference, books, budget_code),
        sub_job=sub_job_of(line, books, budget_code, cost_code),
        tax_codes=_taxes(line, reference),
        retained=line.amount("work_completed_retainage_retained_this_period")
        + line.amount("materials_stored_retainage_new_materials"),
        released=_released(line),
    )


def _taxes(line: Fields, reference: Reference) -> tuple[TaxCode, ...]:
    """A claim's line may have several; the rate is a fraction (0.1)."""
    if not line.has("taxes"):
        return ()
    found: dict[str, TaxCode] = {}
    for tax in line.objects("taxes"):
        code_id = tax.id("tax_code_id")
        known = reference.tax_codes.get(code_id) or TaxCode(code_id)
        rate = tax.maybe_amount("tax_code_rate")
        if not code_id:
            tax.problem("tax_code_id", "a tax without a tax code")
        found[code_id] = TaxCode(code_id, tax.text("tax_code_name") or known.name, known.rate if rate is None else rate)
    return tuple(found.values())


def parse_direct_cost(raw: Row, reference: Reference, books: ProjectBooks) -> Item:
    """A direct cost with its lines. The header's total can be null, so it is not read."""
    cost = Fields(raw, Problems())
    found = cost.objects("line_items")
    told = cost.maybe_amount("line_items_count")
    if told is not None and told != len(found):
        cost.problem("line_items", f"{len(found)} of {told} lines are in Procore's answer")
    employee = cost.object("employee")
    return Item(
        kind=Kind.DIRECT_COST,
        id=cost.id("id"),
        project=books.project,
        status=cost.text("status"),
        number=cost.text("invoice_number").strip(),
        company=_company(cost, reference),
        employee=employee.text("name") if employee else "",
        title=cost.text("description"),
        date=cost.day("direct_cost_date"),
        direct_cost_type=cost.text("direct_cost_type"),
        currency=_currency(cost, reference, books),
        lines=tuple(_cost_line(line, position, reference, books) for position, line in enumerate(found, 1)),
        origin_id=as_origin_id(raw.get("origin_id")),
        updated_at=cost.text("updated_at"),
        url=_url(Kind.DIRECT_COST, cost, reference, books, None),
        gone=cost.has("deleted_at"),
        attachments=attachments_of(raw),
        problems=cost.problems.all(),
    )


def _cost_line(line: Fields, position: int, reference: Reference, books: ProjectBooks) -> ItemLine:
    if line.maybe_amount("amount") is None:
        line.problem("amount", "is not in Procore's answer")
    budget_code = budget_code_of(line, books)
    cost_code = cost_code_of(line, books, budget_code)
    tax_code = line.id("tax_code_id")
    return ItemLine(
        id=line.id("id"),
        position=position,
        description=line.text("description"),
        amount=line.amount("amount"),
        quantity=line.maybe_amount("quantity"),
        unit_cost=line.maybe_amount("unit_cost"),
        cost_code=cost_code.code if cost_code else None,
        cost_type=cost_type_of(line, reference, books, budget_code),
        sub_job=sub_job_of(line, books, budget_code, cost_code),
        tax_codes=(reference.tax_codes.get(tax_code) or TaxCode(tax_code),) if tax_code else (),
    )


def parse_head_claim(raw: Row, previous: Row | None, reference: Reference, books: ProjectBooks) -> Item:
    """A head contract claim. `previous` is the contract's application before this one, with its lines; None: none.

    Newly stored materials are not in Procore's answer: they are presently stored here minus presently stored there.
    """
    claim = Fields(raw, Problems())
    given = claim.object("contract")
    known = books.head_contracts.get(given.id("id")) if given else None
    contract = known.contract if known else _named_contract(given)
    client = known.client if known else None
    if client is None:
        unlisted = "the head contract names none" if known else "its head contract is not in the project's list"
        why = books.unread.get("head contracts", unlisted)
        claim.problem("contract.vendor", f"the client is not known: {why}")
    before = _stored_before(previous, claim)
    lines = tuple(
        _head_line(line, position, before, reference, books) for position, line in enumerate(claim.objects("g703"), 1)
    )
    return Item(
        kind=Kind.HEAD_CONTRACT_CLAIM,
        id=claim.id("id"),
        project=books.project,
        status=claim.text("status"),
        number=claim.text("invoice_number").strip(),
        claim_number=claim.text("number"),
        contract=contract,
        company=client,
        title=contract.title if contract else "",
        date=claim.day("billing_date"),
        due_date=books.due_dates.get(_period(claim, books)),
        currency=_currency(claim, reference, books),
        lines=lines,
        certificate=certificate_of(claim.object("g702") or claim.object("summary")),
        origin_id=as_origin_id(raw.get("origin_id")),
        updated_at=claim.text("updated_at"),
        url=_url(Kind.HEAD_CONTRACT_CLAIM, claim, reference, books, contract),
        gone=claim.has("deleted_at"),
        attachments=attachments_of(raw),
        problems=claim.problems.all(),
    )


_LineKey = tuple[str, str]


def _line_key(line: Fields) -> _LineKey:
    """The contract line that a line stands for. Its `origin_id` is no lock (facts: procore.md, head contract claim)."""
    return line.text("origin_type"), line.id("origin_id")


def _stored_before(previous: Row | None, claim: Fields) -> dict[_LineKey, Fields]:
    """The lines of the previous application that have materials stored, by the contract line they stand for."""
    if previous is None:
        return {}
    stored: dict[_LineKey, Fields] = {}
    for line in Fields(previous, claim.problems, "previous").objects("g703"):
        if not line.amount(_STORED):
            continue
        key = _line_key(line)
        if not key[1] or key in stored:
            line.problem(_STORED, "stored materials that match no line of this application")
        stored[key] = line
    return stored


def _head_line(
    line: Fields, position: int, before: dict[_LineKey, Fields], reference: Reference, books: ProjectBooks
) -> ItemLine:
    need_one_of(line, _WORK, _STORED)
    key = _line_key(line)
    if line.amount(_STORED) and not key[1]:
        line.problem(_STORED, "stored materials on a line that names no contract line")
    budget_code = budget_code_of(line, books)
    cost_code = cost_code_of(line, books, budget_code)
    earlier = before.get(key)
    return ItemLine(
        id=line.id("id"),
        position=position,
        description=line.text("description_override") or line.text("description_of_work"),
        amount=line.amount(_WORK) + line.amount(_STORED) - (earlier.amount(_STORED) if earlier else 0),
        cost_code=cost_code.code if cost_code else None,
        cost_type=cost_type_of(line, reference, books, budget_code),
        sub_job=sub_job_of(line, books, budget_code, cost_code),
        retained=line.amount("work_completed_retainage_retained_this_period")
        + line.amount("materials_stored_retainage_retained_this_period"),
        released=_released(line),
    )


def _released(line: Fields) -> Decimal:
    return line.amount("work_completed_retainage_released_this_period") + line.amount(
        "materials_stored_retainage_released_this_period"
    )


def _commitment(claim: Fields, books: ProjectBooks) -> Contract | None:
    commitment = claim.id("commitment_id")
    found = books.commitments.get(commitment_key(claim.raw))
    if found or not commitment:
        return found
    return Contract(commitment, title=claim.text("contract_name"))


def commitment_key(raw: Row) -> str:
    """Which commitment a claim belongs to, as `ProjectBooks.commitments` names it."""
    return f"{raw.get('commitment_type') or ''}:{as_id(raw.get('commitment_id'))}"


def _named_contract(given: Fields | None) -> Contract | None:
    return Contract(given.id("id"), title=given.text("title")) if given and given.id("id") else None


def _claimant(claim: Fields, reference: Reference, books: ProjectBooks) -> Company | None:
    """The claim's vendor, else its commitment's."""
    vendor = claim.id("vendor_id") or books.commitment_vendors.get(commitment_key(claim.raw), "")
    if not vendor:
        return None
    return reference.vendors.get(vendor) or Company(vendor, claim.text("vendor_name"))


def _company(cost: Fields, reference: Reference) -> Company | None:
    """A direct cost's vendor: an object in the detail, plain text in the list."""
    given = cost.object("vendor")
    vendor = (given.id("id") if given else "") or cost.id("vendor_id")
    if not vendor:
        return None
    name = given.text("name") if given else cost.text("vendor_name") or cost.text("vendor")
    return reference.vendors.get(vendor) or Company(vendor, name)


def _period(claim: Fields, books: ProjectBooks) -> str:
    period = claim.id("period_id")
    if period and period not in books.due_dates and "billing periods" in books.unread:
        claim.problem("period_id", f"the due date is not known: {books.unread['billing periods']}")
    return period


def _currency(item: Fields, reference: Reference, books: ProjectBooks) -> Currency:
    own = item.object("currency_configuration")
    code = own.text("currency_iso_code").strip().upper() if own else ""
    if not (code or books.currency) and "currency" in books.unread:
        item.problem("currency_configuration", f"the currency is not known: {books.unread['currency']}")
    return reference.currency(books, code, own.maybe_amount("currency_exchange_rate") if own else None)


def _url(kind: Kind, item: Fields, reference: Reference, books: ProjectBooks, contract: Contract | None) -> str:
    return item_url(
        kind,
        company=reference.company_id,
        project=books.project.id,
        contract=contract.id if contract else "0",
        item=item.id("id"),
        host=reference.web,
    )
