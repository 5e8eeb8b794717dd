"""Is an installed smoothx-tui whole? `python .ci/installed.py PROGRAM`, in an environment that has the test extra.

In an empty home and far from the checkout: `doctor` finds nothing wrong, the themes and the default settings are
inside, and at a pseudo-terminal the console opens on the sandbox, shows its items, and leaves with 0.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.terminal.session import Session  # noqa: E402 - found by the line above


def main(program: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="installed-") as folder:
        home = Path(folder)
        environ = {"HOME": folder, "PATH": os.environ["PATH"]}
        environ |= {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "CACHE")}

        def said(*arguments: str) -> str:
            return subprocess.run(arguments, env=environ, cwd=home, capture_output=True, text=True, check=True).stdout

        where = "import smoothx_tui; print(smoothx_tui.__file__)"
        package = Path(said(str(program.with_name("python")), "-c", where).strip()).parent
        assert ROOT not in package.parents, f"{package} is the checkout"
        assert (package / "bundled" / "settings.toml").read_bytes() == (ROOT / "settings.toml").read_bytes()
        themes = {file.stem for file in (ROOT / "themes").glob("*.toml")}
        listed = {line.split()[0] for line in said(str(program), "themes", "list").splitlines()}
        assert themes <= listed, f"themes {themes - listed} are missing"
        print(said(str(program), "--version") + said(str(program), "doctor"), end="")
        with Session([str(program)], env=environ, cwd=home) as session:
            session.wait_for(r"[1-9]\d* pending", timeout=60)
            session.settle(0.5)
            shown = session.text().splitlines()[0]
            session.send("q", "q")
            code = session.wait_exit()
        assert code == 0, f"the console ended with {code}"
        print(f"the console: {' '.join(shown.split())}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
