"""What libraries warn of while a command runs, said once and briefly."""

from __future__ import annotations

import re
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from blender_core.cli.errors import in_options
from blender_core.common.foreign import class_name, tried
from blender_core.common.wording import pluralize, visible
from blender_core.errors import BlendWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

# These are for the authors of the libraries, not for who uses them.
_FOR_DEVELOPERS: Final = (
    DeprecationWarning,
    PendingDeprecationWarning,
    FutureWarning,
    ImportWarning,
    ResourceWarning,
)
# Where a line begins a sentence, the one before has ended.
_SENTENCES: Final = re.compile("(?<![.:;,?!])\n(?=[A-Z])")
_LONGEST: Final = 160
_MOST_PRINTED: Final = 20


class Notes:
    """Warnings, each with all that it was about."""

    def __init__(self) -> None:
        self._about: dict[str, dict[str, None]] = {}

    @contextmanager
    def about(self, subject: str) -> Iterator[None]:
        """Take note of the warnings within, instead of printing them."""
        # When astropy is imported, it takes over warnings: not while they are being caught.
        import astropy  # noqa: F401

        with warnings.catch_warnings():
            warnings.simplefilter("always")
            for category in _FOR_DEVELOPERS:
                warnings.simplefilter("ignore", category)
            # Not a list of them all: each of thousands of inputs can have its own.
            warnings.showwarning = lambda text, category, *_: self._take(text, category, subject)
            yield

    def _take(self, message: Warning | str, category: type[Warning], subject: str) -> None:
        text = tried(str, message, fallback=f"a {class_name(category)} without words")
        if isinstance(message, BlendWarning):
            text = in_options(message.args[0])
            if not subject and message.name:
                subject, text = message.name, message.problem
        self._about.setdefault(_brief(text, category), {})[subject] = None

    def lines(self) -> list[str]:
        """Return the notes, each as a line."""
        lines = []
        for text, (first, *others) in self._about.items():
            about = f"{first} and {len(others)} more" if others else first
            lines.append(f"{about}: {text}" if about else text)
        return lines

    def print(self) -> None:
        """Print the notes to standard error, not too many of them."""
        lines = self.lines()
        for line in lines[:_MOST_PRINTED]:
            sys.stderr.write(f"Warning: {visible(line)}\n")
        if (more := len(lines) - _MOST_PRINTED) > 0:
            sys.stderr.write(f"Warning: and {pluralize(more, 'warning')} more\n")


def _brief(message: str, category: type[Warning]) -> str:
    lines = [line.strip(" ") for line in message.split("\n") if line.strip(" ")]
    if issubclass(category, BlendWarning):
        return _SENTENCES.sub(". ", "\n".join(lines)).replace("\n", " ")
    # A validator's first two lines say what is wrong; then comes the whole schema.
    text = " ".join(lines[:2])
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
