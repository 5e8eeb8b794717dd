"""Which item of the default scenario shows what, for tests and demonstrations.

`CASES` names the item (`claim:…`, `direct:…`, `head:…`), `EXPECTED` the action that a plan gives it under the settings
the scenario comes with.
"""

from typing import Final

from smoothx_tui.sandbox.default_scenario import write

_desk, _ = write()

CASES: Final[dict[str, str]] = _desk.cases
EXPECTED: Final[dict[str, str]] = _desk.expected
