"""Our marker in Xero: which documents name an item, of those that a look-up brought."""

from collections.abc import Sequence

from smoothx_tui.procore.addresses import item_named_by
from smoothx_tui.syncing.job import Job
from smoothx_tui.xero.documents import Document


def naming(job: Job, documents: Sequence[Document]) -> list[Document]:
    """The documents of the right type whose `Url` names the job's item, ended ones too."""
    wanted = (job.plan.ref.kind, job.plan.ref.id)
    return [d for d in documents if d.type is job.plan.type and d.url and item_named_by(d.url) == wanted]


def live(documents: Sequence[Document]) -> list[Document]:
    return [document for document in documents if not document.ended]


def named(documents: Sequence[Document]) -> str:
    """For people: number, status and id of each."""
    return ", ".join(f"{d.number} ({d.status.words}, {d.id})" for d in documents)
