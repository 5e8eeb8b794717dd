import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)

from tests.syncing.table import Table  # noqa: E402


@pytest.fixture
def table() -> Iterator[Table]:
    made = Table()
    yield made
    made.close()
