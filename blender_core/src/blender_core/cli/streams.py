"""Standard output and error as the command line has them: nothing on them is obeyed by a terminal.

What is printed has texts of others in it: file names, headers, associations, what plugins say. So
both streams show what is invisible instead of passing it on, whoever writes: commands, typer, the
handlers of loggers, warnings, tracebacks. Only `blender_core.cli.console.Output` writes beneath
them, because it has colours of its own, and does the same with all texts that it is given.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from blender_core.common.wording import visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STREAMS = ("stdout", "stderr")


class _VisibleStream:
    """A stream of text that shows what is invisible; all but writing is left to the one beneath."""

    # It takes any text. Where it says so, typer does not go round it (typer 0.29).
    encoding, errors = "utf-8", "strict"

    def __init__(self, beneath: TextIO) -> None:
        self.beneath = beneath

    def __getattr__(self, name: str) -> Any:
        return getattr(self.beneath, name)

    def write(self, text: str) -> int:
        self.beneath.write(visible_lines(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def isatty(self) -> bool:
        """Deny being a terminal: who knows of one would colour texts, and the colours be shown."""
        return False


def beneath(stream: TextIO) -> TextIO:
    """Return the stream that is written to in the end, which may be a terminal."""
    return stream.beneath if isinstance(stream, _VisibleStream) else stream


def make_visible() -> None:
    """Have both streams show what is invisible, for as long as the process runs.

    What is printed also goes somewhere in any case, and none of it is an error.
    """
    for name in _STREAMS:
        stream = getattr(sys, name)
        if stream is None:  # whoever started the program closed it
            stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # for good
        elif isinstance(stream, io.TextIOWrapper):
            if name == "stdout" and isinstance(stream.buffer, io.RawIOBase):
                # With PYTHONUNBUFFERED, nobody looks at how much of a text was taken.
                raw = io.FileIO(stream.fileno(), "wb", closefd=False)
                stream = io.TextIOWrapper(
                    io.BufferedWriter(raw), encoding=stream.encoding, line_buffering=True
                )
            # A terminal that has no character for one of a header shows its number.
            stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, _visible(stream))


@contextmanager
def visible_streams() -> Iterator[None]:
    """Have both streams show what is invisible, unless they do already."""
    before = {name: getattr(sys, name) for name in _STREAMS}
    ours = {name: _visible(stream) for name, stream in before.items()}
    for name, stream in ours.items():
        setattr(sys, name, stream)
    try:
        yield
    finally:
        for name, stream in ours.items():
            if getattr(sys, name) is stream:
                setattr(sys, name, before[name])


def _visible(stream: TextIO) -> TextIO:
    if isinstance(stream, _VisibleStream):
        return stream
    return cast("TextIO", _VisibleStream(stream))
