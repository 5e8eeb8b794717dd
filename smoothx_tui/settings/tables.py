"""The tables of settings.toml as values and back, strictly and without anything heavy.

Reading takes exactly the file's own types; anything else raises `NotPlain`, and `model.py` (which needs pydantic, so it
is imported then only) says what is wrong with every part of it at once. The two agree on every input; a test holds them
to it.
"""

from collections.abc import Mapping as Tables
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Final

from smoothx_tui.settings.mapping import CisRow, Mapping, Side, Terms, TermsType
from smoothx_tui.settings.schema import GROUPS, SCHEMA, Control, Settings, SyncStatus
from smoothx_tui.settings.ui import GLYPHS, WIRE, Ui
from smoothx_tui.settings.values import plain

SECOND_SOURCES: Final = ("cost_code", "cost_type")
DIRECT_COST_TYPES: Final = ("invoice", "expense")
_BILL_KEYS: Final = frozenset(f.name for f in fields(Side)) - {"number_prefix", "cis_labour", "cis_materials"} | {"cis"}
_SALE_KEYS: Final = frozenset(f.name for f in fields(Side)) - {"tax_codes", "cis_labour", "cis_materials"}
_SETTING_TABLES: Final = {group.table: frozenset(s.key for s in SCHEMA if s.table == group.table) for group in GROUPS}

_TABLES: Final = frozenset({*_SETTING_TABLES, "mapping", "ui"})


class NotPlain(ValueError):  # noqa: N818 - reads as what is wrong
    """The tables are not what settings.toml may hold."""


def whole_of(tables: Tables[str, Any]) -> tuple[Settings, Mapping, Ui]:
    """All tables of the file. Raises NotPlain."""
    _only(tables, _TABLES)
    return settings_of(tables), mapping_of(tables), ui_of(tables)


def settings_of(tables: Tables[str, Any]) -> Settings:
    """The switches and lists. Raises NotPlain."""
    values: dict[str, Any] = {}
    for group, keys in _SETTING_TABLES.items():
        _only(_table(tables, group), keys)
    for setting in SCHEMA:
        table = _table(tables, setting.table)
        if setting.key not in table:
            continue
        value = table[setting.key]
        if setting.control is Control.SWITCH:
            values[setting.key] = _switch(value)
        elif setting.control is Control.CHOICE:
            values[setting.key] = SyncStatus(_one_of(value, setting.choices))
        else:
            values[setting.key] = frozenset(_texts(value))
    return Settings(**values)


def mapping_of(tables: Tables[str, Any]) -> Mapping:
    """The `[mapping]` tables. Raises NotPlain."""
    table = _table(tables, "mapping")
    _only(table, frozenset(f.name for f in fields(Mapping)))
    return Mapping(
        project_tracking_category=_text(table, "project_tracking_category", "Project"),
        second_tracking_category=_text(table, "second_tracking_category"),
        second_tracking_source=_one_of(table.get("second_tracking_source", "cost_code"), SECOND_SOURCES),
        approved_as_noted=_switch(table.get("approved_as_noted", True)),
        direct_cost_types=tuple(
            _one_of(word, DIRECT_COST_TYPES) for word in _texts(table.get("direct_cost_types", [*DIRECT_COST_TYPES]))
        ),
        contacts=_rows(table, "contacts"),
        bill=_side(_table(table, "bill"), _BILL_KEYS),
        sale=_side(_table(table, "sale"), _SALE_KEYS),
    )


def ui_of(tables: Tables[str, Any]) -> Ui:
    """The `[ui]` table. Raises NotPlain."""
    table = _table(tables, "ui")
    _only(table, frozenset(f.name for f in fields(Ui)))
    return Ui(
        theme=_text(table, "theme"),
        glyphs=_one_of(table.get("glyphs", "auto"), GLYPHS),
        wire=_one_of(table.get("wire", "auto"), WIRE),
        keys=_rows(table, "keys"),
    )


