"""Lookup tables as they are: a line for each keyword, which says how it is merged."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from blender_core import Override

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["overrides_of_line"]

CALC_FORCE: Final = {
    "DATE": "drop",
    "DATE-OBS": "min",
    "DATE-END": "max",
    "TSTART": "min",
    "TSTOP": "max",
    "DTCOR": "first",
}
"""CIAO computes these anew for what is merged. Here, they come from what the inputs say."""


def overrides_of_line(line: str) -> Iterator[Override]:
    """Yield what a line asks for: for its keyword, and for those whose names begin with it.

    Raises
    ------
    ValueError
        If it is no such line.
    """
    try:
        keyword, merging = line.split()
    except ValueError:
        msg = "a line has a keyword and how it is merged, with white space between them"
        raise ValueError(msg) from None
    settings = _settings(keyword.upper(), merging)
    for attribute in (keyword, f"{keyword}*"):
        yield Override(attribute=attribute, optional=True, reason=merging, **settings)


def _settings(keyword: str, merging: str) -> dict[str, Any]:
    name, value = _divided(merging.partition(";")[0])
    second, default = _divided(merging.partition(";")[2])
    has_value, has_default = value is not None, default is not None
    match name, has_value, second, has_default:
        case "MAX" | "MIN", False, "", False:
            return {"rule": name.lower()}
        case ("FAIL", False, "", False) | ("FAIL", False, "DEFAULT", True):
            return {"rule": "fail", "default": default}
        case "FORCE", _, "", False:
            return {"rule": "first", "default": value}
        case ("WARNFIRST", False, "", False) | ("WARNFIRST", False, "FORCE", True):
            return {"rule": "warn_first", "default": default}
        case "WARNOMIT", True, "", False if not isinstance(value, str):
            return {"rule": "warn_omit", "parameters": {"tolerance": value}}
        case "WARNPREFER", True, "", False:
            return {"rule": "warn_prefer", "default": value, "parameters": {"prefer": value}}
        case "MERGE", True, "FORCE", True:
            return {"rule": "common", "default": default, "parameters": {"otherwise": value}}
        case "PUT_STRING", True, "", False:
            return {"rule": "constant", "parameters": {"value": str(value)}}
        case "SKIP", False, "", False:
            return {"rule": "drop"}
        case "CALCGTI", False, "", False:
            return {"rule": "sum"}
        case "CALCFORCE", False, "", False if keyword in CALC_FORCE:
            return {"rule": CALC_FORCE[keyword]}
    msg = f"there is no way {merging!r} to merge {keyword}"
    raise ValueError(msg)


def _divided(part: str) -> tuple[str, int | float | str | None]:
    name, dash, text = part.partition("-")
    return name.upper(), _value(text) if dash else None


def _value(text: str) -> int | float | str:
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text
