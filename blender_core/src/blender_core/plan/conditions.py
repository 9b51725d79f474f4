"""Conditions of overrides that no input can meet, because the schema has no such value."""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core.common.patterns import matches_name
from blender_core.common.wording import join_words, pluralize
from blender_core.errors import warn
from blender_core.plugins.context import context_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blender_core.plan.assignment import SourcedOverride
    from blender_core.plugins.context import Context
    from blender_core.schema.attributes import Attribute

_CLASSES: Final = "stdatamodels.jwst.datamodels"
_ELSEWHERE_TOO: Final = ("model_type", "telescope")
"""Here, a value may be another telescope's: it is misspelt only if it is much like a known one."""
_ALIKE: Final = 0.9
"""How much a misspelt class is like a known one: other telescopes have similar names."""


@dataclass(frozen=True, slots=True)
class UnknownCondition:
    """A value that an override wants inputs to have, and the schema says that none can have.

    It may have meant a value that is close, which the schema has.
    """

    sourced: SourcedOverride
    condition: str
    value: str
    close: str | None


def unknown_conditions(
    candidates: Iterable[tuple[Context, Mapping[str, Attribute], Sequence[SourcedOverride]]],
) -> tuple[UnknownCondition, ...]:
    """Find the conditions that no input can meet.

    A value is unknown if the schema lists the values of the attribute, and it is none of them.
    Overrides for another telescope may have values of their own, so of those that are not for the
    inputs' telescope nothing is said.
    """
    unknown: dict[tuple[SourcedOverride, str, str], str | None] = {}
    known: set[tuple[SourcedOverride, str, str]] = set()
    for context, attributes, overrides in candidates:
        if not any(each.override.when.conditions for each in overrides):
            continue
        values = _known_values(context, attributes)
        for sourced in overrides:
            when = sourced.override.when
            elsewhere = when.telescope and not any(
                _has([context.telescope or ""], pattern) for pattern in when.telescope
            )
            for condition in sorted(when.conditions):
                if condition not in values or (elsewhere and condition != "telescope"):
                    continue  # these inputs do not tell
                possible = values[condition]
                for value in getattr(when, condition):
                    key = sourced, condition, value
                    if possible is None or _has(possible, value):
                        known.add(key)
                        continue
                    close = _close(value, possible, condition)
                    if close or condition not in _ELSEWHERE_TOO:
                        unknown.setdefault(key, close)
                    else:
                        known.add(key)
    return tuple(
        UnknownCondition(*key, close) for key, close in unknown.items() if key not in known
    )


def warn_of_conditions(unknown: Iterable[UnknownCondition]) -> None:
    """Warn of conditions that no input can meet: once for all overrides of one source."""
    alike: dict[tuple[str, str, str, str | None], list[str]] = {}
    for each in unknown:
        key = each.sourced.source, each.condition, each.value, each.close
        alike.setdefault(key, []).append(each.sourced.override.attribute)
    for (source, condition, value, close), attributes in alike.items():
        whose = f"the override of {attributes[0]} by {source} is"
        if len(attributes) > 1:
            overrides = pluralize(len(attributes), "override")
            whose = f"{overrides} by {source}, of {join_words(attributes)}, are"
        has = "the schema" if condition != "model_type" else _CLASSES
        hint = f": did you mean {close}?" if close else ""
        warn(f"{whose} for {condition}={value}, which {has} does not have{hint}")


def _known_values(
    context: Context, attributes: Mapping[str, Attribute]
) -> dict[str, tuple[str, ...] | None]:
    """Return what the inputs can be, by condition; None where there is no telling."""
    values: dict[str, tuple[str, ...] | None] = {}
    for condition, path in context_paths(attributes).items():
        enum, own = attributes[path].enum, getattr(context, condition)
        # An input may have a value that its schema does not list: then there are such inputs.
        values[condition] = enum and (*map(str, enum), *([own] if own else []))
    # Not imported for this: who blends other inputs than JWST's may not have these classes.
    classes = vars(module) if (module := sys.modules.get(_CLASSES)) else {}
    if context.model_type in classes:
        values["model_type"] = tuple(name for name in classes if isinstance(classes[name], type))
    return values


def _has(values: Iterable[str], wanted: str) -> bool:
    return any(matches_name(wanted, value) for value in values)


def _close(value: str, values: Iterable[str], condition: str) -> str | None:
    by_folded = {known.casefold(): known for known in values}
    cutoff = _ALIKE if condition == "model_type" else 0.6
    close = difflib.get_close_matches(value.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[close[0]] if close else None
