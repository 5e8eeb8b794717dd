"""Where the console keeps its table for the next start: one file for each place to work at."""

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from smoothx_tui.base.locations import cache_dir
from smoothx_tui.composition.connected import profile_of
from smoothx_tui.session.options import Options
from smoothx_tui.session.snapshot import SnapshotFile

if TYPE_CHECKING:
    from smoothx_tui.settings.file import LoadedSettings


def snapshot_file(
    options: Options, environ: Mapping[str, str], loaded: "LoadedSettings", load: "Callable[[], LoadedSettings]"
) -> SnapshotFile | None:
    """`options` have been placed. None for the embedded sandbox, which is another one at every start."""
    place = _place(options, environ)
    if not place:
        return None
    # As a digest: a ledger's address may hold a password.
    name = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()
    return SnapshotFile(cache_dir() / f"table-{name[:24]}", name, loaded.revision, lambda: load().revision)


def _place(options: Options, environ: Mapping[str, str]) -> str:
    """All that tells one place from another and is known before anything is asked."""
    if options.sandbox:
        return " ".join(("sandbox", options.sandbox, options.ledger or ""))
    profile = profile_of(options, environ)
    if profile is None or profile.procore is None or profile.xero is None:
        return ""
    sides = [f"{one.environment} {one.base_url} {one.id}" for one in (profile.procore, profile.xero)]
    return " ".join(("profile", profile.name, *sides, options.ledger or ""))
