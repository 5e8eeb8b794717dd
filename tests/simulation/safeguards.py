"""The test of the test: each safeguard of the protocol, and a seed near which its absence is found."""

from typing import Final

SAFEGUARDS: Final[dict[str, tuple[str, int]]] = {
    "same_key": ("a retry repeats bytes and key", 2),
    "unknown": ("an unclear answer is unknown, not refused", 13),
    "look_up": ("the marker is looked up in Xero before the first send", 32),
    "origin": ("Procore's origin_id is asked before the first send", 373),
    "key_window": ("no repeat under a key older than 240 s", 1),
    "late_wait": ("nothing found counts only 480 s after the last bytes can have left", 165),
    "second_look": ("a second look 60 s later", 1899),
    "bill_hold": ("a bill that is not found is held for a person", 74),
    "lease_check": ("20 s of lease left when the bytes leave", 111),
    "fresh_check": ("both sides were read at most 30 s before the intent", 2100),
    "version": ("Procore's version is the one that was planned", 1),
    "drift": ("Xero's document is the one that was planned", 37),
    "lock_dates": ("Xero's lock date is the one that was planned with", 2),
    "read_back": ("what Xero holds is compared with what was sent", 31),
    "lock_version": ("Procore's version is compared again before the lock", 25),
    "lock_mark": ("and what the item says, before and after the lock", 506),
    "flush": ("the intent is on the disk before the call", 6),
    "fence": ("a result is recorded only under the fence it was begun with", 106),
}