def _side(table: Tables[str, Any], keys: frozenset[str]) -> Side:
    _only(table, keys)
    projects = _table(table, "projects")
    cis = _table(table, "cis")
    _only(cis, frozenset({"labour", "materials"}))
    return Side(
        default_account=_text(table, "default_account"),
        retention_retained=_text(table, "retention_retained"),
        retention_released=_text(table, "retention_released"),
        terms=_terms(table),
        number_prefix=_text(table, "number_prefix"),
        cost_codes=_rows(table, "cost_codes"),
        projects=MappingProxyType({project: rows for project in projects if (rows := _rows(projects, project))}),
        tax_codes=_rows(table, "tax_codes"),
        cis_labour=_cis(cis, "labour"),
        cis_materials=_cis(cis, "materials"),
    )


def _terms(table: Tables[str, Any]) -> Terms | None:
    if "terms" not in table:
        return None
    terms = _table(table, "terms")
    _only(terms, frozenset({"day", "type"}))
    day = terms.get("day")
    if type(day) is not int:
        raise NotPlain
    return Terms(day, TermsType(_one_of(terms.get("type"), tuple(TermsType))))


def _cis(table: Tables[str, Any], key: str) -> CisRow | None:
    if key not in table:
        return None
    row = _table(table, key)
    _only(row, frozenset({"cost_type", "account"}))
    if len(row) != 2:
        raise NotPlain
    return CisRow(_text(row, "cost_type"), _text(row, "account"))


def _table(tables: Tables[str, Any], key: str) -> Tables[str, Any]:
    table = tables.get(key, {})
    if not isinstance(table, Tables):
        raise NotPlain
    return table


def _only(table: Tables[str, Any], keys: frozenset[str]) -> None:
    if not table.keys() <= keys:
        raise NotPlain


def _rows(table: Tables[str, Any], key: str) -> MappingProxyType[str, str]:
    rows = _table(table, key)
    if not all(isinstance(value, str) for value in rows.values()):
        raise NotPlain
    return MappingProxyType(dict(rows))


def _text(table: Tables[str, Any], key: str, default: str = "") -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise NotPlain
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotPlain
    return value


def _one_of(value: Any, words: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in words:
        raise NotPlain
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
        raise NotPlain
    return value


def settings_tables(settings: Settings) -> dict[str, Any]:
    """The switches and lists as tables, every one, in the order of the screen."""
    return {
        group.table: {s.key: plain(getattr(settings, s.key)) for s in SCHEMA if s.table == group.table}
        for group in GROUPS
    }


def mapping_tables(mapping: Mapping) -> dict[str, Any]:
    """The mapping as its table; rows and accounts that are not configured are left out."""
    return {
        "project_tracking_category": mapping.project_tracking_category,
        "second_tracking_category": mapping.second_tracking_category,
        "second_tracking_source": mapping.second_tracking_source,
        "approved_as_noted": mapping.approved_as_noted,
        "direct_cost_types": list(mapping.direct_cost_types),
        "contacts": dict(mapping.contacts),
        "bill": _side_table(mapping.bill),
        "sale": _side_table(mapping.sale),
    }


def _side_table(side: Side) -> dict[str, Any]:
    cis = {"labour": side.cis_labour, "materials": side.cis_materials}
    table: dict[str, Any] = {
        "default_account": side.default_account,
        "retention_retained": side.retention_retained,
        "retention_released": side.retention_released,
        "terms": {"day": side.terms.day, "type": str(side.terms.type)} if side.terms else None,
        "number_prefix": side.number_prefix,
        "cost_codes": dict(side.cost_codes),
        "projects": {project: dict(rows) for project, rows in side.projects.items()},
        "tax_codes": dict(side.tax_codes),
        "cis": {name: {"cost_type": row.cost_type, "account": row.account} for name, row in cis.items() if row},
    }
    return {key: value for key, value in table.items() if value}
