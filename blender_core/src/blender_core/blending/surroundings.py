"""What has to be the same where inputs are read for them to be read as the same."""

from __future__ import annotations

import os
import platform
import socket
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from blender_core.common.forks import unforked

if TYPE_CHECKING:
    from collections.abc import Mapping

_DISTRIBUTIONS: Final = ("blender-core", "stdatamodels", "asdf", "astropy", "numpy")
_SETTINGS: Final = {
    "PASS_INVALID_VALUES": "false",
    "STRICT_VALIDATION": "false",
    "VALIDATE_ON_ASSIGNMENT": "true",
}
"""The environment variables by which stdatamodels 6 decides what becomes of invalid values.

They are here with what holds without them.
"""
_YES: Final = ("true", "t", "yes", "y")
_NO: Final = ("false", "f", "no", "n")
_ABSENT: Final = "none"


def surroundings() -> dict[str, str]:
    """Return the versions of what reads inputs in this process, and its settings of validation."""
    found = {"Python": platform.python_version()}
    with unforked():
        for name in _DISTRIBUTIONS:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                found[name] = _ABSENT
    found.update((name, _setting(name)) for name in _SETTINGS)
    return found


def _setting(name: str) -> str:
    """Return what a variable means: other packages, such as crds, set those that are not set."""
    text = os.environ.get(name, _SETTINGS[name]).lower()
    try:
        return "true" if int(text) else "false"
    except ValueError:
        return "true" if text in _YES else "false" if text in _NO else text


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return how the surroundings of another process differ from those here, in words."""
    return [
        f"{name} is {there.get(name, _ABSENT)} there, and {here.get(name, _ABSENT)} here"
        for name in dict.fromkeys([*here, *there])
        if here.get(name, _ABSENT) != there.get(name, _ABSENT)
    ]


def process_name() -> str:
    """Return what messages call this process."""
    return f"process {os.getpid()} on {socket.gethostname()}"
