"""Which item a person means: its key, its bare id, its number, or an address copied from Procore or Xero."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.procore.addresses import item_named_by

if TYPE_CHECKING:
    from smoothx_tui.planning.plan import Plan

_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)


def item_key(text: str, plans: "Mapping[str, Plan]") -> str:
    """The key of the item that is meant. Raises UsageError where there is none, or more than one."""
    named = text.strip()
    if named in plans:
        return named
    if "/" in named:
        return _by_address(named, plans)
    found = [key for key in plans if key.partition(":")[2] == named]
    found = found or [key for key, plan in plans.items() if plan.number == clean(named)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{clean(text)}: is not unique", f"say which: {', '.join(found)}")
    raise UsageError(f"{clean(text)}: there is no such item", "smoothx-tui items lists them")


def item_keys(texts: Iterable[str], plans: "Mapping[str, Plan]") -> Sequence[str]:
    """The same for several, each once, in the order given."""
    return list(dict.fromkeys(item_key(text, plans) for text in texts))


def _by_address(address: str, plans: "Mapping[str, Plan]") -> str:
    named = item_named_by(address)
    if named is not None:
        key = f"{named[0].prefix}:{named[1]}"
        if key in plans:
            return key
        raise UsageError(f"{clean(address)}: names {key}, which is not among the items", "is it another company's?")
    ids = [guid.replace("-", "").lower() for guid in _GUID.findall(address)]
    found = [key for key, plan in plans.items() if plan.document and plan.document.id.replace("-", "").lower() in ids]
    if found:
        return found[0]
    raise UsageError(f"{clean(address)}: names no item known here", "paste an item's page of Procore or Xero")
