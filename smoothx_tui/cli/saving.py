"""Saving settings from a command: refused where it must not be, recorded in a history, told line by line.

Where settings are shared a save goes to the ledger, for everybody on it, and the file of this machine follows.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import ConfigurationError, UsageError
from smoothx_tui.base.text import clean

if TYPE_CHECKING:
    from smoothx_tui.cli.options import Tools
    from smoothx_tui.session.options import Options
    from smoothx_tui.session.sharing import SharedSave, Sharing
    from smoothx_tui.settings.file import LoadedSettings
    from smoothx_tui.settings.history import Told

_TOLD: Final = 20
"""Changes that are told one by one."""


def writable(tools: "Tools", chosen: "Options") -> "LoadedSettings":
    """The settings as loaded, where they may be saved; it blocks. Raises UsageError or ConfigurationError."""
    if chosen.read_only:
        raise UsageError("--read-only: nothing is saved", "leave it out to save")
    placed = tools.services.placed(chosen)
    if placed.read_only:
        raise UsageError(f"profile {placed.profile} is read-only: nothing is saved", "save with another profile")
    loaded = tools.services.load_settings(chosen)
    if loaded.path is None:
        raise ConfigurationError("there is no settings file to save to", "name one with --settings FILE")
    return loaded


async def save(tools: "Tools", chosen: "Options", change: Callable[[str], str]) -> "LoadedSettings":
    """Save what `change` makes of the file's (or the shared) text; the settings as they are in force after it."""
    from smoothx_tui.session.parts import operator_name
    from smoothx_tui.settings.history import recorded_save, said

    loaded = await asyncio.to_thread(writable, tools, chosen)
    assert loaded.path is not None
    async with tools.services.open_sharing(chosen) as sharing:
        if sharing is not None and sharing.begins(loaded):
            await _told(tools, sharing.save(loaded, change), "nothing to change")
            return await asyncio.to_thread(tools.services.load_settings, chosen)
    async with tools.services.open_history(chosen) as history:
        _, saved = await recorded_save(history, loaded, change, who=operator_name(os.environ))
    _tell_lines(tools, clean(str(loaded.path)), said(saved.before, saved.after) or ("nothing to change",))
    return await asyncio.to_thread(tools.services.load_settings, chosen)


async def restore(tools: "Tools", chosen: "Options", revision: int, *, file: bool) -> None:
    """Bring what is shared, or else the file, back to what it was after a revision. `file`: the file in any case."""
    from smoothx_tui.session.parts import operator_name
    from smoothx_tui.settings.history import restored

    loaded = await asyncio.to_thread(writable, tools, chosen)
    assert loaded.path is not None
    async with tools.services.open_sharing(chosen) as sharing:
        if sharing is not None and loaded.version is not None and not file:
            await _told(tools, sharing.restore(loaded, revision), f"already as after revision {revision}")
            return
    async with tools.services.open_history(chosen) as history:
        new, _ = await restored(history, revision, loaded, who=operator_name(os.environ))
    done = f"is as after revision {revision} again" if new else f"is already as after revision {revision}"
    tools.output.say(f"{clean(str(loaded.path))}: {done}")


async def share(tools: "Tools", chosen: "Options") -> None:
    """Make this machine's file what counts for everybody on the ledger."""
    loaded = await asyncio.to_thread(writable, tools, chosen)
    async with tools.services.open_sharing(chosen) as sharing:
        await _told(tools, _shareable(sharing).share(loaded), "what is shared is as the file says already")


async def take(tools: "Tools", chosen: "Options") -> None:
    """Update this machine's file to what is shared. What it had of its own is in the file's history."""
    from smoothx_tui.session.parts import operator_name
    from smoothx_tui.settings.history import recorded_save, said
    from smoothx_tui.settings.shared import brought

    loaded = await asyncio.to_thread(writable, tools, chosen)
    assert loaded.path is not None
    version = loaded.version
    if version is None:
        raise UsageError("nothing is shared on this ledger", "smoothx-tui settings share begins it")
    who = operator_name(os.environ)
    async with tools.services.open_history(chosen) as history:
        _, saved = await recorded_save(history, loaded, lambda text: brought(text, version.text), who=who)
    nothing = (f"is as revision {version.revision} already",)
    _tell_lines(tools, clean(str(loaded.path)), said(saved.before, saved.after) or nothing)


async def stop(tools: "Tools", chosen: "Options") -> None:
    """End the sharing: each machine's file counts again."""
    await asyncio.to_thread(writable, tools, chosen)
    async with tools.services.open_sharing(chosen) as sharing:
        ended = await _shareable(sharing).stop()
    tools.output.say("ended: each machine's settings file counts again" if ended else "nothing was shared")


async def entries(tools: "Tools", chosen: "Options", *, file: bool) -> "Sequence[Told]":
    """Every save, oldest first: of what is shared, or of the file where nothing is (or `file` asks for it)."""
    async with tools.services.open_sharing(chosen) as sharing:
        if sharing is not None and not file:
            versions = await sharing.versions()
            if versions and not versions[-1].ended:
                return versions
    async with tools.services.open_history(chosen) as history:
        return list(await history.settings_history())


def _shareable(sharing: "Sharing | None") -> "Sharing":
    if sharing is None:
        raise UsageError("the sandbox's own ledger is not shared", "name a profile, or a ledger with --ledger")
    return sharing


async def _told(tools: "Tools", saving: "Awaitable[SharedSave]", nothing: str) -> None:
    saved = await saving
    if saved.version is None:
        tools.output.say(nothing)
        return
    _tell_lines(tools, f"shared as revision {saved.version.revision}", saved.version.changes)
    if saved.note:
        tools.output.say(saved.note)


def _tell_lines(tools: "Tools", where: str, lines: Sequence[str]) -> None:
    for line in lines[:_TOLD]:
        tools.output.say(f"{where}: {clean(line)}")
    if len(lines) > _TOLD:
        tools.output.say(f"and {len(lines) - _TOLD} more; `settings history` has them all")
