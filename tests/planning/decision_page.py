"""Writes `docs/decision-table.md` from the decision table: `python -m tests.planning.decision_page`."""

from pathlib import Path
from typing import Final

from tests.planning.decisions import ALL, EFFECTS, HEADS_DIFFER, MATRIX, ROWS, WORDS, Row

DOC: Final = Path(__file__).parents[2] / "docs" / "decision-table.md"


def render() -> str:
    lines = [
        "# The decision table",
        "",
        "What happens to an item, depending on its state in Procore and in Xero and on each setting. Generated from",
        "the tables in `tests/planning/decisions.py`; the tests run every line of it.",
        "",
        "## By document status",
        "",
        "All three item kinds, unless the last column says otherwise. Settings that are not named have their defaults.",
        "",
        "| Procore's item | document | settings | action | head contract claims |",
        "|---|---|---|---|---|",
    ]
    for side, standing, actions in MATRIX:
        for setting, action in actions.items():
            shown = setting.replace("not ", "") + (" off" if setting.startswith("not ") else " on") if setting else ""
            other = HEADS_DIFFER.get((side, setting), "")
            lines.append(f"| {side} | {standing} | {shown} | {action} | {other if other != action else ''} |")
    for title, rows in (("By setting", ROWS), ("Effect by item type", EFFECTS)):
        lines += ["", f"## {title}", ""]
        if rows is ROWS:
            lines += [
                "`said`: Smoothx's help page says it. `reading`: the page is silent or unclear; this is our reading.",
                "`own`: a setting that Smoothx does not have.",
                "",
            ]
        lines += ["| setting | value | | what it says | item | situation | result |", "|---|---|---|---|---|---|---|"]
        lines.extend(_page_row(row) for row in rows)
    return "\n".join(lines) + "\n"


def _page_row(row: Row) -> str:
    value = {True: "on", False: "off"}.get(row.value) if isinstance(row.value, bool) else _value(row.value)
    more = ", ".join(f"{name} {'on' if on is True else 'off' if on is False else on}" for name, on in row.more.items())
    kinds = "all" if row.kinds == ALL else ", ".join(WORDS[kind] for kind in row.kinds)
    given = f"{row.given}; {more}" if more else row.given
    seen = f"{row.see}: {row.then or 'none'}"
    return f"| `{row.setting}` | {value} | {row.grade} | {row.says} | {kinds} | {given} | {seen} |"


def _value(value: object) -> str:
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value)


if __name__ == "__main__":
    DOC.parent.mkdir(exist_ok=True)
    DOC.write_text(render(), encoding="utf-8")
