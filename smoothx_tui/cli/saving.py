"""Saving settings.toml from a command: refused where it must not be, recorded in the history, told line by line."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import ConfigurationError, UsageError
from smoothx_tui.base.text import clean

_TOLD: Final = 20
"""Changes that are told one by one."""

if TYPE_CHECKING:
    from smoothx_tui.cli.options import Tools
    from smoothx_tui.session.options import Options
    from smoothx_tui.settings.file import LoadedSettings


def writable(tools: "Tools", chosen: "Options") -> "LoadedSettings":
    """The settings as loaded, where they may be saved. Raises UsageError or ConfigurationError."""
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
    """Save what `change` makes of the file's text; the settings as they are in force after it."""
    from smoothx_tui.session.session import operator_name
    from smoothx_tui.settings.history import recorded_save, said

    loaded = writable(tools, chosen)
    assert loaded.path is not None
    async with tools.services.open_history(chosen) as history:
        _, saved = await recorded_save(history, loaded.path, change, loaded.digest, who=operator_name(os.environ))
    lines = said(saved.before, saved.after) or ("nothing to change",)
    for line in lines[:_TOLD]:
        tools.output.say(f"{clean(str(loaded.path))}: {line}")
    if len(lines) > _TOLD:
        tools.output.say(f"and {len(lines) - _TOLD} more; `settings history` has them all")
    return tools.services.load_settings(chosen)


async def restore(tools: "Tools", chosen: "Options", revision: int) -> None:
    """Bring the file back to what it was after a revision."""
    from smoothx_tui.session.session import operator_name
    from smoothx_tui.settings.history import restored

    loaded = writable(tools, chosen)
    assert loaded.path is not None
    async with tools.services.open_history(chosen) as history:
        new, _ = await restored(history, revision, loaded.path, loaded.digest, who=operator_name(os.environ))
    done = f"is as after revision {revision} again" if new else f"is already as after revision {revision}"
    tools.output.say(f"{clean(str(loaded.path))}: {done}")
