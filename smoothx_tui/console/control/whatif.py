"""Trying settings: flip, cycle, tick, undo; save with the impact seen; bring an earlier state back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from smoothx_tui.base.errors import SmoothxError, UsageError
from smoothx_tui.console.control.prompt import Prompt
from smoothx_tui.console.model.impact import change_lines, impact_entries
from smoothx_tui.console.model.lines import line
from smoothx_tui.console.model.settings import help_text, is_shortened
from smoothx_tui.console.model.sheet import Entry, Mode, SheetModel, reading
from smoothx_tui.planning.impact import Impact
from smoothx_tui.settings.schema import BY_KEY, SCHEMA, Control, Setting, Settings, idle
from smoothx_tui.settings.values import assignments, parse, show

if TYPE_CHECKING:
    from smoothx_tui.console.port import SettingsChange
    from smoothx_tui.console.screens.main import MainScreen


class WhatIf:
    """The `set.*` commands."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {
            "set.toggle": lambda _: self.change(1),
            "set.left": lambda _: self.cycle(-1),
            "set.right": lambda _: self.cycle(1),
            "set.undo": lambda _: self.undo(),
            "set.redo": lambda _: self.redo(),
            "set.reset": lambda _: self.reset(),
            "set.set": self.set,
            "set.save": lambda _: self.ask_save(),
            "set.history": lambda _: self.desk.jobs.start("settings", self.show_history()),
        }

    @property
    def current(self) -> Setting | None:
        return self.desk.settings.current

    def change(self, step: int) -> None:
        """The switch flipped, the next choice, or the list opened."""
        setting = self.current
        if setting is None:
            return
        if setting.control is Control.MANY:
            self.open_list(setting)
            return
        self.desk.trial.cycle(setting.key, step)
        self.changed(setting)

    def cycle(self, step: int) -> None:
        """One choice on or back; a list opens with the right arrow only."""
        setting = self.current
        if setting is not None and (setting.control is not Control.MANY or step > 0):
            self.change(step)

    def changed(self, setting: Setting | None = None) -> None:
        """Settings were changed: everything that shows what they do is made again."""
        desk = self.desk
        desk.settings_pane.refresh()
        if setting is not None and idle(setting, desk.trial.current):
            desk.say(f"{setting.label} keeps its value, but has no effect now (i says why)", "note")
        desk.planning.replan()
        desk.draw_bars()

    def undo(self) -> None:
        before = self.desk.trial.current
        if self.desk.trial.undo():
            self._stepped("undone", before)
        else:
            self.desk.say("nothing to undo", "note")

    def redo(self) -> None:
        before = self.desk.trial.current
        if self.desk.trial.redo():
            self._stepped("redone", before)
        else:
            self.desk.say("nothing to redo", "note")

    def _stepped(self, word: str, before: Settings) -> None:
        """Say what a step back or forward has changed: its row may not be in sight."""
        after = self.desk.trial.current
        moved = [
            f"{each.label}: {show(getattr(after, each.key))}"
            for each in SCHEMA
            if getattr(before, each.key) != getattr(after, each.key)
        ]
        self.changed()
        self.desk.say(f"{word}: {'; '.join(moved)}")

    def reset(self) -> None:
        """Back to how the setting is saved."""
        setting = self.current
        if setting is not None and self.desk.trial.reset(setting.key):
            self.changed(setting)

    def set(self, text: str) -> None:
        """`key=value` as on the command line of the headless commands."""
        if not text:
            raise UsageError("set: which setting?", "as in :set sync_as_draft=off")
        for key, value in assignments([text]).items():
            setting = BY_KEY[key]
            if self.desk.trial.set(key, parse(setting, value)):
                self.changed(setting)
                self.desk.say(f"{setting.label}: {show(getattr(self.desk.trial.current, key))}, not saved (w saves)")

    def origin(self, setting: Setting) -> str:
        """Where the saved value comes from: `file settings.toml line 4`."""
        session = self.desk.session
        if session is None:
            return ""
        text = str(session.provenance.get(setting.key, ""))
        path = session.settings_path
        return text.replace(str(path), path.name) if path is not None else text

    def help(self, setting: Setting) -> str:
        """The setting's help in one line."""
        desk = self.desk
        origin = self.origin(setting)
        unsaved = setting.key in desk.trial.unsaved
        pane, value = desk.settings_pane, getattr(desk.trial.current, setting.key)
        width = pane.size.width or desk.size.width  # a pane that is just being shown has no size yet
        short = is_shortened(setting, value, width, desk.paint.glyphs, pane.offered.get(setting.key))
        is_idle = idle(setting, desk.trial.current)
        return help_text(setting, origin, unsaved=unsaved, is_idle=is_idle, label=short)

    def open_list(self, setting: Setting) -> None:
        """The searchable list of what really exists in Procore; what was chosen and is gone stays, and says so."""
        desk = self.desk
        if desk.session is None or setting.offer is None:
            desk.say("the list comes from Procore and has not been read yet", "note")
            return
        offered = desk.session.offers(setting.offer)
        chosen = set(getattr(desk.trial.current, setting.key))
        # The chosen ones first: they are what an operator comes to look at.
        entries = [Entry(o.id, o.name, o.id, "" if o.found else "danger") for o in offered]
        entries.sort(key=lambda entry: entry.id not in chosen)
        model = SheetModel(
            setting.label,
            entries,
            Mode.TICK,
            chosen,
            empty="Procore has none of these",
            note="space ticks, / searches, enter takes it, esc leaves it as it was",
        )
        before = getattr(desk.trial.current, setting.key)

        def take(_: str) -> None:
            # Seen at once while ticking, but one step of undo for the whole visit.
            self._try_out(setting.key, before)
            desk.trial.set(setting.key, frozenset(model.ticked))
            self.changed(setting)

        def ticked() -> None:
            self._try_out(setting.key, frozenset(model.ticked))
            self.changed()

        def leave() -> None:
            self._try_out(setting.key, before)
            self.changed()

        desk.sheets.open(model, take=take, ticked=ticked, leave=leave)

    def _try_out(self, key: str, value: Any) -> None:
        """A value without a step of undo."""
        self.desk.trial.current = replace(self.desk.trial.current, **{key: value})

    # -- saving -----------------------------------------------------------------------------------------------------

    def ask_save(self) -> None:
        """Show what the unsaved settings do to the items, then ask for one key."""
        desk = self.desk
        if not desk.trial.unsaved:
            desk.say("nothing to save: the settings are as the file has them", "note")
        elif desk.session is None:
            desk.say("not opened yet; nothing can be saved", "note")
        else:
            desk.planning.impact(self._ask_save)

    def _ask_save(self, impact: Impact) -> None:
        desk = self.desk
        session = desk.require_session()
        changes = [
            f"{BY_KEY[key].label}: {show(getattr(desk.trial.saved, key))} -> {show(getattr(desk.trial.current, key))}"
            for key in desk.trial.unsaved
        ]
        self._show_impact(impact, changes, session.place.base_currency)
        if session.place.read_only:
            desk.say("this session is read-only: nothing is saved", "note", hint="start without --read-only to save")
        else:
            self._ask_to_save(len(changes))

    def _ask_to_save(self, count: int) -> None:
        """One key saves. Escape goes back from an item's difference to the list, and from the list leaves it all."""
        desk = self.desk

        def leave() -> None:
            nested = desk.sheets.nested
            desk.sheets.leave()
            if nested:
                self._ask_to_save(count)

        desk.prompting.open(
            Prompt(
                "y saves  esc does not",
                above=f"Save {count} setting{'s' if count != 1 else ''} to {desk.require_session().settings_home}?",
                choices={"y": self._save},
                cancel=leave,
                over_list=True,
            )
        )

    def _show_impact(self, impact: Impact, changes: list[str], base_currency: str, at: str = "") -> None:
        """The settings, what they move, and the items; enter on one opens the difference of its two plans."""
        items = {each.item: each for each in impact.items}
        entries = [Entry("", "Settings"), *(Entry("", "  " + text) for text in changes)]
        entries += impact_entries(impact, base_currency)
        model = SheetModel(
            "What saving does",
            entries,
            Mode.TAKE if items else Mode.READ,
            note="nothing is sent to Xero by saving; enter on an item shows what changes in its plan",
        )
        model.to_id(at)

        def take(key: str) -> None:
            title = f"{items[key].after.number or key}: before -> after"
            look = reading(title, change_lines(items[key]), note="esc goes back to the list")
            back = lambda: self._show_impact(impact, changes, base_currency, at=key)  # noqa: E731
            self.desk.sheets.open(look, leave=back, full=True, nested=True)

        self.desk.sheets.open(model, take=take, full=True, keep_open=True)

    def _save(self) -> None:
        self.desk.sheets.close()
        self.desk.jobs.start("settings", self._save_now())

    async def _save_now(self) -> None:
        desk = self.desk
        session = desk.require_session()
        count = len(desk.trial.unsaved)
        try:
            note = await session.save_settings()
        except SmoothxError as error:
            desk.fail(error)
            self.changed()  # what a colleague saved in its place was taken; ours is still tried
            return
        left = desk.trial.unsaved
        tail = f"; {len(left)} still unsaved: the environment or a flag overrides the file" if left else ""
        desk.say(f"{count} saved to {session.settings_home}{tail}", "done")
        if note:
            desk.say(note, "note")
        desk.items.lapsed.clear()
        self.changed()

    # -- history ----------------------------------------------------------------------------------------------------

    async def show_history(self) -> None:
        """Earlier states of the settings; one can be brought back."""
        self._list_history(await self.desk.require_session().settings_history())

    def _list_history(self, changes: "Sequence[SettingsChange]", at: str = "") -> None:
        """Every save, the newest first."""
        entries = [
            Entry(str(c.revision), f"{c.revision:>3}  {_saved_by(c)}", "; ".join(c.changes) or "first")
            for c in reversed(changes)
        ]
        model = SheetModel(
            "Settings history",
            entries,
            Mode.TAKE,
            empty="no change has been saved yet",
            note="enter shows what is undone by going back to how the settings were after that save, and asks",
        )
        model.to_id(at)
        self.desk.sheets.open(model, take=lambda chosen: self._ask_restore(changes, chosen), full=True, keep_open=True)

    def _ask_restore(self, changes: "Sequence[SettingsChange]", chosen: str) -> None:
        """What is undone is on the screen while it is asked about."""
        desk, revision = self.desk, int(chosen)
        later = [change for change in reversed(changes) if change.revision > revision]
        lines = [line("Saves that it undoes, the newest first" if later else "No save came after it.", "heading")]
        for change in later:
            lines.append(line(f"  {change.revision}  {_saved_by(change)}"))
            lines += [line(f"    {text}") for text in change.changes]
        back = lambda: self._list_history(changes, chosen)  # noqa: E731
        sheet = reading(f"Back to revision {revision}", lines, note="esc goes back to the list")
        desk.sheets.open(sheet, leave=back, full=True, nested=True)

        def restore() -> None:
            desk.sheets.close()
            desk.jobs.start("settings", self._restore(revision))

        tried = " What is not saved is dropped (z brings it back)." if desk.trial.unsaved else ""
        desk.prompting.open(
            Prompt(
                "y does it  esc leaves it",
                above=f"Bring the settings back to revision {revision}?{tried}",
                choices={"y": restore},
                cancel=desk.sheets.leave,
                over_list=True,
            )
        )

    async def _restore(self, revision: int) -> None:
        await self.desk.require_session().restore(revision)
        self.desk.say(f"settings are as after revision {revision}", "done")
        self.changed()


def _saved_by(change: "SettingsChange") -> str:
    return f"{change.at.astimezone():%Y-%m-%d %H:%M} {change.who}"
