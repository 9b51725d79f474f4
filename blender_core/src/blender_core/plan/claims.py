"""What is asked for an attribute: by the engine, by the schema, and by overrides.

Where nobody overrides it, an attribute gets the first of its `base_choices`. `Claims` tells which
of the overrides mean it. Which of them wins, `blender_core.plan.precedence` decides.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core.common.attribute_paths import ITSELF, is_pattern, is_within
from blender_core.common.cached import cached_property
from blender_core.errors import PlanError, UnknownAttributeError, raise_all
from blender_core.plan.assignment import AS_THEY_ARE, Choice, Selection, Tier
from blender_core.schema.attributes import AttributeIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from blender_core.common.attribute_paths import Specificity
    from blender_core.errors import BlenderError
    from blender_core.plan.assignment import SourcedOverride
    from blender_core.plugins.override import Override
    from blender_core.schema.attributes import Attribute

__all__ = [
    "DEFAULT_RULE",
    "IGNORED",
    "PROTECTED",
    "Claim",
    "Claims",
    "base_choices",
    "protector_of",
]

DEFAULT_RULE: Final = "first"
"""The rule of attributes for which nobody asks for one."""

PROTECTED: Final = ("meta.wcs", "meta.wcsinfo", "meta.model_type")
"""What stays the product's own unless asked for: where it points, and what it is."""

IGNORED: Final = Choice("keep", Tier.CALLER, "the caller", "ignored by the caller")
"""What attributes get that the caller wants to have left alone."""


def protector_of(path: str) -> str | None:
    """Return the protected path for whose sake the product's own value stays; None if none."""
    if not path.startswith(PROTECTED):
        return None
    return next((protected for protected in PROTECTED if is_within(path, protected)), None)


def base_choices(attribute: Attribute, protected_by: str | None) -> list[Choice]:
    """Return what an attribute gets where nobody overrides it, the highest tier first."""
    if protected_by is not None:
        return [_of_the_engine("keep", f"{protected_by} is protected")]
    if attribute.type == "array":
        default = _of_the_engine("keep", "a list without a rule")
    elif attribute.known:
        default = _of_the_engine(DEFAULT_RULE, "no blend_rule in the schema")
    else:
        default = _of_the_engine(DEFAULT_RULE, "not in the schema")
    if attribute.rule is None:
        return [default]
    schema = Choice(attribute.rule, Tier.SCHEMA, "the schema", "blend_rule of the schema")
    return [schema, default]


@functools.cache
def _of_the_engine(name: str, reason: str) -> Choice:
    return Choice(name, Tier.DEFAULT, "the engine", reason)


@dataclass(frozen=True, slots=True)
class Claim:
    """An override that means an attribute, and how narrowly it means it.

    Its choice is None if it leaves the rule as it is, and is about the attribute's column.
    """

    sourced: SourcedOverride
    specificity: Specificity
    choice: Choice | None

    @property
    def override(self) -> Override:
        """The override itself."""
        return self.sourced.override

    @property
    def tier(self) -> Tier:
        """Who asks for it."""
        return self.sourced.tier

    @property
    def record(self) -> bool | None:
        """Whether the attribute is to be recorded; None if it says nothing of that."""
        return True if self.override.column is not None else self.override.record

    def lifts(self, protected: str) -> bool:
        """Tell whether it lifts the protection of a group: by its name, or the attribute's own."""
        if self.specificity.kind == 1:
            return is_within(self.override.attribute, protected)
        return self.specificity == ITSELF


