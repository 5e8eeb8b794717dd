"""Filtering, sorting and searching."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import UsageError
from smoothx_tui.console.control.prompt import Prompt
from smoothx_tui.console.keys import Takes, Where
from smoothx_tui.console.model.columns import BY_NAME, COLUMNS, UNSORTED
from smoothx_tui.console.model.edit import LineEdit
from smoothx_tui.console.model.sheet import Entry, Mode, SheetModel
from smoothx_tui.console.model.words import complete

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen

FILTER_HINTS: Final = (
    "words  !word  act:blocked  total>1000  danger   tab completes, enter keeps it, esc leaves it",
    "words  !word  act:blocked  total>1000   esc leaves it",
    "!word  act:blocked  total>1000  esc",
    "esc leaves",
)


class Finding:
    """The `find.*` commands."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self.filters: list[str] = []
        self.searches: list[str] = []

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {
            "find.filter": self.filter,
            "find.next": lambda _: self.again(1),
            "find.previous": lambda _: self.again(-1),
            "find.sort": self.sort,
            "find.reverse": lambda _: self.reverse(),
            "find.goto": self.goto,
        }

    def filter(self, text: str) -> None:
        """Type a filter for the items, seen as it is typed; in other panes a search."""
        desk = self.desk
        if text:
            self.apply(text, final=True)
        elif desk.view.pane is Where.ITEMS:
            before, here = desk.items.filter.text, desk.items.current_key
            desk.prompting.open(
                Prompt(
                    "filter:",
                    lambda typed: self.apply(typed, final=True),
                    LineEdit.of(before, self.filters),
                    # From where the typing began, not from where a half-typed filter has led.
                    change=lambda typed: desk.jobs.later("filter", lambda: self.apply(typed, final=False, here=here)),
                    cancel=lambda: self.cancel(before, here),
                    complete=_complete_filter,
                    hints=FILTER_HINTS,
                )
            )
        elif desk.view.pane is Where.SETTINGS:
            desk.prompting.open(
                Prompt(
                    "search settings:",
                    lambda _: True,
                    LineEdit.of(desk.settings.query),
                    change=self.search_settings,
                    cancel=lambda: self.search_settings(""),
                    hints=("enter keeps it, esc leaves it", "esc leaves"),
                )
            )
        else:
            desk.prompting.open(Prompt("search:", self.search, LineEdit.of("", self.searches)))

    def apply(self, text: str, *, final: bool, here: str | None = None) -> bool:
        """Put a filter on. A bad one is told only when it is entered: a half-typed one is no mistake."""
        desk = self.desk
        if final:
            desk.jobs.drop("filter")
        try:
            desk.items.set_filter(text)
        except UsageError as error:
            if final:
                desk.fail(error)
                return False
            return True
        desk.planning.arrange(here, to_top=True)
        return True

    def cancel(self, before: str, here: str | None) -> None:
        """The filter and the cursor as they were."""
        self.desk.jobs.drop("filter")
        self.apply(before, final=False, here=here)

    def search_settings(self, text: str) -> None:
        self.desk.settings.search(text)
        self.desk.settings_pane.keep_in_view(self.desk.settings.cursor)
        self.desk.draw_titles()
        self.desk.draw_bars()

    def search(self, text: str) -> bool:
        """Find a text in the preview or the log."""
        pane = self.desk.text_pane
        if text and not pane.search(text):
            self.desk.say(f"not found: {text}", "note")
        return True

    def again(self, step: int) -> None:
        """The next match; in the items the next marked one."""
        desk = self.desk
        if desk.view.pane is Where.ITEMS:
            at = self._next_marked(step)
            if at is None:
                desk.say("no other marked item is shown", "note")
            else:
                desk.moving.to(at)
        elif desk.view.pane in (Where.PREVIEW, Where.LOG):
            pane = desk.text_pane
            if not pane.query_text or not pane.search(pane.query_text, step):
                desk.say("nothing to search for: / asks", "note")

    def _next_marked(self, step: int) -> int | None:
        items = self.desk.items
        total = len(items.shown)
        if not items.marks:
            return None
        places = ((items.cursor + offset * step) % total for offset in range(1, total))
        return next((at for at in places if items.shown[at] in items.marks), None)

    def sort(self, column: str) -> None:
        """By a column; without one a list of them opens."""
        if column:
            if column not in (*BY_NAME, UNSORTED):
                raise UsageError(f"no column {column!r}", f"columns: {', '.join((*BY_NAME, UNSORTED))}")
            self._sorted(column)
            return
        entries = [Entry(each.name, each.title) for each in COLUMNS]
        entries.append(Entry(UNSORTED, "as read", "the order of Procore's lists"))
        model = SheetModel("Sort by", entries, Mode.TAKE, note="the same column again reverses the order")
        if self.desk.items.sort:
            model.to_id(self.desk.items.sort)
        self.desk.sheets.open(model, take=self._sorted)

    def _sorted(self, column: str) -> None:
        desk = self.desk
        desk.items.set_sort("" if column == UNSORTED else column)
        desk.planning.arrange()

    def reverse(self) -> None:
        self.desk.items.turn_round()
        self.desk.table.keep_in_view(self.desk.items.cursor)

    def goto(self, text: str) -> None:
        """To the item with this number or id."""
        if not text:
            raise UsageError("item: which one?", "an item's number or id, as in :item HC-0045")
        at = self.desk.items.find(text)
        if at is None:
            raise UsageError(f"no item {text!r} is shown", "a filter may hide it: esc removes the filter")
        self.desk.go(Where.ITEMS)
        self.desk.moving.to(at)


def _complete_filter(text: str) -> tuple[str, list[str]]:
    """Field names, as on the command line."""
    line, found = complete("filter " + text, {Takes.NOTHING: list})
    return line.removeprefix("filter "), found
