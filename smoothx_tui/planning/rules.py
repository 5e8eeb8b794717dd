"""The plan of one item, as a pure function.

Order of the rules, first match wins: gone in Procore, not ready, ignored contact, locked elsewhere (or no single
document can be named), no line left, gaps, document deleted or voided, no difference, the document's status, locked
period, create or update.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from smoothx_tui.base.money import ZERO
from smoothx_tui.base.text import clean
from smoothx_tui.planning import (
    accounts,
    attachments,
    checks,
    contacts,
    currency,
    dates,
    deciding,
    diff,
    lines,
    numbers,
    payload,
    readiness,
    retention,
    taxes,
    tracking,
)
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.claims import NO_CLAIMS, Claims
from smoothx_tui.planning.draft import Draft, Known
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.links import Adoption, adopt
from smoothx_tui.planning.plan import SENDABLE, Action, DocumentRef, Plan, Request, Totals
from smoothx_tui.procore.items import Item
from smoothx_tui.settings.mapping import Mapping as MappingTables
from smoothx_tui.settings.schema import Settings

Rule: TypeAlias = Callable[[Draft], Action | None]

BEFORE: Final[tuple[Rule, ...]] = (
    readiness.gone_in_procore,
    readiness.procore_status,
    readiness.ignored_contact,
    readiness.locked_elsewhere,
    readiness.link_unclear,
    readiness.adopted_link,
    lines.unreadable,
    lines.moved_lines,
    readiness.no_line_left,
)
BUILDING: Final[tuple[Callable[[Draft], None], ...]] = (
    contacts.contact,
    numbers.document_number,
    numbers.document_reference,
    numbers.document_url,
    payload.document_status,
    dates.document_date,
    dates.due_date,
    currency.document_currency,
    currency.document_rate,
    lines.line_amounts,
    lines.line_description,
    accounts.line_account,
    taxes.line_tax,
    tracking.project_tracking,
    tracking.second_tracking,
    payload.line_members,
    retention.retention,
    contacts.contact_step,
    payload.assemble,
    checks.total_not_negative,
    checks.duplicate_bill,
    checks.certificate,
    numbers.sales_number_free,
    diff.compare_with_document,
)
AFTER: Final[tuple[Rule, ...]] = (
    deciding.mapping_gaps,
    deciding.nothing_to_send,
    deciding.document_ended,
    attachments.files_missing,
    deciding.no_difference,
    deciding.update_allowed,
    dates.locked_period,
    deciding.lock_in_procore,
    attachments.attach_files,
    deciding.send,
)
_BEFORE: Final = tuple((rule.__name__, rule) for rule in BEFORE)
_BUILDING: Final = tuple((rule.__name__, rule) for rule in BUILDING)
_AFTER: Final = tuple((rule.__name__, rule) for rule in AFTER)
_CREATE: Final = Request("PUT", "/Invoices?summarizeErrors=false&unitdp=4")


def plan(
    item: Item,
    settings: Settings,
    mapping: MappingTables,
    books: Books,
    link: Link | None,
    claims: Claims = NO_CLAIMS,
) -> Plan:
    """The plan of one item. Pure and total: equal inputs give equal plans, and no input raises."""
    return plan_adopted(item, settings, mapping, books, adopt(item, books, link), claims)


def plan_adopted(
    item: Item,
    settings: Settings,
    mapping: MappingTables,
    books: Books,
    adoption: Adoption,
    claims: Claims,
    known: Known | None = None,
) -> Plan:
    """`plan`, where the link has been adopted already. `known`: kept by whoever plans many items."""
    draft = Draft(item, settings, mapping, books, adoption, claims, {} if known is None else known)
    action = _first(_BEFORE, draft)
    if action is None:
        for name, build in _BUILDING:
            draft.rule = name
            build(draft)
        action = _first(_AFTER, draft) or Action.BLOCKED
    return _finished(draft, action)


def _first(rules: tuple[tuple[str, Rule], ...], draft: Draft) -> Action | None:
    for name, rule in rules:
        draft.rule = name
        if (action := rule(draft)) is not None:
            return action
    return None


def _finished(draft: Draft, action: Action) -> Plan:
    item, document = draft.item, draft.document
    sends = action in SENDABLE
    company = item.company.name if item.company else item.employee
    return Plan(
        item=clean(item.key),
        kind=item.kind,
        number=clean(document.number if item.gone and document else draft.number or numbers.outgoing_number(draft)),
        contact=clean(company or (document.contact_name if document else "")),
        project=clean(tracking.project_option(item.project, numbered=True)[0] or item.project.id),
        date=item.date or (document.date if document and item.gone else None),
        action=action,
        document=DocumentRef(document.id, document.status) if document else None,
        payload=draft.payload,
        request=_request(draft, action) if sends else None,
        first=tuple(draft.first) if sends else (),
        then=draft.then if sends else (),
        reasons=tuple(draft.reasons),
        findings=tuple(draft.findings),
        left_out=tuple(draft.left_out),
        diff=draft.diff,
        totals=_totals(draft, action),
        why=draft.why,
        line_keys=tuple(line.key for line in draft.payload_lines),
        options=tuple((owner, category, name) for (owner, category), name in draft.options.items()),
        files=draft.files if sends else (),
        tenant=draft.books.organisation.tenant_id,
    )


def _request(draft: Draft, action: Action) -> Request:
    document = draft.document
    if action in {Action.CREATE, Action.RECREATE} or document is None:
        return _CREATE
    return Request("POST", f"/Invoices/{document.id}?unitdp=4")


def _totals(draft: Draft, action: Action) -> Totals:
    """Procore's amount beside the payload's, or beside what stands in Xero where there is no payload."""
    item, document = draft.item, draft.live_document
    procore = draft.procore
    if procore is None:
        procore = ZERO if item.gone else lines.procore_total(item)
    if draft.payload is not None:
        return Totals(procore, draft.total, draft.currency)
    base = draft.books.organisation.base_currency
    if document is not None and action not in {Action.DELETE, Action.VOID}:
        return Totals(procore, document.sub_total, clean(document.currency) or base)
    return Totals(procore, ZERO, clean(item.currency.code) or base)
