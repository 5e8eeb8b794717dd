"""Numbers for item keys, apart from what is kept under them: the table on the screen has them too."""

from typing import Final


class Places:
    """A number for every item key, so that what is known of items can be kept in arrays. None is ever used again."""

    def __init__(self) -> None:
        self.at: Final[dict[str, int]] = {}
        self.keys: Final[list[str]] = []

    def of(self, key: str) -> int:
        """The key's number, a new one where it has none."""
        found = self.at.get(key)
        if found is None:
            found = self.at[key] = len(self.keys)
            self.keys.append(key)
        return found
