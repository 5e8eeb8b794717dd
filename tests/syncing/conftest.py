from collections.abc import Iterator

import pytest

from tests.syncing.table import Table


@pytest.fixture
def table() -> Iterator[Table]:
    """Three items."""
    made = Table()
    yield made
    made.close()


@pytest.fixture
def one() -> Iterator[Table]:
    """One item."""
    made = Table(items=1)
    yield made
    made.close()
