"""The command line: an optional extra, which nothing in the library imports."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

__all__ = ["main"]


def main() -> None:
    """Run ``model-blender`` with the arguments of this process."""
    _make_printable()
    lacking = [name for name in ("typer", "rich") if find_spec(name) is None]
    if lacking:
        sys.stderr.write(
            f"Error: the command line needs {' and '.join(lacking)}: "
            'pip install "blender-core[cli]"\n'
        )
        raise SystemExit(2)
    try:
        from blender_core.cli.app import app

        app()
    except KeyboardInterrupt:  # before the command has begun, while typer is imported
        sys.stderr.write("Interrupted.\n")
        raise SystemExit(130) from None
    except OSError as error:  # what the command line prints itself, such as help
        from blender_core.cli.errors import drop_output

        drop_output()
        with suppress(OSError):
            sys.stderr.write(f"Error: standard output: {error.strerror}\n")
            sys.stderr.flush()
        raise SystemExit(2) from None


def _make_printable() -> None:
    """See to it that what is printed goes somewhere, and that none of it is an error."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # whoever started the program closed it
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # for good
            setattr(sys, name, nowhere)
        elif isinstance(stream, io.TextIOWrapper):
            if name == "stdout" and isinstance(stream.buffer, io.RawIOBase):
                # With PYTHONUNBUFFERED, nobody looks at how much of a text was taken.
                raw = io.FileIO(stream.fileno(), "wb", closefd=False)
                stream = io.TextIOWrapper(
                    io.BufferedWriter(raw), encoding=stream.encoding, line_buffering=True
                )
                setattr(sys, name, stream)
            # A terminal that has no character for one of a header shows its number.
            stream.reconfigure(errors="backslashreplace")
