"""The actions of a plan, apart from the plan: the console shows rows before it loads what plans are made with."""

from enum import StrEnum


class Action(StrEnum):
    """What would happen to the item."""

    NOT_READY = "not_ready"
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    HELD = "held"
    RECREATE = "recreate"
    DELETE = "delete"
    VOID = "void"
    ORPHANED = "orphaned"
    SKIPPED = "skipped"
    BLOCKED = "blocked"
    LOCKED_ELSEWHERE = "locked_elsewhere"


SENDABLE = frozenset({Action.CREATE, Action.UPDATE, Action.RECREATE, Action.DELETE, Action.VOID})
