"""The bottom line while something is typed into it: a filter, a command, an answer, or one key of a few."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.cells import cell_len

from smoothx_tui.console.keys import Where
from smoothx_tui.console.model.bars import Bar
from smoothx_tui.console.model.edit import LineEdit
from smoothx_tui.console.model.lines import Span

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen

Completion = tuple[str, list[str]]


def _nothing(_: str = "") -> None:
    """No one listens."""


@dataclass
class Prompt:
    """`enter` answers whether the prompt is done. `choices` makes it a question that one key answers."""

    label: str
    enter: Callable[[str], bool] = lambda _: True
    edit: LineEdit = field(default_factory=LineEdit)
    change: Callable[[str], None] = _nothing
    cancel: Callable[[], None] = _nothing
    complete: Callable[[str], Completion] | None = None
    choices: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    over_list: bool = False
    """The arrow keys move in the list that is open, not in the history."""
    above: str = ""
    """The sentence that is asked about; in front of the label where there is room, else in the line above."""
    role: str = "prompt"
    hints: tuple[str, ...] = ("esc leaves",)
    """What can be typed and the way out, at the right of what is typed: the first one that there is room for."""


class Prompting:
    """Gives the keys to the open prompt."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self.prompt: Prompt | None = None
        self.offer = ""
        """What tab found, when it found several."""

    def open(self, prompt: Prompt) -> None:
        """Ask something; what was asked before is given up."""
        if self.prompt is not None:
            self.prompt.cancel()
        self.prompt = prompt
        self.offer = ""
        self._show()

    def close(self) -> None:
        """Nothing is asked any more."""
        self.prompt = None
        self.offer = ""
        self._show()

    def _show(self) -> None:
        asking = self.prompt is not None and bool(self.prompt.above)
        if self.desk.view.asking != asking:
            self.desk.view.asking = asking
            self.desk.rearrange()
        else:
            self.desk.draw_bars()

    def key(self, name: str) -> None:
        """A key for the prompt. Escape and ctrl+c leave it; the rest edits, moves or enters."""
        prompt = self.prompt
        if prompt is None:
            return
        self.desk.notice = None  # it was about what has been typed before
        if name in ("escape", "ctrl+c"):
            self.close()
            prompt.cancel()
        elif prompt.choices:
            self._choose(prompt, name)
        elif name == "enter":
            self._enter(prompt)
        elif name == "tab":
            self._complete(prompt)
        elif name in ("up", "down"):
            self._updown(prompt, name)
        elif name in ("pageup", "pagedown") and prompt.over_list:
            self.desk.moving.by(self.desk.view_pane.page * (1 if name == "pagedown" else -1))
        elif not prompt.edit.text and name == "backspace" and not prompt.over_list:
            self.close()
            prompt.cancel()
        else:
            self._edit(prompt, name)
        self.desk.draw_bars()

    def paste(self, text: str) -> None:
        """Text from the clipboard."""
        if self.prompt is not None and not self.prompt.choices and self.prompt.edit.put(text):
            self.prompt.change(self.prompt.edit.text)
            self.desk.draw_bars()

    def _choose(self, prompt: Prompt, name: str) -> None:
        if name in prompt.choices:
            self.close()
            prompt.choices[name]()
        elif prompt.over_list:
            command = self.desk.keymap.find(Where.SHEET, name)
            if command is not None and command.id.startswith(("move.", "sheet.accept")):
                self.desk.run_command(command.id)

    def _enter(self, prompt: Prompt) -> None:
        prompt.edit.remember()
        text = prompt.edit.text
        if prompt.enter(text) and self.prompt is prompt:
            self.close()

    def _complete(self, prompt: Prompt) -> None:
        if prompt.complete is None:
            return
        text, found = prompt.complete(prompt.edit.text)
        if text != prompt.edit.text:
            prompt.edit.set(text)
            prompt.change(text)
        self.offer = "  ".join(found) if len(found) > 1 else ""

    def _updown(self, prompt: Prompt, name: str) -> None:
        step = 1 if name == "down" else -1
        if prompt.over_list:
            self.desk.moving.by(step)
        elif prompt.edit.recall(step):
            prompt.change(prompt.edit.text)

    def _edit(self, prompt: Prompt, name: str) -> None:
        before = prompt.edit.text
        prompt.edit.key(name)
        self.offer = ""
        if prompt.edit.text != before:
            prompt.change(prompt.edit.text)

    def fits(self, width: int) -> bool:
        """Whether the sentence, the label and what is typed go into one line."""
        prompt = self.prompt
        assert prompt is not None
        return cell_len(prompt.above) + cell_len(prompt.label) + len(prompt.edit.text) + 8 <= width

    def bar(self, width: int) -> Bar:
        """The prompt as a line: label, text, cursor. A long text scrolls so that its cursor is seen."""
        prompt = self.prompt
        assert prompt is not None
        label = Span(f" {prompt.label} ", "prompt")
        if self.fits(width) and prompt.above:
            label = Span(f" {prompt.above} {prompt.label} ", prompt.role)
        if prompt.choices:
            return Bar((label,))
        before, after = prompt.edit.text[: prompt.edit.at], prompt.edit.text[prompt.edit.at :]
        room = max(8, width - cell_len(label.text) - 2)
        while cell_len(before) > room - 1:
            before = before[1:]
        under = after[:1] or " "
        free = width - cell_len(label.text + before + under + after[1:])
        hint = next((text for text in prompt.hints if cell_len(text) + 3 <= free), "")
        hint = " " * (free - cell_len(hint) - 1) + hint if hint else ""
        return Bar((label, Span(before, ""), Span(under, "header"), Span(after[1:], ""), Span(hint, "dim")))
