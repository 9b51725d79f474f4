"""Who a rule comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from blender_core.common.wording import visible

__all__ = ["Provider", "engine", "normalized"]


@dataclass(frozen=True, slots=True, order=True)
class Provider:
    """Who a rule comes from: a plugin, its distribution and version.

    Parameters
    ----------
    distribution : str
        Name of the distribution, as pip knows it.
    version : str
        Version of the distribution.
    plugin : str
        Name of the plugin: its entry point's.

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
    # Imported where it is needed: the help of the command line imports this module for its errors.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return Provider("blender-core", version("blender-core"), "engine")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return Provider("blender-core", "unknown", "engine")


def normalized(name: str) -> str:
    """Return a distribution's name in the one form in which names can be compared."""
    return re.sub(r"[-_.]+", "-", name).lower()
