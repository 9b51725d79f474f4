"""Who a rule comes from, and how it is done without."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from blender_core.common.environment import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Provider", "dispensable", "engine", "leaving_out", "normalized", "remedy"]


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
        return f"{self.distribution} {self.version} [{self.plugin}]"


def engine() -> Provider:
    """Return the provider of ``keep`` and ``drop``, which no plugin offers.

    Returns
    -------
    provider : Provider
        This distribution.

    Examples
    --------
    >>> from blender_core.common.provider import engine
    >>> engine().distribution
    'blender-core'
    """
    try:
        return Provider("blender-core", version("blender-core"), "engine")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return Provider("blender-core", "unknown", "engine")


def normalized(name: str) -> str:
    """Return a distribution's name in the one form in which names can be compared.

    Parameters
    ----------
    name : str
        The name as someone wrote it.

    Returns
    -------
    name : str
        The name in the form of the packaging standard (PEP 503).

    Examples
    --------
    >>> from blender_core.common.provider import normalized
    >>> normalized("Acme_Rules")
    'acme-rules'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def dispensable(providers: Iterable[Provider]) -> Provider:
    """Return the one of several providers that a message advises to block.

    Parameters
    ----------
    providers : iterable of Provider
        Those of which one is too many.

    Returns
    -------
    provider : Provider
        The first by name; the standard rules are the last that anyone wants to block.

    Examples
    --------
    >>> from blender_core.common.provider import Provider, dispensable
    >>> print(dispensable([Provider("blender-rules-std", "1", "std"), Provider("new", "2", "std")]))
    new 2 [std]
    """
    return min(providers, key=lambda p: (normalized(p.distribution) == "blender-rules-std", p))


def remedy(provider: Provider) -> str:
    """Return what a message about a faulty plugin advises to do.

    Parameters
    ----------
    provider : Provider
        The plugin.

    Returns
    -------
    text : str
        A sentence.

    Examples
    --------
    >>> from blender_core.common.provider import Provider, remedy
    >>> remedy(Provider("acme-rules", "1.2", "acme"))
    "Repair or uninstall it, or pass block=('acme',) or set MODEL_BLENDER_BLOCK=acme."
    """
    return f"Repair or uninstall it, or {leaving_out(provider.plugin)}."


def leaving_out(name: str) -> str:
    """Return what a message advises to do to be without a plugin: by the caller, and by anybody.

    Parameters
    ----------
    name : str
        The plugin's own name, or its distribution's.

    Returns
    -------
    text : str
        A part of a sentence.

    Examples
    --------
    >>> from blender_core.common.provider import leaving_out
    >>> leaving_out("acme")
    "pass block=('acme',) or set MODEL_BLENDER_BLOCK=acme"
    """
    return f"pass block=({name!r},) or set {BLOCK}={name}"
