"""The files of an item: what an answer says of them, and the links to them, which are as good as a key.

A link is signed for whoever reads the item, and it ends after a while. So it is read anew when a file is fetched, and
never kept, shown or logged. Members: id, url, filename (and content_type, which is not believed); how large a file is,
Procore does not say as a rule.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from smoothx_tui.base.secret import Secret
from smoothx_tui.procore.fields import Row, as_id, as_text
from smoothx_tui.procore.items import Attachment

_MEMBER: Final = "attachments"
_LINK: Final = "url"
_NAMES: Final = ("filename", "name")
_SIZES: Final = ("file_size", "size")


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file as it can be fetched now. `url` None: Procore gives no link to it."""

    file: Attachment
    url: Secret | None = field(default=None, repr=False)


def attachments_of(raw: Row) -> tuple[Attachment, ...]:
    """What the answer says of the item's files, in its order; nothing here can keep the item itself from being read."""
    return tuple(link.file for link in links_of(raw))


def links_of(raw: Row) -> tuple[FileLink, ...]:
    """The same with their links. One that came twice (by its id) is one."""
    found: dict[str, FileLink] = {}
    rows = raw.get(_MEMBER)
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            link = _link(row)
            found.setdefault(link.file.id, link)
    return tuple(found.values())


def without_links(raw: Row) -> Row:
    """The answer as it may be kept."""
    rows = raw.get(_MEMBER)
    if not rows:
        return raw
    kept = [_unlinked(row) for row in rows] if isinstance(rows, list) else None
    return {**raw, _MEMBER: kept}


def _unlinked(row: Any) -> Any:
    """Only what is read: an unknown member may hold a link, too."""
    if not isinstance(row, dict):
        return None
    return {name: row[name] for name in ("id", *_NAMES, *_SIZES) if name in row}


def _link(row: Row) -> FileLink:
    name = next((text for member in _NAMES if (text := as_text(row.get(member)))), "")
    size = next((value for member in _SIZES if (value := _size(row.get(member))) is not None), None)
    url = row.get(_LINK)
    # Without an id the name has to do.
    file = Attachment(as_id(row.get("id")) or f"name {name}", name, size)
    return FileLink(file, Secret(url) if isinstance(url, str) and url else None)


def _size(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
