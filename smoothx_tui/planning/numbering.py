"""The number of an item: Procore's own, or one built where it has none."""

from smoothx_tui.procore.items import Item, Kind


def procore_number(item: Item) -> tuple[str, str]:
    """(the number without prefix, what it was built from; "" where it is Procore's own)."""
    if number := item.number.strip():
        return number, ""
    if item.kind is Kind.DIRECT_COST:
        return f"DC-{item.id}", "the direct cost's id"
    contract = item.contract
    contract_number = (contract.number.strip() or contract.id) if contract else ""
    claim = item.claim_number.strip() or item.id
    return (f"{contract_number}-{claim}" if contract_number else claim), "contract number and claim number"
