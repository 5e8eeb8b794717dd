"""The file that keeps a sandbox's state over a restart: a scenario with one member more, `sandbox`."""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.jsontext import dumps
from smoothx_tui.base.text import clean
from smoothx_tui.sandbox.scenario import Scenario, load_scenario

_OWN = "sandbox"


@dataclass(slots=True)
class Kept:
    """What the file held: a scenario, and what belongs to the sandbox itself (tokens, idempotency keys, its name)."""

    scenario: Scenario
    own: dict[str, Any] = field(default_factory=dict)


class StateFile:
    """Reads and replaces the file whole; a reader never sees half of it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Kept | None:
        """None where there is no file yet. Raises ConfigurationError for one that is no state."""
        if not self.path.exists():
            return None
        scenario = load_scenario(self.path)
        own = scenario.other.pop(_OWN, {})
        return Kept(scenario, own if isinstance(own, dict) else {})

    def write(self, scenario: Scenario, own: dict[str, Any]) -> None:
        """Replace the file. Raises ConfigurationError where it cannot be written."""
        data = {**scenario.to_data(), _OWN: own}
        try:
            self._replace(dumps(data).encode("utf-8", "surrogatepass"))
        except OSError as error:
            shown = clean(str(self.path))
            raise ConfigurationError(f"{shown}: {error.strerror or 'cannot be written'}", "name another file") from None

    def _replace(self, content: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
