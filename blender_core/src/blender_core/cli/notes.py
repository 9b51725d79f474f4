"""What libraries warn of while a command runs, said once and briefly."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from blender_core.errors import BlendWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Notes"]

# These are for the authors of the libraries, not for who uses them.
_FOR_DEVELOPERS: Final = (
    DeprecationWarning,
    PendingDeprecationWarning,
    FutureWarning,
    ImportWarning,
    ResourceWarning,
)
_LONGEST: Final = 160


class Notes:
    """Warnings, each with all that it was about.

    Examples
    --------
    >>> import warnings
    >>> from blender_core.cli.notes import Notes
    >>> notes = Notes()
    >>> for name in ("a.fits", "b.fits"):
    ...     with notes.about(name):
    ...         warnings.warn("no target")
    >>> notes.lines()
    ['a.fits and 1 more: no target']
    """

    def __init__(self) -> None:
        self._about: dict[str, list[str]] = {}

    @contextmanager
    def about(self, what: str) -> Iterator[None]:
        """Take note of the warnings within, instead of printing them.

        Parameters
        ----------
        what : str
            What the work is about; the name of a file.

        Yields
        ------
        None
            Nothing.
        """
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for category in _FOR_DEVELOPERS:
                warnings.simplefilter("ignore", category)
            yield
        for text in dict.fromkeys(map(_brief, caught)):
            self._about.setdefault(text, []).append(what)

    def lines(self) -> list[str]:
        """Return the notes, each as a line.

        Returns
        -------
        lines : list of str
            In the order in which they first came.
        """
        return [
            f"{about[0]}{f' and {len(about) - 1} more' if len(about) > 1 else ''}: {text}"
            for text, about in self._about.items()
        ]


def _brief(warning: warnings.WarningMessage) -> str:
    lines = [line.strip() for line in str(warning.message).splitlines() if line.strip()]
    if issubclass(warning.category, BlendWarning):
        return " ".join(lines)
    # A validator's first two lines say what is wrong; then comes the whole schema.
    text = " ".join(lines[:2])
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
