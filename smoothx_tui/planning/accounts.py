"""Which account a line goes to: CIS, then the project's rows, then the company's, then the side's default."""

from functools import partial

from smoothx_tui.base.text import clean
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.lines import line_name
from smoothx_tui.planning.why import Why
from smoothx_tui.procore.items import CostType, ItemLine, Project
from smoothx_tui.settings.mapping import Side


def line_account(draft: Draft) -> None:
    """The most specific mapping row wins; no row and no default: blocked."""
    bill, project = draft.bill, draft.item.project.id
    for line in draft.lines:
        if not line.amount:
            continue
        code, kind = line.source.cost_code, line.source.cost_type
        # The rule's name, and all that its answer depends on.
        place = (
            "line_account",
            bill,
            project,
            code.full_code if code else "",
            kind.id if kind else "",
            kind.code if kind else "",
        )
        found = draft.known.get(place) or draft.once(place, partial(_found, draft, line.source))
        if found[0]:
            line.account, why = found
            line.why.append(why)


def _found(draft: Draft, line: ItemLine) -> tuple[str, Why]:
    account, row = account_of(line, draft.item.project, draft.side, draft.side_name, bill=draft.bill)
    if account:
        check_account(draft, account, row)
    else:
        _no_account(draft, line)
    return account, ("AccountCode", row)


def account_of(line: ItemLine, project: Project, side: Side, side_name: str, *, bill: bool) -> tuple[str, str]:
    """(account code, the mapping row it comes from), ("", "") where there is none."""
    kind = line.cost_type
    if bill and kind and kind.id and (cis := _cis(kind, side)):
        return cis
    if line.cost_code is not None and line.cost_code.full_code:
        code = line.cost_code.full_code
        typed = f"{code}.{kind.code}" if kind and kind.code else code
        rows = side.projects.get(project.id)
        if rows:
            for key in (typed, code):
                if key in rows:
                    return rows[key], f'{side_name}.projects."{clean(project.id)}"."{clean(key)}"'
        for key in (typed, code):
            if key in side.cost_codes:
                return side.cost_codes[key], f'{side_name}.cost_codes."{clean(key)}"'
    if side.default_account:
        return side.default_account, f"{side_name}.default_account"
    return "", ""


def _cis(kind: CostType, side: Side) -> tuple[str, str] | None:
    for name, row in (("labour", side.cis_labour), ("materials", side.cis_materials)):
        if row is not None and row.cost_type == kind.id:
            return row.account, f"mapping.bill.cis.{name}"
    return None


def _no_account(draft: Draft, line: ItemLine) -> None:
    code = clean(line.cost_code.full_code) if line.cost_code else ""
    if code:
        text, row = f"cost code {code} has no account", f'{draft.side_name}.cost_codes."{code}"'
    else:
        text, row = f"{line_name(line)} has no cost code, and there is no default account", ""
    default = f"{draft.side_name}.default_account"
    draft.block("no_account", text, f"map {row} or set {default}" if row else f"set {default}", row or default)


def check_account(draft: Draft, code: str, row: str) -> None:
    """Unknown, archived, system and bank accounts take no lines."""
    account = draft.books.organisation.accounts.get(code)
    shown = clean(code)
    if account is not None and account.active and not account.system_account and account.type != "BANK":
        return
    if account is None:
        draft.block("account_unknown", f"Xero has no account {shown}", f"correct {row}, or add {shown} in Xero", row)
    elif not account.active:
        draft.block("account_archived", f"account {shown} is archived", f"restore it in Xero, or change {row}", row)
    elif account.system_account:
        draft.block(
            "account_system",
            f"account {shown} is Xero's own ({clean(account.system_account)}) and takes no lines",
            f"choose another account in {row}",
            row,
        )
    else:
        draft.block("account_bank", f"account {shown} is a bank account", f"choose another account in {row}", row)