class Claims:
    """The overrides that hold for a blend, by the attributes that they mean.

    An override that means none is an error. If there may be inputs of other schemas, it may mean
    one of those: then it is kept in `unmatched` with the error, and the others in `matched`.
    """

    def __init__(
        self,
        attributes: Collection[Attribute],
        overrides: Iterable[SourcedOverride],
        some_of_several: bool = False,
    ) -> None:
        self._attributes = attributes
        self._by_path: dict[str, list[Claim]] = {}
        self.unmatched: list[tuple[SourcedOverride, UnknownAttributeError]] = []
        self.matched: list[SourcedOverride] = []
        faults: list[BlenderError] = []
        # Sorted, so that of those who agree the same is named for every order of loading.
        for sourced in sorted(overrides, key=lambda each: (-each.tier, each.source)):
            try:
                self.add(sourced, some_of_several)
            except PlanError as fault:
                faults.append(fault)
        raise_all("overrides cannot be used", faults)

    def on(self, attribute: Attribute) -> Sequence[Claim]:
        """Return the claims on an attribute, those of the highest tier first."""
        return self._by_path.get(attribute.path, ())

    @cached_property
    def _index(self) -> AttributeIndex:
        # Only made where there are overrides: that takes as long as the rest of a plan.
        return AttributeIndex(self._attributes)

    def add(self, sourced: SourcedOverride, some_of_several: bool = False) -> None:
        """Add an override."""
        override = sourced.override
        matches = self._index.matches(override.attribute)
        if not matches:
            if override.optional:
                return
            fault = self._unknown(override.attribute, "the attribute", sourced)
            if not some_of_several:
                raise fault
            self.unmatched.append((sourced, fault))
            return
        self.matched.append(sourced)
        if override.column is not None and len(matches) > 1:
            msg = (
                f"the override of {override.attribute!r} by {sourced.source} names one column, "
                f"{override.column!r}, for {len(matches)} attributes, such as "
                f"{matches[0][0].label} and {matches[1][0].label}"
            )
            raise PlanError(msg, attribute=override.attribute)
        choice = None
        if override.rule is not None:
            reason = override.reason or "overridden"
            selection = self._selection(sourced)
            choice = Choice(override.rule, sourced.tier, sourced.source, reason, selection)
        for attribute, specificity in matches:
            claim = Claim(sourced, specificity, choice)
            self._by_path.setdefault(attribute.path, []).append(claim)

    def _selection(self, sourced: SourcedOverride) -> Selection:
        override = sourced.override
        path = functools.partial(self._path, sourced)
        selection = Selection(
            missing=override.missing,  # type: ignore[arg-type]  # Override has made one of a str
            default=override.default,
            order_by=path("order_by", override.order_by) if override.order_by else None,
            once_per=tuple(path("once_per", name) for name in override.once_per),
            companions=tuple(
                (role, path(role, name)) for role, name in override.companions.items()
            ),
            parameters=tuple(override.parameters.items()),
        )
        return AS_THEY_ARE if selection == AS_THEY_ARE else selection

    def _path(self, sourced: SourcedOverride, purpose: str, name: str) -> str:
        """Return the dotted path of the one attribute that a path or keyword names."""
        paths = [attribute.path for attribute in self._index.named(name)]
        if len(paths) > 1:
            msg = (
                f"{purpose} {name!r} in the override of {sourced.override.attribute!r} by "
                f"{sourced.source} may be {' or '.join(paths)}: give the path"
            )
            raise PlanError(msg, attribute=name)
        if not paths:
            raise self._unknown(name, purpose, sourced)
        return paths[0]

    def _unknown(self, name: str, purpose: str, sourced: SourcedOverride) -> UnknownAttributeError:
        override = sourced.override
        whose = f"an override by {sourced.source}"
        if name != override.attribute:
            whose = f"the override of {override.attribute!r} by {sourced.source}"
        problem = "means no attribute" if is_pattern(name) else "is not an attribute"
        close = self._index.close(name)
        hint = f"\nDid you mean {' or '.join(close)}?" if close else ""
        if sourced.tier is Tier.PLUGIN and override.when.conditions <= {"instrument", "detector"}:
            hint += (
                "\nAn override for certain inputs only says so with When(telescope=...), or with "
                "optional=True."
            )
        msg = f"{purpose} {name!r} in {whose} {problem} of the inputs' schema{hint}"
        return UnknownAttributeError(msg, attribute=name)
