"""Looking closer, help, the command line, and leaving."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from smoothx_tui.base.errors import UsageError
from smoothx_tui.console.control.prompt import Prompt
from smoothx_tui.console.keys import BY_ID, COMMANDS, GROUPS, Takes, Where
from smoothx_tui.console.layout import PREVIEW_TABS as TABS
from smoothx_tui.console.model import words
from smoothx_tui.console.model.edit import LineEdit
from smoothx_tui.console.model.lines import line
from smoothx_tui.console.model.log import TABS as LOG_TABS
from smoothx_tui.console.model.settings import nothing_to_act_on
from smoothx_tui.console.model.sheet import Entry, Mode, SheetModel, reading
from smoothx_tui.settings.schema import idle

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen


class Looking:
    """The `look.*` and `app.*` commands."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self.lines: list[str] = []

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {
            "look.open": lambda _: self.open(),
            "look.next_tab": lambda _: self.tab(1),
            "look.previous_tab": lambda _: self.tab(-1),
            "look.unfold": lambda _: self.unfold(),
            "look.why": lambda _: self.why(),
            "look.requests": lambda _: self.requests(),
            "app.command": lambda _: self.command_line(),
            "app.palette": lambda _: self.palette(),
            "app.help": lambda _: self.help(),
            "app.escape": lambda _: self.leave_one(),
            "app.back": lambda _: self.back(),
        }

    def open(self) -> None:
        """The item's preview, or the setting's change."""
        if self.desk.view.pane is Where.SETTINGS:
            self.desk.whatif.change(1)
        elif self.desk.items.current is not None:
            self.desk.go(Where.PREVIEW)

    def tab(self, step: int) -> None:
        """Another tab of the pane at the side."""
        desk = self.desk
        if desk.view.pane is Where.LOG or (desk.view.pane is not Where.PREVIEW and desk.view.side is Where.LOG):
            desk.log_tab = (desk.log_tab + step) % len(LOG_TABS)
            desk.show_log()
        else:
            desk.tab = (desk.tab + step) % len(TABS)
            if not desk.preview.display and not desk.view.zoom:
                # In a narrow terminal another pane stands in its place; a tab that changes unseen is a riddle.
                desk.view.side = desk.view.lower = Where.PREVIEW
                desk.go(desk.view.pane if desk.view.pane is Where.ITEMS else Where.PREVIEW)
            desk.show_preview()
        desk.draw_titles()

    def unfold(self) -> None:
        self.desk.unfolded = not self.desk.unfolded
        self.desk.show_preview()

    def why(self) -> None:
        """Of an item: the why tab. Of a setting: everything about it."""
        desk = self.desk
        setting = desk.settings.current
        if desk.view.pane is Where.SETTINGS and setting is not None:
            where = desk.whatif.origin(setting)
            lines = [
                line(setting.label, "heading"),
                line(f"{setting.name}   from {where or 'default'}", "dim"),
                line(""),
                line(f"Smoothx says: {setting.said}", indent=2),
            ]
            if setting.reading:
                lines += [line(""), line(f"Our reading: {setting.reading}", indent=2)]
            if idle(setting, desk.trial.current):
                lines += [line(""), line(nothing_to_act_on(setting), "note")]
            desk.sheets.open(reading(setting.label, lines, note="enter or esc closes"))
            return
        desk.tab = TABS.index("why")
        desk.show_preview()
        if desk.view.side is not Where.PREVIEW or desk.view.pane is Where.ITEMS:
            desk.go(Where.PREVIEW)
        desk.draw_titles()

    def requests(self) -> None:
        self.desk.log_tab = LOG_TABS.index("requests")
        self.desk.go(Where.LOG)

    # -- commands -----------------------------------------------------------------------------------------------------

    def command_line(self, text: str = "") -> None:
        """Type a command, or the rest of one."""

        def enter(text: str) -> bool:
            self.desk.prompting.close()
            self.typed(text)
            return False

        self.desk.prompting.open(
            Prompt(
                ":",
                enter,
                LineEdit.of(text, self.lines),
                complete=lambda typed: words.complete(typed, self.names()),
                hints=("tab completes, enter does it, esc leaves", "esc leaves"),
            )
        )

    def typed(self, text: str) -> None:
        """Do what a typed line says."""
        try:
            found = words.read(text)
        except UsageError as error:
            self.desk.fail(error)
            return
        if found is None:
            return
        if found.rest and found.command.takes is Takes.NOTHING and found.command.id != "look.copy":
            self.desk.fail(UsageError(f":{found.command.word} takes nothing after it"))
            return
        self.desk.run_command(found.command.id, found.rest)

    def names(self) -> Mapping[Takes, words.Names]:
        """What the arguments can be."""
        return {Takes.THEME: lambda: list(self.desk.looks.by_name), Takes.ITEM: self.desk.items.numbers}

    def _entries(self) -> list[Entry]:
        """Every command, by its group, with its keys."""
        entries: list[Entry] = []
        for name, title in GROUPS.items():
            entries.append(Entry("", title, role="heading"))
            for command in COMMANDS:
                if not command.id.startswith(name + "."):
                    continue
                keys = self.desk.keymap.shown(command)
                word = f":{command.word}" if command.word else ""
                places = "" if len(command.where) > 1 else f"in the {command.where[0]}" if name != "sheet" else ""
                detail = "  ".join(part for part in (word, places, command.id) if part)
                entries.append(Entry(command.id, f"{keys:<16} {command.help}", detail))
        return entries

    def palette(self) -> None:
        """Find a command by its description, and do it."""
        entries = [entry for entry in self._entries() if not entry.id.startswith(("move.", "sheet.", "app.palette"))]
        entries = [
            entry for at, entry in enumerate(entries) if entry.id or (at + 1 < len(entries) and entries[at + 1].id)
        ]
        model = SheetModel("Commands", entries, Mode.TAKE, empty="no command matches", note="enter does it")
        self.desk.sheets.open(model, take=self.do, full=True, typing=True)

    def do(self, command_id: str) -> None:
        """A command that was chosen from a list; one that is nothing without what follows it asks for that."""
        command = BY_ID[command_id]
        if command.keys or command.takes is Takes.NOTHING:
            self.desk.run_command(command_id)
        else:
            self.command_line(f"{command.word} ")

    def help(self) -> None:
        """All keys, to be narrowed by typing after `/`."""
        note = "/ narrows, enter does it, esc closes; keys are changed under [ui.keys] in the settings file, by the id"
        model = SheetModel("Keys", self._entries(), Mode.TAKE, empty="no key matches", note=note)
        self.desk.sheets.open(model, take=self.do, full=True)

    # -- leaving ------------------------------------------------------------------------------------------------------

    def leave_one(self) -> None:
        """The escape key."""
        self.escape()

    def escape(self) -> bool:
        """Leave what is nearest: the range, the zoom, the search, the pane, the filter; whether there was any."""
        desk = self.desk
        if desk.items.anchor is not None:
            desk.items.anchor = None
            desk.table.refresh()
        elif desk.view.zoom:
            desk.moving.zoom(on=False)
        elif desk.text_pane.query_text and desk.view.pane in (Where.PREVIEW, Where.LOG):
            desk.text_pane.query_text = ""
            desk.text_pane.refresh()
        elif desk.settings.query and desk.view.pane is Where.SETTINGS:
            desk.finding.search_settings("")
        elif desk.view.pane is not Where.ITEMS:
            desk.go(Where.ITEMS)
        elif desk.items.filtered:
            desk.finding.apply("", final=True)
        else:
            return False
        return True

    def back(self) -> None:
        """Out of the zoom or the pane; from the items: leave the console."""
        desk = self.desk
        if desk.view.zoom:
            desk.moving.zoom(on=False)
        elif desk.view.pane is not Where.ITEMS:
            desk.go(Where.ITEMS)
        else:
            self.quit()

    def quit(self) -> None:
        """Leave; a running sync and unsaved settings are said first."""
        desk = self.desk
        unsaved = len(desk.trial.unsaved)
        if desk.syncing.running:
            above = "A sync is running; what has not been sent yet waits for the next start."
            label = "y leaves after the calls in flight  esc stays"
        elif unsaved:
            above = f"{unsaved} setting{'s' if unsaved > 1 else ''} not saved."
            label = "y leaves without saving  w saves  esc stays"
        else:
            self._end()
            return
        choices: dict[str, Callable[[], None]] = {"y": self._end}
        if not desk.syncing.running:
            choices["w"] = desk.whatif.ask_save
        desk.prompting.open(Prompt(label, choices=choices, above=above))

    def _end(self) -> None:
        """End the console; a running sync ends its calls in flight first."""
        self.desk.jobs.start("leave", self.desk.smoothx.finish(0))
