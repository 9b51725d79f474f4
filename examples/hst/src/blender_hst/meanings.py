"""What keywords mean, and how they are blended therefore: the plugin's own rules, in TOML.

There is a file for each instrument, and one for keywords that several have.
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
    from collections.abc import Iterator, Mapping

__all__ = ["ANY", "INSTRUMENTS", "Made", "Meaning", "made_of", "meanings_of"]

INSTRUMENTS: Final = ("ACS", "WFC3", "WFPC2", "STIS", "NICMOS")
"""Those that have a file of their own."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """How the values of a keyword are blended, and why; as a schema says it."""

    rule: Mapping[str, Any]
    is_recorded: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A keyword that a product gets of another one's values."""

    keyword: str
    title: str
    source: str
    rule: Mapping[str, Any]


ANY: Final = Meaning(MappingProxyType({"rule": "first"}), is_recorded=False)
"""What holds for a keyword of which nothing is said."""


@functools.cache
def meanings_of(instrument: str) -> Mapping[str, Meaning]:
    """Return what the keywords of an instrument mean: its own, and those of all."""
    meanings: dict[str, Meaning] = {}
    for name in _files(instrument):
        for group in _content(name).get("group", ()):
            meaning = _meaning(group)
            meanings |= dict.fromkeys(group["keywords"], meaning)
    return MappingProxyType(meanings)


@functools.cache
def made_of(instrument: str) -> tuple[Made, ...]:
    """Return what products of an instrument are given that its exposures do not have."""
    return tuple(
        Made(
            each["keyword"],
            each["title"],
            each["from"],
            {"rule": each["rule"], "reason": each["why"]},
        )
        for name in _files(instrument)
        for each in _content(name).get("made", ())
    )


def _files(instrument: str) -> Iterator[str]:
    yield "hst"
    if instrument in INSTRUMENTS:
        yield instrument.lower()


def _content(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "rules" / f"{name}.toml").read_text())


def _meaning(group: Mapping[str, Any]) -> Meaning:
    rule = {"rule": group["rule"], "reason": group["why"]}
    if group["rule"] == "first":
        rule["missing"] = "skip"
    if group.get("in_order"):
        rule["order_by"] = START
    return Meaning(MappingProxyType(rule), group.get("record", True))
