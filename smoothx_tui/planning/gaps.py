"""What is unmapped or missing, and how many items and how much money wait for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from smoothx_tui.base.money import ZERO
from smoothx_tui.planning.plan import Finding, Level, Plan

_MAPPING_CODES: Final = frozenset(
    {
        "account_archived",
        "account_bank",
        "account_system",
        "account_unknown",
        "category_archived",
        "category_full",
        "category_missing",
        "category_twice",
        "contact_ambiguous",
        "contact_archived",
        "contact_name",
        "contact_number",
        "contact_unknown",
        "no_account",
        "no_company",
        "no_retention_account",
        "no_terms",
        "option_archived",
        "tax_account",
        "tax_archived",
        "tax_not_mapped",
        "tax_side",
        "tax_unknown",
    }
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing to map or to mend, with the items that wait for it.

    `blocks`: nothing of these items can be sent until then; else they can, and the gap is worth a look. `money`:
    Procore's amounts of those items by currency, without tax, net of retention.
    """

    code: str
    text: str
    fix: str
    blocks: bool
    items: tuple[str, ...]
    money: tuple[tuple[str, Decimal], ...]


def gaps(plans: Iterable[Plan]) -> tuple[Gap, ...]:
    """The mapping's gaps over these plans: blocking ones first, then by the number of items that wait."""
    waiting: dict[Finding, list[Plan]] = {}
    for plan in plans:
        for finding in plan.findings:
            if finding.code in _MAPPING_CODES:
                waiting.setdefault(finding, []).append(plan)
    found = [_gap(finding, those) for finding, those in waiting.items()]
    return tuple(sorted(found, key=lambda gap: (not gap.blocks, -len(gap.items), gap.code, gap.text)))


def _gap(finding: Finding, plans: list[Plan]) -> Gap:
    money: dict[str, Decimal] = {}
    for plan in plans:
        if plan.totals is not None:
            money[plan.totals.currency] = money.get(plan.totals.currency, ZERO) + plan.totals.procore
    items = tuple(plan.item for plan in plans)
    blocks = finding.level is Level.BLOCKER
    return Gap(finding.code, finding.text, finding.fix, blocks, items, tuple(sorted(money.items())))
