"""The link that a sent document leaves in the ledger."""

from collections.abc import Mapping

from smoothx_tui.planning.link import Link, LinkSource
from smoothx_tui.syncing.job import Job
from smoothx_tui.xero.documents import Document


def link_for(
    job: Job, document_id: str, document: Document | None = None, options: Mapping[tuple[str, str], str] | None = None
) -> Link:
    """What is remembered of a write. `document` as read back gives line ids; `options` (category, name) -> id."""
    plan = job.plan
    lines = tuple(line.id for line in document.lines) if document else ()
    known = options or {}
    return Link(
        item=plan.ref.key,
        document_id=document_id,
        source=LinkSource.LEDGER,
        sent=plan.bytes_of_effect if plan.effect and not plan.ending else "",
        line_ids=lines,
        item_date=plan.item_date,
        item_updated_at=plan.ref.updated_at,
        document_updated_at=document.updated_at if document else "",
        line_keys=plan.line_keys if len(plan.line_keys) == len(lines) else (),
        option_ids=tuple(
            (owner, known[category, name]) for owner, category, name in plan.options if (category, name) in known
        ),
    )
