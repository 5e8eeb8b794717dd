"""A settings file of a person: with comments, an order and a layout of its own."""

from pathlib import Path

import pytest

PERSONS = """\
# Harbourline, agreed with the bookkeeper on 2 July
[procore_to_xero]
sync_as_draft = false   # approved by hand
# the status
sync_status = "awaiting_payment"

# ---- currencies
[advanced]
ignore_contacts = [
  "12",  # the canteen
  "15",  # ourselves
]
ignore_tax_codes = ["3", "4"]

[mapping.bill]
default_account = "310"
"""


@pytest.fixture
def persons(tmp_path: Path) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text(PERSONS)
    return file
