"""A sandbox in a process of its own, and what its keeper asks it."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def served(*arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Iterator[str]:
    """Run `smoothx-tui sandbox serve` with these arguments; its address."""
    argv = [sys.executable, "-m", "smoothx_tui", "sandbox", "serve", *arguments]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, env=env, cwd=cwd) as child:
        try:
            assert child.stderr is not None
            line = child.stderr.readline()
            assert line.startswith("sandbox on http://127.0.0.1:"), line
            yield line.split()[2]
        finally:
            child.send_signal(signal.SIGINT)
            child.communicate()


def asked(address: str, path: str, body: Any = None, method: str | None = None) -> Any:
    """Ask a served sandbox; with a body it is told something."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


def alive(address: str) -> list[dict[str, Any]]:
    """Xero's documents that are alive and name an item."""
    found = asked(address, "/admin/state")["xero"]["Invoices"]
    return [one for one in found if one.get("Url") and one["Status"] not in {"DELETED", "VOIDED"}]
