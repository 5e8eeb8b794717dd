"""What a network, and two services, may do to one call."""

import random
from dataclasses import dataclass


@dataclass
class Faults:
    """Chances of each fault for one call; all 0 is a quiet network."""

    not_sent: float = 0.0
    lost_before: float = 0.0
    lost_after: float = 0.0
    late_arrival: float = 0.0
    late_commit: float = 0.0
    very_late: float = 0.0
    stored_500: float = 0.0
    stored_500_after: float = 0.0
    limited: float = 0.0
    refused_whole: float = 0.0
    dropped_field: float = 0.0
    read_fails: float = 0.0
    lock_lost: float = 0.0
    lock_ignored: float = 0.0
    slow: float = 0.0

    @classmethod
    def chosen(cls, rng: random.Random) -> "Faults":
        """A mix: most runs have a few kinds, some have many, and some have one of them often."""
        chance = rng.choice([0.0, 0.05, 0.15, 0.3])
        made = cls(**{name: rng.random() * chance for name in cls.__dataclass_fields__ if rng.random() < 0.6})
        if rng.random() < 0.5:
            setattr(made, rng.choice(sorted(cls.__dataclass_fields__)), 0.5)
        return made
