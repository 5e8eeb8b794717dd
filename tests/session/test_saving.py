"""Two consoles on one settings file: of two saves one wins, and the other loses nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.settings.save import ChangedMeanwhile

if TYPE_CHECKING:
    from tests.session.conftest import World


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text("# a remark\n[advanced]\nmulti_currency = false\n")
    return path


def text_of(path: Path) -> str:
    return path.read_text()


def by_hand(path: Path) -> None:
    path.write_text(path.read_text() + "# by hand\n")


async def test_a_save_over_another_is_refused_told_and_saved_by_saving_once_more(world: "World", file: Path) -> None:
    ann: Any = await world.session(who="ann", settings=file)
    robin: Any = await world.session(who="robin", settings=file)
    ann.trial.set("multi_currency", True)
    await ann.save_settings()
    robin.trial.set("erp_locking", False)
    with pytest.raises(ChangedMeanwhile, match=r"somebody else meanwhile: advanced\.multi_currency: false -> true"):
        await robin.save_settings()
    assert robin.trial.saved.multi_currency, "theirs is taken"
    assert robin.trial.unsaved == ("erp_locking",), "what was tried is still tried"
    await robin.save_settings()
    assert text_of(file) == "# a remark\n[advanced]\nmulti_currency = true\nerp_locking = false\n"


async def test_a_theme_and_an_earlier_state_are_kept_the_same_way(world: "World", file: Path) -> None:
    ann: Any = await world.session(who="ann", settings=file)
    ann.trial.set("multi_currency", True)
    await ann.save_settings()
    _, entry = await ann.settings_history()
    for name, wanted in (("keep_theme", "ink"), ("restore", entry.revision)):
        by_hand(file)
        with pytest.raises(ChangedMeanwhile):
            await getattr(ann, name)(wanted)
        await getattr(ann, name)(wanted)
    assert text_of(file) == entry.after
