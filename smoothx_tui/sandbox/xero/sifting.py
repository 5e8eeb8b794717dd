"""If-Modified-Since, the same for all lists (facts/xero.md 12 and 15)."""

from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from typing import Any

from smoothx_tui.sandbox.xero.answers import precondition_failed
from smoothx_tui.sandbox.xero.gate import Call
from smoothx_tui.sandbox.xero.wire import read_instant


def modified_since(call: Call, found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that changed at or after the header's second. Raises Refused (412) where it cannot be read."""
    header = call.headers.get("if-modified-since")
    if not header:
        return list(found)
    since = read_instant(header)
    if since is None:
        try:
            since = parsedate_to_datetime(header)
        except ValueError:
            raise precondition_failed() from None
    second = since.replace(microsecond=0)
    second = second if second.tzinfo else second.replace(tzinfo=call.state.clock.now().tzinfo)
    return [one for one in found if (changed := read_instant(one.get("UpdatedDateUTC", ""))) and changed >= second]
