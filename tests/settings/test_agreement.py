"""The light reader and pydantic-settings agree on every file, and reading a plain file stays light."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.settings.layers import Layer, Origin, merged
from smoothx_tui.settings.model import json_schema, problems_of, validated
from smoothx_tui.settings.schema import SCHEMA, Settings
from smoothx_tui.settings.tables import NotPlain, mapping_tables, settings_tables, whole_of

WRONG = st.sampled_from([None, True, 1, 1.5, "on", "awaiting_payment", [], ["18"], [1], [""], {}, {"a": "b"}, {"a": 1}])
ROWS = st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2)


def either(right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly right values, sometimes wrong ones."""
    return st.one_of(right, right, right, WRONG)


def table(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A table with some of its members, now and then an unknown one."""
    optional = {key: either(value) for key, value in members.items()}
    return st.fixed_dictionaries(
        {}, optional={**optional, "unknown": st.nothing() | st.just(1)}
    ) | st.fixed_dictionaries({}, optional=optional)


def setting_values(table_name: str) -> dict[str, st.SearchStrategy[Any]]:
    kinds: dict[bool, st.SearchStrategy[Any]] = {
        True: st.sampled_from(["awaiting_approval", "awaiting_payment"]),
        False: st.lists(st.text(min_size=1, max_size=3), max_size=2),
    }
    return {
        s.key: st.booleans() if isinstance(s.default, bool) else kinds[bool(s.choices)]
        for s in SCHEMA
        if s.table == table_name
    }


SIDE: dict[str, st.SearchStrategy[Any]] = {
    "default_account": st.text(max_size=3),
    "retention_retained": st.text(max_size=3),
    "terms": table(day=st.integers(0, 40), type=st.sampled_from(["DAYSAFTERBILLDATE", "OFCURRENTMONTH"])),
    "cost_codes": ROWS,
    "projects": st.dictionaries(st.text(max_size=2), ROWS, max_size=2),
}
CIS = table(
    labour=table(cost_type=st.text(max_size=2), account=st.text(max_size=2)),
    materials=table(cost_type=st.text(max_size=2), account=st.text(max_size=2)),
)
FILE = table(
    procore_to_xero=table(**setting_values("procore_to_xero")),
    advanced=table(**setting_values("advanced")),
    mapping=table(
        project_tracking_category=st.text(max_size=3),
        second_tracking_source=st.sampled_from(["cost_code", "cost_type"]),
        approved_as_noted=st.booleans(),
        direct_cost_types=st.lists(st.sampled_from(["invoice", "expense", "payroll"]), max_size=2),
        contacts=ROWS,
        bill=table(**SIDE, tax_codes=ROWS, cis=CIS),
        sale=table(**SIDE, number_prefix=st.text(max_size=2)),
    ),
    ui=table(theme=st.text(max_size=3), glyphs=st.sampled_from(["auto", "ascii"]), keys=ROWS),
).filter(lambda value: isinstance(value, dict))


@given(FILE)
def test_both_take_and_refuse_the_same_files(tables: dict[str, Any]) -> None:
    layers = [Layer(Origin.FILE, tables, lambda _: "settings.toml")]
    problems = problems_of(layers)
    try:
        whole_of(tables)
    except NotPlain:
        assert problems
    else:
        assert not problems


@given(FILE, FILE)
def test_both_read_the_same_values_from_two_layers(lower: dict[str, Any], upper: dict[str, Any]) -> None:
    layers = [Layer(Origin.SCENARIO, lower, lambda _: ""), Layer(Origin.FILE, upper, lambda _: "")]
    try:
        light = whole_of(merged(layers))
    except NotPlain:
        assert problems_of(layers)
    else:
        assert whole_of(validated(layers)) == light


@given(FILE)
def test_values_written_as_tables_read_back(tables: dict[str, Any]) -> None:
    try:
        settings, mapping, ui = whole_of(tables)
    except NotPlain:
        return
    again = {**settings_tables(settings), "mapping": mapping_tables(mapping)}
    assert whole_of(again)[:2] == (settings, mapping)
    assert ui


def test_the_json_schema_knows_every_setting() -> None:
    schema = json_schema()
    for setting in SCHEMA:
        group = schema["$defs"][schema["properties"][setting.table]["$ref"].rsplit("/", 1)[1]]
        row = group["properties"][setting.key]
        assert row["title"] == setting.label
        assert row["default"] == settings_tables(Settings())[setting.table][setting.key]
    assert schema["additionalProperties"] is False


def test_a_plain_file_is_read_without_anything_heavy(persons: Path) -> None:
    """The console reads it before its first frame."""
    program = (
        "import sys; from pathlib import Path; from smoothx_tui.settings.file import load\n"
        f"load(Path({str(persons)!r}), environ={{'SMOOTHX_ADVANCED__ERP_LOCKING': 'off'}}, overrides={{}})\n"
        "heavy = {'pydantic', 'pydantic_settings', 'tomlkit', 'click', 'textual', 'httpx', 'sqlalchemy', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
