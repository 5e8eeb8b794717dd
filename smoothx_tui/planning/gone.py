"""An item that Procore no longer has, made from what its document still says."""

from smoothx_tui.procore.addresses import item_named_by, project_named_by
from smoothx_tui.procore.items import Item, Kind, Project
from smoothx_tui.xero.documents import Document


def gone_item(key: str, document: Document) -> Item:
    """The item of that key (`claim:ID`), as gone. Raises ValueError for a key that is none.

    Call it only by the rule for deletion: a complete, successful, unfiltered list lacks the item, and its GET answers
    404 while its project's list answers 200.
    """
    prefix, _, item_id = key.partition(":")
    kind = next((kind for kind in Kind if kind.prefix == prefix), None)
    if kind is None or not item_id:
        raise ValueError(f"{key!r} is no item's key")
    names_it = item_named_by(document.url) == (kind, item_id) if document.url else False
    project = (project_named_by(document.url) or "") if names_it else ""
    return Item(
        kind,
        item_id,
        Project(project, ""),
        status="",
        number=document.number,
        date=document.date,
        url=document.url if names_it else "",
        gone=True,
    )
