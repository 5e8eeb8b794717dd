"""Which line of a document a planned line is: by the LineItemID the ledger kept, else by position and description."""

from collections.abc import Iterator

from smoothx_tui.planning.draft import PayloadLine
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.wording import plain_id
from smoothx_tui.xero.documents import Document


def match_lines(lines: list[PayloadLine], document: Document, link: Link | None) -> list[str]:
    """The LineItemID of each planned line, "" for a new one. An id is given out once."""
    found = [""] * len(lines)
    free = {line.id: line for line in document.lines if plain_id(line.id)}
    if link is not None and link.line_keys and len(link.line_keys) == len(link.line_ids):
        kept: dict[str, list[str]] = {}
        for key, line_id in zip(link.line_keys, link.line_ids, strict=True):
            kept.setdefault(key, []).append(line_id)
        for position, line in enumerate(lines):
            ids = kept.get(line.key)
            if ids and (line_id := ids.pop(0)) in free:
                found[position] = line_id
                del free[line_id]
    for position, line_id in _by_description(lines, document, found):
        if not found[position] and line_id in free:
            found[position] = line_id
            del free[line_id]
    return found


def _by_description(lines: list[PayloadLine], document: Document, found: list[str]) -> Iterator[tuple[int, str]]:
    """Candidates, best first: same place and description, same description elsewhere, same place."""
    if all(found):
        return
    standing = [(line.id, normal(line.description)) for line in document.lines]
    planned = [normal(line.members["Description"]) for line in lines]
    for position, text in enumerate(planned):
        if position < len(standing) and standing[position][1] == text:
            yield position, standing[position][0]
    places: dict[str, list[str]] = {}
    for line_id, text in standing:
        places.setdefault(text, []).append(line_id)
    for position, text in enumerate(planned):
        for line_id in places.get(text, ()):
            yield position, line_id
    for position in range(min(len(planned), len(standing))):
        yield position, standing[position][0]


def normal(text: str) -> str:
    """A text as both services agree on it: line breaks of one kind, no outer blanks."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
