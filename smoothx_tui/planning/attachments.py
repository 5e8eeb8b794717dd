"""Which of Procore's files a document gets, and under which names: at most ten, at most 10 MB each, none twice.

Planned from what Procore says of them and what the ledger remembers. What else hangs on the document in Xero is looked
at when they are attached; nothing there is ever replaced or deleted.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

from smoothx_tui.base.text import clean
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.link import AttachedFile
from smoothx_tui.planning.plan import PlannedFile, megabytes
from smoothx_tui.planning.traits import Traits, always, reads, unseen
from smoothx_tui.procore.items import Attachment
from smoothx_tui.xero.filenames import LARGEST_FILE, LONGEST_NAME, MOST_FILES, NOT_IN_NAMES, in_address

_NAMELESS: Final = "file"
_LONGEST_ENDING: Final = 10
_NAMED: Final = 3


def _files(traits: Traits) -> bool:
    return traits.ready and traits.files


def _files_of_a_sale(traits: Traits) -> bool:
    return _files(traits) and not traits.bill


@reads(sync_attachments=_files)
@unseen(sync_attachments=always)
def files_missing(draft: Draft) -> None:
    """A document that needs no update gets no files; it is said that some are missing."""
    document = draft.live_document
    if document is None or draft.diff or not draft.settings.sync_attachments:
        return
    missing = [file for file in _planned(draft) if file.attach]
    if missing:
        which = "1 file of the item was" if len(missing) == 1 else f"{len(missing)} files of the item were"
        draft.note("files_missing", f"{which} not attached from here; the next update attaches what is missing")


@reads(sync_attachments=_files, attachments_online=_files_of_a_sale)
@unseen(sync_attachments=always, attachments_online=always)
def attach_files(draft: Draft) -> None:
    """After the document is posted, and the item locked, its files are attached."""
    if not draft.item.attachments or not draft.settings.sync_attachments:
        return
    draft.files = _planned(draft)
    attached = sum(file.attach for file in draft.files)
    if attached:
        draft.then = (*draft.then, "attach")
        seen = ", and the client sees them online" if any(file.online for file in draft.files) else ""
        draft.reason(f"then {_counted(attached)} attached to it{seen}", "sync_attachments")
    if left := [file for file in draft.files if file.left_out]:
        names = "; ".join(f"{file.source}: {file.left_out}" for file in left[:_NAMED])
        more = f"; and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        draft.note(
            "files_left_out", f"{_counted(len(left))} not attached: {names}{more}", "attach by hand what matters"
        )


def _planned(draft: Draft) -> tuple[PlannedFile, ...]:
    document, link = draft.live_document, draft.adoption.link
    known = link.files if link is not None and document is not None and link.document_id == document.id else ()
    return planned_files(draft.item.attachments, known, online=not draft.bill and draft.settings.attachments_online)


def planned_files(
    files: Iterable[Attachment], known: Iterable[AttachedFile] = (), *, online: bool = False
) -> tuple[PlannedFile, ...]:
    """What becomes of each file, in Procore's order. `known`: attached to the document from here."""
    there = {file.id: file for file in known}
    taken = {file.name.casefold() for file in there.values()}
    count = len(there)
    planned: list[PlannedFile] = []
    for file in files:
        source = clean(file.name) or "(no name)"
        if (found := there.get(file.id)) is not None:
            planned.append(PlannedFile(file.id, found.name, source, file.size, there=True))
            continue
        why = _left_out(file, count)
        name = "" if why else _distinct(file.name, taken)
        count += not why
        planned.append(PlannedFile(file.id, name, source, file.size, online=online and not why, left_out=why))
    return tuple(planned)


def _left_out(file: Attachment, count: int) -> str:
    if file.size == 0:
        return "it is empty"
    if file.size is not None and file.size > LARGEST_FILE:
        return f"{megabytes(file.size)}, over the {LARGEST_FILE // 1_000_000} MB that Xero takes"
    if count >= MOST_FILES:
        return f"Xero takes {MOST_FILES} files"
    return ""


def _counted(count: int) -> str:
    return "1 file is" if count == 1 else f"{count} files are"


def _distinct(name: str, taken: set[str]) -> str:
    """A name that Xero takes and no other file has; it is taken then."""
    stem, ending = _parts(name)
    number = 1
    while True:
        tail = (f" ({number})" if number > 1 else "") + ending
        found = _fitted(stem, tail)
        if found.casefold() not in taken:
            taken.add(found.casefold())
            return found
        number += 1


def _parts(name: str) -> tuple[str, str]:
    """(stem, ending with its dot) without characters that nobody sees, that Xero refuses or that an address changes."""
    seen = "".join(ch for ch in unicodedata.normalize("NFC", name) if ch.isspace() or clean(ch) == ch)
    kept = " ".join("".join("_" if ch in NOT_IN_NAMES else ch for ch in seen).split())
    stem, dot, ending = kept.rpartition(".")
    if not dot or not ending.strip() or len(ending) > _LONGEST_ENDING:
        stem, ending = kept, ""
    return stem.strip(" .") or _NAMELESS, f".{ending.strip()}" if ending else ""


def _fitted(stem: str, tail: str) -> str:
    while len(stem) > 1 and len(in_address(stem + tail)) > LONGEST_NAME:
        stem = stem[:-1].rstrip(" .")
    return stem + tail
