"""Keys find their lines, whatever TOML allows around them."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.settings.lines import dotted, key_lines, key_path, line_of

TEXT = '''# first
[a]
one = 1
"two [x]" = "# no comment ]"   # a comment [b]
three = """
[not.a.table]
four = 4"""
list = [
  "x", # ] not the end
  "y",
]
inline = { deep = { deeper = 1 }, "q" = ']' }
[a."b.c"]   # header
literal = 'c:\\'
quotes = """ends in two quotes"""""
d.e = 5
[[rows]]
x = 1
'''


def test_lines_of_keys() -> None:
    tomllib.loads(TEXT)
    assert key_lines(TEXT) == {
        ("a",): 2,
        ("a", "one"): 3,
        ("a", "two [x]"): 4,
        ("a", "three"): 5,
        ("a", "list"): 8,
        ("a", "inline"): 12,
        ("a", "b.c"): 13,
        ("a", "b.c", "literal"): 14,
        ("a", "b.c", "quotes"): 15,
        ("a", "b.c", "d", "e"): 16,
        ("rows",): 17,
        ("rows", "x"): 18,
    }


def test_the_nearest_line_around_a_path() -> None:
    lines = key_lines(TEXT)
    assert line_of(lines, ("a", "inline", "deep", "deeper")) == 12
    assert line_of(lines, ("a", "b.c", "missing")) == 13
    assert line_of(lines, ("nothing",)) == 0


def test_windows_line_ends() -> None:
    assert key_lines('[a]\r\nb = 1\r\n\r\nc = """\r\n"""\r\nd = 2\r\n') == {
        ("a",): 1,
        ("a", "b"): 2,
        ("a", "c"): 4,
        ("a", "d"): 6,
    }


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4).map(tuple))
def test_a_dotted_key_reads_back(path: tuple[str, ...]) -> None:
    assert key_path(dotted(path)) == path


@pytest.mark.parametrize("text", ["", "a b", "a.", 'a\nb = 1\n"c"', "a = 1, b", "[a]"])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(ValueError):
        key_path(text)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=6), st.text(alphabet="ab]['\"#\\ \t", max_size=8)
        ),
        unique_by=lambda pair: pair[0],
        max_size=6,
    )
)
def test_every_key_is_found_on_its_line(rows: list[tuple[str, str]]) -> None:
    text = "".join(f"{dotted((key,))} = {dotted_value(value)} # {key!a}\n" for key, value in rows)
    assert key_lines(text) == {(key,): number + 1 for number, (key, _) in enumerate(rows)}


def dotted_value(text: str) -> str:
    """The text as one of TOML's four kinds of string."""
    if "'" not in text and len(text) % 2:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{escaped}"""' if len(text) % 3 else f'"{escaped}"'
