"""Who a rule comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from blender_core.common.foreign import tried
from blender_core.common.forks import unforked
from blender_core.common.wording import visible


@dataclass(frozen=True, slots=True, order=True)
class Provider:
    """The source of a rule: a plugin, with its distribution and version.

    Parameters
    ----------
    distribution : str
        Name of the distribution, as pip knows it.
    version : str
        Version of the distribution.
    plugin : str
        Name of the plugin, which is that of its entry point.

    Examples
    --------
    >>> from blender_core import Provider
    >>> print(Provider("acme-rules", "1.2", "acme"))
    acme-rules 1.2 [acme]
    """

    distribution: str
    version: str
    plugin: str

    def __str__(self) -> str:
        return visible(f"{self.distribution} {self.version} [{self.plugin}]")


def engine() -> Provider:
    """Return the provider of ``keep`` and ``drop``, which no plugin offers."""
    return Provider("blender-core", engine_version(), "engine")


def engine_version() -> str:
    """Return the version of blender-core; ``unknown`` if its metadata do not tell."""
    with unforked():
        # Imported where it is needed: the command line's help imports this module for its errors.
        from importlib.metadata import version

        # There are none in a source tree that is not installed, and they may be broken.
        known: str | None = tried(version, "blender-core", fallback=None)
    return known or "unknown"


def normalized(name: str) -> str:
    """Return a distribution's name in the one form in which names can be compared."""
    return re.sub(r"[-_.]+", "-", name).lower()
