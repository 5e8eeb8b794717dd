"""Which panes are on the screen, by its size and what the operator looks at. Pure."""

from dataclasses import dataclass
from typing import Final

from smoothx_tui.console.keys import Where

WIDE: Final = 100
SMALL_WIDTH: Final = 60
SMALL_HEIGHT: Final = 16
LOWER_NARROW: Final = 8
SETTINGS_WIDTH: Final = 40
PREVIEW_TABS: Final = ("diff", "payload", "why", "history")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`side` is the pane at the right (wide) or below (narrow). `lower` rows below the title line, 0: none."""

    items: bool
    settings: bool
    side: Where | None
    lower: int
    title: bool
    bars: bool
    """The header and the line of marks; a small terminal has only the bottom line."""
    summary: bool = True
    """The line of marks; a small terminal has it only while something is asked."""


@dataclass(slots=True)
class View:
    """What the operator looks at. `side` is what the lower or right pane shows while no sheet is open."""

    pane: Where = Where.ITEMS
    side: Where = Where.PREVIEW
    lower: Where = Where.PREVIEW
    """Narrow only: what stands below the items."""
    zoom: bool = False
    sheet: bool = False
    sheet_full: bool = False
    asking: bool = False
    """A question is open that may need the line above the bottom one."""

    @property
    def where(self) -> Where:
        """Which commands the keys find."""
        return Where.SHEET if self.sheet else self.pane

    def go(self, pane: Where) -> None:
        """To a pane."""
        self.pane = pane
        if pane in (Where.PREVIEW, Where.LOG):
            self.side = self.lower = pane
        elif pane is Where.SETTINGS:
            self.lower = pane


def is_small(width: int, height: int) -> bool:
    return width < SMALL_WIDTH or height < SMALL_HEIGHT


def arrange(view: View, width: int, height: int) -> Arrangement:
    """Where everything goes."""
    side = Where.SHEET if view.sheet else view.side
    if is_small(width, height):
        pane = Where.SHEET if view.sheet else view.pane
        return _alone(pane, height, bars=False, summary=view.asking)
    if view.sheet and (view.sheet_full or view.zoom):
        return _alone(Where.SHEET, height, bars=True)
    if view.zoom:
        return _alone(view.pane, height, bars=True)
    body = height - 4
    if width >= WIDE:
        return Arrangement(items=True, settings=True, side=side, lower=body // 2, title=True, bars=True)
    below = Where.SHEET if view.sheet else view.lower
    lower = min(max(LOWER_NARROW, body // 3), body // 2) if not view.sheet else body // 2
    settings = below is Where.SETTINGS
    beside = None if settings else below
    return Arrangement(items=True, settings=settings, side=beside, lower=lower, title=True, bars=True)


def _alone(pane: Where, height: int, *, bars: bool, summary: bool = True) -> Arrangement:
    """One pane: the items as they are, another below its title line."""
    if pane is Where.ITEMS:
        return Arrangement(items=True, settings=False, side=None, lower=0, title=False, bars=bars, summary=summary)
    rows = height - 2 - bars - summary
    settings = pane is Where.SETTINGS
    side = None if settings else pane
    lower = max(1, rows)
    return Arrangement(items=False, settings=settings, side=side, lower=lower, title=True, bars=bars, summary=summary)
