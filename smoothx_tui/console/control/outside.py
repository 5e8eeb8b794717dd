"""What leaves the console: the clipboard, the editor, the shell."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from smoothx_tui.base.errors import SmoothxError, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.console import clipboard
from smoothx_tui.console.control.prompt import Prompt
from smoothx_tui.console.environ import child_environment
from smoothx_tui.console.model.preview import diff_lines
from smoothx_tui.console.wire.driver import repaint
from smoothx_tui.session.rows import Row

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen


class Outside:
    """`look.copy`, `set.edit`, `app.redraw` and `app.suspend`."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {
            "look.copy": self.ask_copy,
            "set.edit": lambda _: self.edit(),
            "app.redraw": lambda _: repaint(self.desk.app),
            "app.suspend": lambda _: self.desk.app.action_suspend_process(),
        }

    # -- copying ------------------------------------------------------------------------------------------------------

    def ask_copy(self, what: str) -> None:
        """One key says what."""
        ways: dict[str, tuple[str, Callable[[], str]]] = {
            "n": ("number", lambda: self._row().number),
            "p": ("payload", self._payload),
            "d": ("diff", self._diff),
            "r": ("row", self._row_text),
            "e": ("error", self._error),
        }
        by_word = {word: key for key, (word, _) in ways.items()}
        if what:
            if what not in by_word:
                raise UsageError(f"copy: {what!r} cannot be copied", f"one of {', '.join(by_word)}")
            self._copy_way(*ways[by_word[what]])
            return
        label = "copy: " + "  ".join(f"{key} {word}" for key, (word, _) in ways.items()) + "   (esc)"
        choices = {key: (lambda way=way: self._copy_way(*way)) for key, way in ways.items()}
        self.desk.prompting.open(Prompt(label, choices=choices))

    def _copy_way(self, word: str, text: Callable[[], str]) -> None:
        try:
            self.copy(text(), word)
        except SmoothxError as error:
            self.desk.fail(error)

    def copy(self, text: str, what: str) -> None:
        """Put a text where the operator can paste it from."""
        self.desk.jobs.start("copy", self._copy(text, what))

    async def _copy(self, text: str, what: str) -> None:
        desk = self.desk
        copied = await clipboard.copy(
            text,
            environment=child_environment(desk.smoothx.terminal),
            write=desk.smoothx.write_raw,
            folder=desk.start.state_folder,
        )
        desk.say(f"{what} copied {copied.words}", "" if copied.ok else "error")

    def _row(self) -> Row:
        row = self.desk.items.current
        if row is None:
            raise UsageError("there is no item to copy from")
        return row

    def _payload(self) -> str:
        body = self.desk.require_session().plan_of(self._row().key).body
        if not body:
            raise UsageError("nothing would be sent for this item, so it has no payload")
        return body

    def _diff(self) -> str:
        plan = self.desk.require_session().plan_of(self._row().key)
        return "\n".join(line.text for line in diff_lines(plan, self.desk.paint.glyphs, unfolded=self.desk.unfolded))

    def _row_text(self) -> str:
        row = self._row()
        date = row.date.isoformat() if row.date else ""
        return "\t".join((row.act, row.type, row.number, row.contact, row.project, date, f"{row.total:f}", row.why))

    def _error(self) -> str:
        error = self.desk.log_model.last_error
        if error is None:
            raise UsageError("there was no error to copy")
        return error.whole()

    # -- the editor ---------------------------------------------------------------------------------------------------

    def edit(self) -> None:
        """The settings file in the operator's editor. It is read again afterwards, and taken only if it is right."""
        desk = self.desk
        session = desk.session
        path = session.settings_path if session is not None else None
        if session is None or path is None:
            raise UsageError("there is no settings file to edit", "name one with --settings FILE")
        if session.place.read_only:
            raise UsageError("this session is read-only", "start without --read-only to edit")
        command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
        if not command or shutil.which(command[0]) is None:
            raise UsageError(f"the editor {clean(command[0] if command else '')!r} is not there", "set EDITOR")
        try:
            with desk.app.suspend():
                code = subprocess.call([*command, str(path)], env=child_environment(desk.smoothx.terminal))  # noqa: S603
        except SuspendNotSupported:
            raise UsageError("an editor cannot run in this terminal", f"edit {path} elsewhere, then R") from None
        except OSError as error:
            raise UsageError(f"{command[0]} did not start: {error.strerror}") from None
        desk.repaint()
        failed = f"{clean(command[0])} ended with {code}; the file was read as it is now" if code else ""
        desk.jobs.start("settings", self._read_again(failed))

    async def _read_again(self, failed: str) -> None:
        """A file with a mistake in it is named, and what is in force stays. `failed`: how an editor ended badly."""
        desk = self.desk
        session = desk.require_session()
        await session.reload_settings()
        note = await session.settings_note()
        if note and failed:
            desk.say(note, "note", quiet=True)
        told = failed or note
        desk.say(told or "the settings file was read again", "note" if told else "done")
        desk.whatif.changed()
