"""Tracking options: matched, made, renamed, refused."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.planning.claims import Claims
from smoothx_tui.planning.plan import Action, FirstStep, Level, Plan, Step
from smoothx_tui.planning.planner import plan
from smoothx_tui.planning.tracking import project_option, sub_job_option
from smoothx_tui.procore.items import CostCode, CostType, Project, SubJob
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.organisation import TrackingCategory, TrackingOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.planning.conftest import Make

    Codes = Callable[..., set[str]]

UNNUMBERED = Settings(sync_project_number=False)


def _category(*names: str, **changes: Any) -> TrackingCategory:
    options = tuple(TrackingOption(f"o{number}", name) for number, name in enumerate(names))
    return replace(TrackingCategory("t1", "Project", options=options), **changes)


def _tracking(made: Plan, line: int = 0) -> list[dict[str, str]]:
    assert made.payload is not None
    tracking: list[dict[str, str]] = made.payload["LineItems"][line].get("Tracking", [])
    return tracking


@pytest.mark.parametrize(
    ("project", "numbered", "text"),
    [
        (Project("1", "Quay St", "2235"), True, "2235 - Quay St"),
        (Project("1", "Quay St", "2235"), False, "Quay St"),
        (Project("1", "Quay St"), True, "Quay St"),
        (Project("1", "", "2235"), True, "2235"),
        (Project("1", "", "2235"), False, "2235"),
    ],
)
def test_project_options(project: Project, numbered: bool, text: str) -> None:
    assert project_option(project, numbered=numbered)[0] == text


@pytest.mark.parametrize(
    ("number", "code", "name", "text"),
    [
        ("2235", "01", "Carpark", "2235-01 - Carpark"),
        ("2235", "2235-01", "Carpark", "2235-01 - Carpark"),
        ("", "01", "Carpark", "01 - Carpark"),
        ("2235", "01", "", "2235-01"),
    ],
)
def test_sub_job_options(number: str, code: str, name: str, text: str) -> None:
    assert sub_job_option(Project("1", "Quay St", number), SubJob("5", code, name)) == text


def test_a_missing_option_is_made_first(make: "Make") -> None:
    made = make.plan(books=make.books(tracking=(_category(),)))
    assert made.first == (FirstStep(Step.CREATE_TRACKING_OPTION, {"Category": "Project", "Name": "2235 - Quay St"}),)
    assert _tracking(made) == [{"Name": "Project", "Option": "2235 - Quay St"}]
    assert made.options == (("21", "Project", "2235 - Quay St"),)


def test_an_option_is_matched_without_case_and_kept_as_xero_writes_it(make: "Make") -> None:
    made = make.plan(books=make.books(tracking=(_category("2235 - QUAY ST"),)))
    assert made.first == ()
    assert _tracking(made) == [{"Name": "Project", "Option": "2235 - QUAY ST"}]


@pytest.mark.parametrize(
    ("standing", "settings", "wanted"),
    [("2235 - Quay St", UNNUMBERED, "Quay St"), ("Quay St", Settings(), "2235 - Quay St")],
)
def test_flipping_the_number_renames_the_option_and_makes_no_second_one(
    make: "Make", standing: str, settings: Settings, wanted: str
) -> None:
    made = make.plan(settings=settings, books=make.books(tracking=(_category(standing),)))
    assert [step.step for step in made.first] == [Step.RENAME_TRACKING_OPTION]
    assert made.first[0].body == {
        "Category": "Project",
        "TrackingCategoryID": "t1",
        "TrackingOptionID": "o0",
        "Name": wanted,
    }
    assert _tracking(made) == [{"Name": "Project", "Option": wanted}]


def test_an_option_is_matched_by_the_ledgers_link_first(make: "Make") -> None:
    books = make.books(tracking=(_category("Old name"),))
    link = replace(make.link(), option_ids=(("21", "o0"),))
    document = make.document()
    made = make.plan(make.item(lines=(make.line(1, "9.00"),)), books=make.books([document]), link=link)
    assert made.first == ()
    other = plan(make.item(), Settings(), make.mapping(), books, None, Claims(option_ids={"21": "o0"}))
    assert [step.step for step in other.first] == [Step.RENAME_TRACKING_OPTION]
    sub_job = make.item(lines=(make.line(sub_job=make.sub_job()),))
    claims = Claims(option_ids={"21": "o9", "21/501": "o0"})
    third = plan(sub_job, Settings(sub_job_as_project=False), make.mapping(), books, None, claims)
    assert third.first[0].body["TrackingOptionID"] == "o0"
    assert third.options == (("21/501", "Project", "2235-01 - Carpark"),)


def test_a_bare_name_that_several_projects_have_is_nobodys_option(make: "Make") -> None:
    books = make.books(tracking=(_category("Quay St"),))
    claims = Claims(shared_names=frozenset({"quay st"}))
    made = plan(make.item(), Settings(), make.mapping(), books, None, claims)
    assert [step.step for step in made.first] == [Step.CREATE_TRACKING_OPTION]


@pytest.mark.parametrize(
    ("tracking", "code"),
    [
        ((), "category_missing"),
        ((_category(status="ARCHIVED"),), "category_archived"),
        ((_category(options=(TrackingOption("o", "2235 - Quay St", "ARCHIVED"),)),), "option_archived"),
        ((_category(*(f"Project {number}" for number in range(100))),), "category_full"),
    ],
)
def test_what_stops_tracking(make: "Make", codes: "Codes", tracking: tuple[TrackingCategory, ...], code: str) -> None:
    made = make.plan(books=make.books(tracking=tracking))
    assert made.action is Action.BLOCKED
    assert codes(made, Level.BLOCKER) == {code}


def test_a_name_over_100_characters_is_blocked_never_cut(make: "Make", codes: "Codes") -> None:
    fits, long = Project("21", "Q" * 93, "2235"), Project("21", "Q" * 94, "2235")
    assert make.plan(make.item(project=fits)).action is Action.CREATE
    made = make.plan(make.item(project=long))
    assert codes(made, Level.BLOCKER) == {"option_too_long"}
    assert made.findings[0].fix.endswith("or turn sync_project_number off")
    assert make.plan(make.item(project=long), UNNUMBERED).action is Action.CREATE
    hopeless = make.plan(make.item(project=Project("21", "Q" * 101, "2235")))
    assert hopeless.findings[0].fix == "shorten the project's name in Procore"
    line = make.line(sub_job=SubJob("501", "01", "Q" * 101))
    owned = make.plan(make.item(lines=(line,)), Settings(sub_job_as_project=False))
    assert owned.findings[0].fix == "shorten the sub job's name in Procore, or turn sub_job_as_project on"


@pytest.mark.parametrize(
    ("source", "changes", "option"),
    [
        ("cost_code", {}, "03-300 - Concrete"),
        ("cost_type", {}, "S - Subcontract"),
        ("cost_type", {"cost_type": CostType("18", "S")}, "S"),
        ("cost_code", {"cost_code": CostCode("1", "", "Concrete")}, "Concrete"),
        ("cost_code", {"cost_code": None}, None),
        ("cost_type", {"cost_type": None}, None),
    ],
)
def test_the_second_category(make: "Make", source: str, changes: dict[str, Any], option: str | None) -> None:
    mapping = make.mapping(second_tracking_category="Cost Code", second_tracking_source=source)
    made = make.plan(make.item(lines=(make.line(**changes),)), mapping=mapping)
    assert made.action is Action.CREATE
    assert _tracking(made)[1:] == ([{"Name": "Cost Code", "Option": option}] if option else [])


def test_one_category_can_not_be_both(make: "Make", codes: "Codes") -> None:
    made = make.plan(mapping=make.mapping(second_tracking_category="project"))
    assert codes(made, Level.BLOCKER) == {"category_twice"}


def test_without_a_category_nothing_is_tracked(make: "Make") -> None:
    made = make.plan(mapping=make.mapping(project_tracking_category=""))
    assert made.action is Action.CREATE
    assert _tracking(made) == []
    assert not any("Tracking" in path for path, _ in made.why)
