"""Writing a file that the command line names: whole or not at all; `-` is standard output."""

import os
import tempfile
from pathlib import Path

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.output import Output


def write_text(output: Output, path: Path, text: str, *, private: bool = False) -> None:
    """Write `text` in UTF-8; `private` files are the owner's alone. Raises ConfigurationError."""
    if str(path) == "-":
        output.data(text.removesuffix("\n").removesuffix("\r"))
        return
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                if not private:
                    umask = os.umask(0)
                    os.umask(umask)
                    os.fchmod(handle, 0o666 & ~umask)
                file.write(text)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        said = f"{clean(str(path))}: cannot be written: {error.strerror}"
        raise ConfigurationError(said, "nothing was written; try another place") from None
