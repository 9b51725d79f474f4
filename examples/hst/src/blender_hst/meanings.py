"""What keywords mean, and how they are blended therefore: the plugin's own rules, in TOML.

There is a file for each instrument, and one for keywords that several have. A keyword means the
same in all of them: exposures of several instruments can be in one product.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from blender_hst.places import START

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ANY", "FILES", "Made", "Meaning", "made", "meanings", "meanings_in"]

FILES: Final = ("hst", "acs", "wfc3", "wfpc2", "stis", "nicmos")
"""The names of the files: what several instruments have, and what one has."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """How the values of a keyword are blended, and why; as a schema says it."""

    rule: Mapping[str, Any]
    is_recorded: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A keyword that a product gets of another one's values, where an exposure does not have it.

    `sources` are those others: the first that an exposure has counts.
    """

    keyword: str
    title: str
    sources: tuple[str, ...]


ANY: Final = Meaning(MappingProxyType({"rule": "first"}), is_recorded=False)
"""What holds for a keyword of which nothing is said."""


@functools.cache
def meanings() -> Mapping[str, Meaning]:
    """Return what keywords mean."""
    every: dict[str, Meaning] = {}
    for name in FILES:
        every = meanings_in(name) | every
    return MappingProxyType(every)


def meanings_in(name: str) -> dict[str, Meaning]:
    """Return what a file says of keywords."""
    found: dict[str, Meaning] = {}
    for group in _content(name).get("group", ()):
        found |= dict.fromkeys(group["keywords"], _meaning(group))
    return found


@functools.cache
def made() -> tuple[Made, ...]:
    """Return what products are given that their exposures do not have."""
    return tuple(
        Made(each["keyword"], each["title"], tuple(each["from"]))
        for name in FILES
        for each in _content(name).get("made", ())
    )


def _content(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "rules" / f"{name}.toml").read_text())


def _meaning(group: Mapping[str, Any]) -> Meaning:
    rule = {"rule": group["rule"], "reason": group["why"]}
    if group["rule"] == "first":
        rule["missing"] = "skip"
    if group.get("in_order"):
        rule["order_by"] = START
    return Meaning(MappingProxyType(rule), group.get("record", True))
