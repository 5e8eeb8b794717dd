"""What a mapping may not say, though its types are right. Pure and light."""

import re
from collections.abc import Iterator
from typing import Final

from smoothx_tui.settings.lines import Path
from smoothx_tui.settings.mapping import Mapping, Side, TermsType
from smoothx_tui.settings.ui import Ui

_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONGEST_ACCOUNT: Final = 10
"""Characters of an account code in Xero."""
_OF_A_MONTH: Final = frozenset({TermsType.OF_CURRENT_MONTH, TermsType.OF_FOLLOWING_MONTH})
_LONGEST_DAYS: Final = 999

Found = tuple[Path, str]


def mapping_problems(mapping: Mapping) -> Iterator[Found]:
    """(path, what is wrong) of everything Xero or planning could not use."""
    if not mapping.project_tracking_category.strip():
        yield ("mapping", "project_tracking_category"), "names no tracking category"
    if mapping.second_tracking_category == mapping.project_tracking_category:
        yield ("mapping", "second_tracking_category"), "names the project's own category; one line cannot carry both"
    for company, contact in mapping.contacts.items():
        if not _GUID.fullmatch(contact):
            yield ("mapping", "contacts", company), "expected a Xero ContactID (8-4-4-4-12 hexadecimal digits)"
    yield from _side_problems("bill", mapping.bill)
    yield from _side_problems("sale", mapping.sale)


def _side_problems(name: str, side: Side) -> Iterator[Found]:
    above = ("mapping", name)
    for path, account in _accounts(above, side):
        yield from _account_problems(path, account)
    for tax_code, tax_type in side.tax_codes.items():
        if not tax_type.strip():
            yield (*above, "tax_codes", tax_code), "names no Xero tax type; remove the row if none is meant"
    for key, row in (("labour", side.cis_labour), ("materials", side.cis_materials)):
        if row is not None and not row.cost_type.strip():
            yield (*above, "cis", key, "cost_type"), "names no cost type"
    if side.terms is not None:
        least, most = (1, 31) if side.terms.type in _OF_A_MONTH else (0, _LONGEST_DAYS)
        if not least <= side.terms.day <= most:
            yield (*above, "terms", "day"), f"expected {least} to {most} with {side.terms.type}, not {side.terms.day}"


def _accounts(above: Path, side: Side) -> Iterator[tuple[Path, str]]:
    """Every account code of a side with its path; an account that may be left out is listed where it is there."""
    for key in ("default_account", "retention_retained", "retention_released"):
        if account := getattr(side, key):
            yield (*above, key), account
    for code, account in side.cost_codes.items():
        yield (*above, "cost_codes", code), account
    for project, rows in side.projects.items():
        for code, account in rows.items():
            yield (*above, "projects", project, code), account
    for key, row in (("labour", side.cis_labour), ("materials", side.cis_materials)):
        if row is not None:
            yield (*above, "cis", key, "account"), row.account


def _account_problems(path: Path, account: str) -> Iterator[Found]:
    if not account.strip():
        yield path, "names no account; remove the row if none is meant"
    elif len(account) > _LONGEST_ACCOUNT or account != account.strip():
        yield path, f"expected a Xero account code of at most {_LONGEST_ACCOUNT} characters"


def ui_problems(ui: Ui) -> Iterator[Found]:
    """(path, what is wrong) of the console's own table, as far as it can be said without the console."""
    for binding, keys in ui.keys.items():
        if not keys.strip():
            yield ("ui", "keys", binding), "names no key"
