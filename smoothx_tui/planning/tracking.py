"""Tracking: the project's option on every line, optionally a second category by cost code or cost type."""

from functools import partial
from typing import Final

from smoothx_tui.base.text import clean
from smoothx_tui.planning.books import Category
from smoothx_tui.planning.claims import Claims
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.lines import line_name
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.plan import FirstStep, Step
from smoothx_tui.planning.traits import reads, unseen
from smoothx_tui.planning.why import Why
from smoothx_tui.procore.items import ItemLine, Project, SubJob
from smoothx_tui.xero.organisation import TrackingOption

LONGEST_OPTION: Final = 100
MOST_OPTIONS: Final = 100
_BY_NUMBER: Final = ("Tracking", "sync_project_number: the project's option")
_PARENT: Final = ("Tracking", "sub_job_as_project is on: the parent project's option")
_OWN: Final = ("Tracking", "sub_job_as_project is off: the sub job's option")


@reads(
    sync_project_number=lambda traits: traits.ready and traits.project_number,
    sub_job_as_project=lambda traits: traits.ready and traits.sub_job,
)
@unseen(
    sync_project_number=lambda traits: traits.option_settled,
    sub_job_as_project=lambda traits: traits.sub_job_settled,
)
def project_tracking(draft: Draft) -> None:
    """The project's option, or the sub job's where `sub_job_as_project` is off."""
    name = draft.mapping.project_tracking_category
    if not name:
        return
    category = _category(draft, name, "mapping.project_tracking_category")
    if category is None:
        return
    known: dict[str, Why | None] = {}
    linked = draft.adoption.link.option_ids if draft.adoption.link is not None else ()
    for line in draft.lines:
        sub_job, why = line.source.sub_job, _BY_NUMBER
        owner, owned = draft.item.project.id, None
        if sub_job is not None:
            if draft.settings.sub_job_as_project:
                why = _PARENT
            else:
                owner, owned, why = f"{owner}/{sub_job.id}", sub_job, _OWN
        if owner not in known:
            place = "project_tracking", draft.item.project, owned, draft.settings.sync_project_number, linked
            option = known[owner] = draft.once(place, partial(_project_option, draft, category, owner, owned))
            if option:
                draft.options[owner, option[0]] = option[1]
        line.project_option = known[owner]
        if line.project_option:
            line.why.append(why)


def _project_option(draft: Draft, category: Category, owner: str, sub_job: SubJob | None) -> Why | None:
    project = draft.item.project
    if sub_job is not None:
        wanted, other, setting = sub_job_option(project, sub_job), "", "sub_job_as_project"
    else:
        numbered = bool(project.number) and draft.settings.sync_project_number
        wanted, other = project_option(project, numbered=numbered)
        setting = "sync_project_number"
    wanted, other = draft.outgoing_name("tracking option", wanted), draft.outgoing_name("tracking option", other)
    if not wanted:
        draft.block("option_empty", "the project has neither name nor number", "name the project in Procore")
        return None
    option = known_option(category, draft.adoption.link, draft.claims, owner, wanted, other)
    return _use(draft, category, wanted, option, setting)


def project_option(project: Project, *, numbered: bool) -> tuple[str, str]:
    """(the project's option text, the text it would have with the switch the other way; "" if the same)."""
    if not project.number.strip():
        return project.name, ""
    name, number = project.name.strip(), project.number.strip()
    long = f"{number} - {name}" if name else number
    return (long, name) if numbered else (name or number, long)


def sub_job_option(project: Project, sub_job: SubJob) -> str:
    """The sub job's full number and name: `2235-01 - Carpark`."""
    number, code, name = project.number.strip(), sub_job.code.strip(), sub_job.name.strip()
    full = code if not number or code.startswith(number) else f"{number}-{code}"
    return f"{full} - {name}" if full and name else full or name


def second_tracking(draft: Draft) -> None:
    """The second category, where the mapping names one: `code - name` of the cost code or the cost type."""
    name = draft.mapping.second_tracking_category
    if not name or not draft.lines:
        return
    row = "mapping.second_tracking_category"
    category = _category(draft, name, row)
    if category is None:
        return
    if name.strip().casefold() == draft.mapping.project_tracking_category.strip().casefold():
        text = f"{clean(name)} is the project's own category; one line cannot carry both"
        draft.block("category_twice", text, f"name another category in {row}", row)
        return
    for line in draft.lines:
        if not line.amount:
            continue
        wanted = draft.outgoing_name(
            "tracking option", second_option(line.source, draft.mapping.second_tracking_source)
        )
        if not wanted:
            source = draft.mapping.second_tracking_source.replace("_", " ")
            draft.note("second_tracking_missing", f"{line_name(line.source)} has no {source} to track by")
            continue
        option = category.by_name.get(wanted.casefold())
        line.second_option = _use(draft, category, wanted, option, "mapping.second_tracking_source")
        if line.second_option and not line.project_option:
            line.why.append(("Tracking", "mapping.second_tracking_source"))


