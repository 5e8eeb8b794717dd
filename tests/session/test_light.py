"""The session's own modules are light: the console imports them before its first frame."""

import json
import subprocess
import sys

HEAVY = ("httpx", "pydantic", "pydantic_settings", "sqlalchemy", "alembic", "authlib", "keyring", "psycopg", "anyio")


def test_nothing_heavy_comes_with_the_session() -> None:
    code = (
        "import json, sys, smoothx_tui.session.session, smoothx_tui.session.table, smoothx_tui.session.rows, "
        "smoothx_tui.session.filters, smoothx_tui.session.place\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
