"""The settings as pydantic-settings sees them: every mistake with its place, and the JSON Schema.

Imported only when it is needed (a file that the light reader of `tables.py` does not take, `settings validate`,
`settings schema`): pydantic costs more than the rest of a start.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, StringConstraints, create_model
from pydantic import ValidationError as PydanticError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from smoothx_tui.settings.layers import Layer, Tables
from smoothx_tui.settings.lines import Path
from smoothx_tui.settings.mapping import TermsType
from smoothx_tui.settings.problems import nearest
from smoothx_tui.settings.schema import GROUPS, SCHEMA, Control, Setting
from smoothx_tui.settings.values import plain

_NonEmpty = Annotated[StrictStr, StringConstraints(min_length=1)]
_Rows = dict[StrictStr, StrictStr]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Terms(_Table):
    day: StrictInt
    type: Literal[tuple(str(kind) for kind in TermsType)]  # type: ignore[valid-type] # the words come from the enum


class _CisRow(_Table):
    cost_type: StrictStr
    account: StrictStr


class _Cis(_Table):
    labour: _CisRow = Field(default=None)  # type: ignore[assignment] # absent, and never null
    materials: _CisRow = Field(default=None)  # type: ignore[assignment] # as above


class _Side(_Table):
    default_account: StrictStr = ""
    retention_retained: StrictStr = ""
    retention_released: StrictStr = ""
    terms: _Terms = Field(default=None)  # type: ignore[assignment] # as above
    cost_codes: _Rows = Field(
        default={}, description='Full cost code, or full cost code "." cost type code = account code'
    )
    projects: dict[StrictStr, _Rows] = Field(default={}, description="Procore project id = rows of the same form")


class _Bill(_Side):
    tax_codes: _Rows = Field(default={}, description="Procore tax code id = Xero TaxType")
    cis: _Cis = _Cis()


class _Sale(_Side):
    number_prefix: StrictStr = ""


class _Mapping(_Table):
    project_tracking_category: StrictStr = "Project"
    second_tracking_category: StrictStr = ""
    second_tracking_source: Literal["cost_code", "cost_type"] = "cost_code"
    approved_as_noted: StrictBool = True
    direct_cost_types: list[Literal["invoice", "expense"]] = ["invoice", "expense"]
    contacts: _Rows = Field(default={}, description="Procore company id = Xero ContactID")
    bill: _Bill = _Bill()
    sale: _Sale = _Sale()


class _Ui(_Table):
    theme: StrictStr = ""
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    wire: Literal["auto", "plain"] = "auto"
    keys: _Rows = Field(default={}, description="Id of a key binding = the keys that replace its own")


def _field(setting: Setting) -> Any:
    kinds: dict[Control, Any] = {
        Control.SWITCH: StrictBool,
        Control.CHOICE: Literal[tuple(str(choice) for choice in setting.choices)] if setting.choices else None,
        Control.MANY: list[_NonEmpty],
    }
    about = f"{setting.said} {setting.reading}".strip()
    return (kinds[setting.control], Field(plain(setting.default), title=setting.label, description=about))


def _group(table: str) -> Any:
    rows: dict[str, Any] = {setting.key: _field(setting) for setting in SCHEMA if setting.table == table}
    return create_model(f"_{table}", __base__=_Table, **rows)


_GROUPS: dict[str, Any] = {group.table: _group(group.table) for group in GROUPS}


class _File(BaseSettings):
    """The settings file of smoothx-tui."""

    model_config = SettingsConfigDict(extra="forbid", title="settings.toml")
    mapping: _Mapping = _Mapping()
    ui: _Ui = _Ui()


def _with_groups(base: type[_File]) -> type[_File]:
    tables: dict[str, Any] = {name: (model, model()) for name, model in _GROUPS.items()}
    return create_model("WholeFile", __base__=base, **tables)


def _model(layers: Sequence[Layer]) -> type[_File]:
    """The whole file as one settings class whose sources are the layers, the last of them the strongest."""

    class Layered(_File):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: PydanticBaseSettingsSource, **__: PydanticBaseSettingsSource
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return tuple(InitSettingsSource(settings_cls, dict(layer.tables)) for layer in reversed(layers))

    return _with_groups(Layered)


def validated(layers: Sequence[Layer]) -> Tables:
    """The layers' tables merged and checked, without what nobody has set. Raises pydantic's ValidationError."""
    return _model(layers)().model_dump(exclude_unset=True)


def problems_of(layers: Sequence[Layer]) -> list[tuple[Path, str]]:
    """(path, what is wrong) of every mistake; empty where there is none."""
    try:
        validated(layers)
    except PydanticError as errors:
        found = [(_path(error["loc"]), _entry(error["loc"]) + _said(error)) for error in errors.errors()]
        return list(dict.fromkeys(found))
    return []


def json_schema() -> dict[str, Any]:
    """The file's JSON Schema, for editors that check TOML by one."""
    schema = _model([]).model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "settings.toml"}


def _path(loc: tuple[int | str, ...]) -> Path:
    """The keys; the place in a list is said by `_entry`."""
    return tuple(part for part in loc if isinstance(part, str) and part != "[key]")


def _entry(loc: tuple[int | str, ...]) -> str:
    return f"entry {loc[-1] + 1}: " if isinstance(loc[-1], int) else ""


def _said(error: Any) -> str:
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        return f"unknown {'table' if isinstance(value, dict) else 'key'}{nearest(*_siblings(error['loc']))}"
    if kind == "missing":
        return "is missing"
    if kind == "string_too_short":
        return "is empty"
    if kind == "string_type" and isinstance(value, int):
        return f'expected text: write "{value}"'
    wanted = {
        "bool_type": "true or false",
        "string_type": 'text, such as "310"',
        "int_type": "a whole number",
        "list_type": 'a list of texts, such as ["18", "19"]',
        "dict_type": "a table",
        "model_type": "a table",
        "model_attributes_type": "a table",
    }.get(kind)
    if kind == "literal_error":
        wanted = f"one of {error['ctx']['expected'].replace(chr(39), chr(34)).replace(' or ', ', ')}"
        if value == "payroll":
            return f"{wanted and 'expected ' + wanted}; payroll is never synced here"
    return f"expected {wanted}, not {_shown(value)}" if wanted else str(error["msg"])


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value[:60]}"'
    return {dict: "a table", list: "a list", type(None): "null"}.get(type(value), str(value)[:60])


def _siblings(loc: tuple[int | str, ...]) -> tuple[str, tuple[str, ...]]:
    """The unknown key and the keys that could have stood in its place."""
    model: Any = _with_groups(_File)
    for part in loc[:-1]:
        model = model.model_fields[part].annotation
    return str(loc[-1]), tuple(model.model_fields)
