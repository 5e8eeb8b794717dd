"""The whole job through the real client stack, against a served sandbox as a foreign host with a private authority."""

import json
from pathlib import Path
from typing import Any


def test_client_credentials_plan_sync(command: Any, connected: Any, here: Path) -> None:
    code, out, err = command("plan", "--item", "HC-0045", "--json")
    assert code == 0, err
    document = json.loads(out)
    assert document["profile"] == "far"
    assert document["organisation"]["environment"] == "OTHER HOST"
