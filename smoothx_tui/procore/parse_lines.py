"""What the lines of the three kinds have in common: cost code, cost type, sub job and tax code of a line."""

from dataclasses import replace

from smoothx_tui.procore.fields import Fields
from smoothx_tui.procore.items import Certificate, CostCode, CostType, SubJob
from smoothx_tui.procore.parse_reference import parse_budget_code, parse_cost_code
from smoothx_tui.procore.reference import BudgetCode, KnownCostCode, ProjectBooks, Reference


def budget_code_of(line: Fields, books: ProjectBooks) -> BudgetCode | None:
    """The line's budget code: with its parts where the line has them, else from the project's list."""
    own = line.object("wbs_code")
    if own is None:
        return None
    listed = books.budget_codes.get(own.id("id"))
    if not isinstance(own.raw.get("segment_items"), list):
        return listed
    written = parse_budget_code(own.raw)
    # The full cost code is only written in the list; a claim's line has its parts.
    return replace(written, cost_code=listed.cost_code) if listed and not written.cost_code else written


def cost_code_of(line: Fields, books: ProjectBooks, budget_code: BudgetCode | None) -> KnownCostCode | None:
    """The line's cost code: written out on it, else by its id in the project's list, else its budget code's."""
    given = line.object("cost_code")
    code_id = given.id("id") if given else line.id("cost_code_id")
    known = books.cost_codes.get(code_id)
    if given and given.text("full_code"):
        written = parse_cost_code(given.raw)
        return KnownCostCode(written.code, written.sub_job or (known.sub_job if known else ""))
    if known:
        return known
    if budget_code and budget_code.cost_code:
        return KnownCostCode(CostCode(code_id, budget_code.cost_code, budget_code.cost_code_name))
    if code_id:
        why = books.unread.get("cost codes", "it is not in the project's list")
        line.problem("cost_code_id", f"cost code {code_id} is not known: {why}")
    return None


def cost_type_of(
    line: Fields, reference: Reference, books: ProjectBooks, budget_code: BudgetCode | None
) -> CostType | None:
    """The line's cost type: its own, else the segment item of type `line_item_type`, by its code."""
    own = line.object("line_item_type")
    if own and own.id("id"):
        known = reference.cost_types.get(own.id("id"))
        return CostType(own.id("id"), own.text("code") or (known.code if known else ""), own.text("name"))
    if budget_code is None:
        code = line.object("wbs_code")
        if code is not None:
            why = books.unread.get("budget codes", "it is not in the project's list")
            line.problem("wbs_code", f"budget code {code.id('id')} and so the cost type is not known: {why}")
        return None
    if budget_code.cost_type is None:
        return None
    return reference.cost_type_by_code(budget_code.cost_type.code) or budget_code.cost_type


def sub_job_of(
    line: Fields, books: ProjectBooks, budget_code: BudgetCode | None, cost_code: KnownCostCode | None
) -> SubJob | None:
    """The line's sub job: its budget code's sub job segment, else the one that its cost code bills."""
    if budget_code and budget_code.sub_job:
        return books.sub_job_by_code(budget_code.sub_job.code) or budget_code.sub_job
    if cost_code is None or not cost_code.sub_job:
        return None
    found = books.sub_jobs.get(cost_code.sub_job)
    if found is None:
        why = books.unread.get("sub jobs", "it is not in the project's list")
        line.problem("cost_code.biller_id", f"sub job {cost_code.sub_job} is not known: {why}")
    return found


def certificate_of(block: Fields | None) -> Certificate | None:
    """The header block of a claim (`summary`, `g702`)."""
    if block is None:
        return None
    return Certificate(
        original_contract_sum=block.maybe_amount("original_contract_sum"),
        net_change=block.maybe_amount("net_change_by_change_orders"),
        contract_sum_to_date=block.maybe_amount("contract_sum_to_date"),
        completed_and_stored=block.maybe_amount("total_completed_and_stored_to_date"),
        total_retention=block.maybe_amount("total_retainage"),
        earned_less_retention=block.maybe_amount("total_earned_less_retainage"),
        less_previous=block.maybe_amount("less_previous_certificates_for_payment"),
        payment_due=block.maybe_amount("current_payment_due"),
        balance_to_finish=block.maybe_amount("balance_to_finish_including_retainage"),
    )


def need_one_of(line: Fields, *names: str) -> None:
    """A line without any of these members is not read as a line of zero."""
    if not any(name in line.raw for name in names):
        line.problem(names[0], "is not in Procore's answer")
