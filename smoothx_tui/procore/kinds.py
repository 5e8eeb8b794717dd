"""The kinds of items, apart from the items: the console shows rows before it loads what they are made from."""

from enum import StrEnum


class Kind(StrEnum):
    """The three item kinds. The value is the word in JSON; `prefix` begins an item's key."""

    PROGRESS_CLAIM = "progress_claim"
    DIRECT_COST = "direct_cost"
    HEAD_CONTRACT_CLAIM = "head_contract_claim"

    @property
    def prefix(self) -> str:
        return _PREFIX[self]

    @property
    def bill(self) -> bool:
        """Whether Xero gets a bill of it; else it is a sales invoice."""
        return self is not Kind.HEAD_CONTRACT_CLAIM


_PREFIX = {Kind.PROGRESS_CLAIM: "claim", Kind.DIRECT_COST: "direct", Kind.HEAD_CONTRACT_CLAIM: "head"}
