"""The smallest Textual app: what starting Textual costs by itself."""

from textual.app import App, ComposeResult
from textual.widgets import Label


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Label("a bare Textual app, READY to be compared with")


if __name__ == "__main__":
    Bare().run()
