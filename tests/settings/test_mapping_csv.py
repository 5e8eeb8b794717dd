"""The mapping as CSV: there and back, and every wrong row named."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base.errors import UsageError
from smoothx_tui.settings.edit import UNSET, edited
from smoothx_tui.settings.mapping_csv import from_csv, to_csv
from smoothx_tui.settings.problems import InvalidSettings
from smoothx_tui.settings.tables import mapping_of, mapping_tables

NOW: dict[str, Any] = {
    "project_tracking_category": "Project",
    "direct_cost_types": ["invoice"],
    "contacts": {"12": "00000000-0000-4000-8000-000000000001"},
    "bill": {
        "default_account": "310",
        "terms": {"day": 30, "type": "DAYSAFTERBILLDATE"},
        "cost_codes": {"03-300": "311", "01-540.E": "312"},
        "projects": {"77": {"05-120": "313"}},
        "cis": {"labour": {"cost_type": "18", "account": "320"}},
    },
}


def test_two_columns_a_table() -> None:
    assert to_csv(NOW).splitlines() == [
        (
            "mapping,value,mapping.contacts,Xero ContactID,mapping.bill,value,"
            "mapping.bill.cost_codes,account,mapping.bill.projects.77,account"
        ),
        (
            "project_tracking_category,Project,12,00000000-0000-4000-8000-000000000001,default_account,310,"
            "03-300,311,05-120,313"
        ),
        "direct_cost_types,invoice,,,terms.day,30,01-540.E,312,,",
        ",,,,terms.type,DAYSAFTERBILLDATE,,,,",
        ",,,,cis.labour.cost_type,18,,,,",
        ",,,,cis.labour.account,320,,,,",
    ]


def test_what_is_exported_imports_as_the_same() -> None:
    text = edited("", from_csv("m.csv", to_csv(NOW), {}))
    assert tomllib.loads(text) == {"mapping": NOW}


NAMES = st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=5)
TEXTS = st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "'", ""]), NAMES)
ROWS = st.dictionaries(TEXTS, TEXTS, max_size=3)
SIDE: dict[str, st.SearchStrategy[Any]] = {
    "default_account": TEXTS,
    "cost_codes": ROWS,
    "projects": st.dictionaries(NAMES, ROWS, max_size=2),
    "terms": st.just({"day": 3, "type": "OFCURRENTMONTH"}),
}


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "project_tracking_category": TEXTS,
            "contacts": ROWS,
            "bill": st.fixed_dictionaries({}, optional={**SIDE, "tax_codes": ROWS}),
            "sale": st.fixed_dictionaries({}, optional={**SIDE, "number_prefix": TEXTS}),
        },
    )
)
def test_any_mapping_goes_there_and_back(table: dict[str, Any]) -> None:
    mapping = mapping_of({"mapping": table})
    text = edited("# mine\n", from_csv("m.csv", to_csv(mapping_tables(mapping)), {}))
    again = mapping_of(tomllib.loads(text))
    assert mapping_tables(again) == mapping_tables(mapping)


def test_rows_that_are_not_named_stay_unless_the_table_is_replaced() -> None:
    text = "mapping.bill.cost_codes,account\n03-300,399\n01-540.E,\n"
    assert from_csv("m.csv", text, NOW) == {
        "mapping.bill.cost_codes.03-300": "399",
        'mapping.bill.cost_codes."01-540.E"': UNSET,
    }
    replaced = from_csv("m.csv", "mapping.bill.cost_codes,account\n03-300,399\n", NOW, replace=True)
    assert replaced == {"mapping.bill.cost_codes.03-300": "399", 'mapping.bill.cost_codes."01-540.E"': UNSET}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour,x\na,b\n", "m.csv line 1: colour: names no table; expected something like mapping.bill.cost_codes"),
        (",x\na,b\n", "m.csv line 1: names no table; expected something like mapping.bill.cost_codes"),
        ("mapping.contacts,x\n,b\n", "m.csv line 2: mapping.contacts: has the value b without a key"),
        ("mapping.contacts,x\n1,a\n1,b\n", "m.csv line 3: mapping.contacts.1: appears twice"),
        (
            "mapping.contacts,x\n9.0E+14,a\n",
            'm.csv line 2: mapping.contacts."9.0E+14": was rewritten by a spreadsheet; format the column as text',
        ),
    ],
)
def test_a_wrong_row_is_named_with_its_line(text: str, said: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        from_csv("m.csv", text, NOW)
    assert said in caught.value.message.splitlines()


@pytest.mark.parametrize("text", ["", "\n\n", 'a,"b\n'])
def test_what_is_no_csv(text: str) -> None:
    with pytest.raises(UsageError):
        from_csv("m.csv", text, NOW)