def second_option(line: ItemLine, source: str) -> str:
    """`code - name` by `second_tracking_source`; "" where the line has none."""
    if source == "cost_type":
        code, name = (line.cost_type.code, line.cost_type.name) if line.cost_type else ("", "")
    else:
        code, name = (line.cost_code.full_code, line.cost_code.name) if line.cost_code else ("", "")
    return f"{code} - {name}" if code.strip() and name.strip() else code or name


def _category(draft: Draft, name: str, row: str) -> Category | None:
    category = draft.books.categories.get(name.strip().casefold())
    shown = clean(name)
    if category is None:
        draft.block(
            "category_missing", f"Xero has no tracking category {shown}", f"add it in Xero, or change {row}", row
        )
    elif category.category.status != "ACTIVE":
        text = f"tracking category {shown} is archived"
        draft.block("category_archived", text, f"restore it in Xero, or change {row}", row)
        return None
    return category


def known_option(
    category: Category, link: Link | None, claims: Claims, owner: str, wanted: str, other: str
) -> TrackingOption | None:
    """By the ledger's link first, then by name; the name with the number switched counts too, so that flipping the
    switch renames an option and does not make a second one.
    """
    by_name = category.by_name.get(wanted.casefold())
    if by_name is not None:
        return by_name
    # A bare name that several projects have does not tell whose option it is.
    other = "" if other.casefold() in claims.shared_names else other
    linked = dict(link.option_ids).get(owner) if link is not None and link.option_ids else None
    option = category.by_id.get(linked or claims.option_ids.get(owner, ""))
    if option is None and other:
        option = category.by_name.get(other.casefold())
        if option is not None and option.status != "ACTIVE":
            return None
    return option


def _use(draft: Draft, category: Category, wanted: str, option: TrackingOption | None, setting: str) -> Why | None:
    name, shown = category.category.name, clean(wanted)
    if len(wanted) > LONGEST_OPTION:
        draft.block(
            "option_too_long",
            f"tracking option {shown} has {len(wanted)} characters; Xero takes {LONGEST_OPTION}",
            _way_out(draft, setting),
            setting,
        )
        return None
    if option is not None and option.status != "ACTIVE":
        text = f"tracking option {clean(option.name)} is archived"
        draft.block("option_archived", text, f"restore it in Xero, in tracking category {clean(name)}", setting)
        return None
    if option is None:
        _create(draft, category, wanted)
    elif option.name.strip().casefold() == wanted.casefold():
        wanted = option.name
    else:
        _rename(draft, category, option, wanted, setting)
    return name, wanted


def _way_out(draft: Draft, setting: str) -> str:
    project = draft.item.project
    if setting == "sub_job_as_project":
        return "shorten the sub job's name in Procore, or turn sub_job_as_project on"
    if setting != "sync_project_number":
        return "shorten the name in Procore"
    shorter = bool(project.number) and draft.settings.sync_project_number and len(project.name) <= LONGEST_OPTION
    return "shorten the project's name in Procore" + (", or turn sync_project_number off" if shorter else "")


def _create(draft: Draft, category: Category, wanted: str) -> None:
    name = category.category.name
    step = FirstStep(Step.CREATE_TRACKING_OPTION, {"Category": name, "Name": wanted})
    if step in draft.first:
        return
    draft.first_step(step)
    made = sum(1 for s in draft.first if s.step is Step.CREATE_TRACKING_OPTION and s.body["Category"] == name)
    if category.active_count + made > MOST_OPTIONS:
        draft.block(
            "category_full",
            f"tracking category {clean(name)} is full ({category.active_count} options); {clean(wanted)} does not fit",
            f"archive options of {clean(name)} in Xero that are no longer used",
        )


def _rename(draft: Draft, category: Category, option: TrackingOption, wanted: str, setting: str) -> None:
    name = category.category.name
    body = {
        "Category": name,
        "TrackingCategoryID": category.category.id,
        "TrackingOptionID": option.id,
        "Name": wanted,
    }
    draft.first_step(FirstStep(Step.RENAME_TRACKING_OPTION, body))
    draft.renamed[name, wanted] = option.name
    draft.reason(f"tracking option renamed in {clean(name)}", setting, clean(option.name), clean(wanted))
