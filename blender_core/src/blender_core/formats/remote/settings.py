"""How inputs are fetched by URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Final

from blender_core.common.wording import preview

_MOST_BYTES: Final = 64 << 20
_LEAST: Final = MappingProxyType({"concurrent": 1, "retries": 0, "most_bytes": 1})


def problem_with(name: str, value: Any) -> str:
    """Return why a number cannot be a setting, for the end of a sentence; nothing if it can."""
    if name == "timeout":
        is_number = isinstance(value, int | float) and 0 < value < float("inf")
        return "" if is_number else f"is a number of seconds, not {preview(value)}"
    least = _LEAST.get(name)
    if least is None or (type(value) is int and value >= least):
        return ""
    return f"is an integer from {least} on, not {preview(value)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """How inputs are fetched by URL.

    Parameters
    ----------
    concurrent : int, optional
        The number of inputs that are fetched at the same time.
    timeout : float, optional
        The number of seconds after which a request without an answer fails.
    retries : int, optional
        How often a request is repeated after a temporary fault: a broken connection, no answer, a
        busy server.
    most_bytes : int, optional
        The largest number of bytes that may be fetched from an input, unless it is downloaded.
        Headers and metadata are far smaller.
    download : bool, optional
        Whether each input is fetched completely, into a temporary file that is removed after
        reading. This is needed for servers that cannot send parts of files.
    every_header : bool, optional
        Whether all headers of a datamodel's FITS file are fetched. By default, headers between
        arrays are not fetched if the checksum in the file shows that they can be predicted.
    options : mapping, optional
        Options for fsspec's file system, such as ``{"anon": True}`` for a public bucket of S3. Keep
        credentials where fsspec looks for them: in its configuration, in the environment, or in the
        files of the cloud's tools.

    Examples
    --------
    >>> from blender_core import Remote
    >>> Remote(timeout=10, options={"anon": True})
    Remote(timeout=10, options=...)
    """

    concurrent: int = 16
    timeout: float = 30.0
    retries: int = 3
    most_bytes: int = _MOST_BYTES
    download: bool = False
    every_header: bool = False
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for name in ("concurrent", "retries", "most_bytes", "timeout"):
            if problem := problem_with(name, getattr(self, name)):
                msg = f"{name} of Remote {problem}"
                raise ValueError(msg)
        options: Any = self.options
        if not isinstance(options, Mapping) or not all(isinstance(key, str) for key in options):
            msg = (
                f"options of Remote is a mapping of names to values, not a {type(options).__name__}"
            )
            raise TypeError(msg)

    @property
    def changed(self) -> dict[str, Any]:
        """The settings that differ from the defaults."""
        default = Remote()
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value != getattr(default, name)}

    def __repr__(self) -> str:
        # Options may have credentials.
        shown = (
            f"{name}=..." if name == "options" else f"{name}={value!r}"
            for name, value in self.changed.items()
        )
        return f"Remote({', '.join(shown)})"
