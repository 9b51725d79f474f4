"""What everybody asks for an attribute: the engine, the schema, and those who override them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from blender_core.common.attribute_paths import is_pattern, is_within
from blender_core.errors import PlanError, UnknownAttributeError, raise_all
from blender_core.plan.assignment import Choice, Tier
from blender_core.plan.precedence import Claim, ranked
from blender_core.plan.selection import AS_THEY_ARE, Selection
from blender_core.schema.lookup import ITSELF, AttributeIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from blender_core.errors import BlenderError
    from blender_core.plan.override_sources import SourcedOverride
    from blender_core.schema.attributes import Attribute

__all__ = ["DEFAULT_RULE", "Claims", "base_choices"]

DEFAULT_RULE: Final = "first"
"""The rule of attributes for which nobody asks for one."""


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


class Claims:
    """The overrides that hold for a blend, by the attributes that they mean.

    Parameters
    ----------
    attributes : collection of Attribute
        What the inputs' schema has.
    overrides : iterable of SourcedOverride
        Those that hold, in any order.
    some_of_several : bool, optional
        Whether there are other inputs, of whose attributes an override may mean one.

    Attributes
    ----------
    unmatched : list of (SourcedOverride, UnknownAttributeError)
        The overrides that mean none of the attributes, where there are other inputs.
    matched : list of SourcedOverride
        Those that mean one, where there are other inputs.
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
        for sourced in sorted(overrides, key=lambda one: (-one.tier, one.source)):
            try:
                self.add(sourced, some_of_several)
            except PlanError as fault:
                faults.append(fault)
        raise_all("overrides cannot be used", faults)

    @functools.cached_property
    def _index(self) -> AttributeIndex:
        # Only made where there are overrides: that takes as long as the rest of a plan.
        return AttributeIndex(self._attributes)

    def choices(self, attribute: Attribute, protected_by: str | None) -> list[Choice]:
        """Return what overrides ask for an attribute, the one that wins first."""
        claims = self._by_path.get(attribute.path)
        if claims is None:
            return []
        if protected_by is not None:
            claims = [claim for claim in claims if _means_within(claim, protected_by)]
        found = ranked(claims, lambda claim: claim.choice, attribute, "its rule")
        return [claim.choice for claim in found if claim.choice is not None]

    def names_it(self, attribute: Attribute) -> bool:
        """Tell whether the caller asks for a rule by the attribute's own path or keyword."""
        return any(
            claim.tier is Tier.CALLER and claim.choice and claim.specificity == ITSELF
            for claim in self._by_path.get(attribute.path, ())
        )

    def recorded(self, attribute: Attribute) -> tuple[bool, str | None]:
        """Return whether an attribute is recorded in HDRTAB, and in which column."""
        claims = self._by_path.get(attribute.path)
        if claims is None:
            return attribute.recorded, None
        found = ranked(claims, lambda claim: claim.record, attribute, "whether it is recorded")
        recorded = bool(found[0].record) if found else attribute.recorded
        if found and recorded and attribute.type == "array":
            msg = (
                f"{found[0].sourced.source} asks to record {attribute.label} in HDRTAB, where a "
                "list has no place"
            )
            raise PlanError(msg, attribute=attribute.path)
        named = ranked(claims, lambda claim: claim.override.column, attribute, "its column")
        return recorded, named[0].override.column if named and recorded else None

    def add(self, sourced: SourcedOverride, some_of_several: bool = False) -> None:
        """Add an override."""
        override = sourced.override
        meant = self._index.meant(override.attribute)
        if not meant and override.optional:
            return
        if not meant:
            fault = self._unknown(override.attribute, "the attribute", sourced)
            if some_of_several:
                self.unmatched.append((sourced, fault))
                return
            raise fault
        if some_of_several:
            self.matched.append(sourced)
        if override.column is not None and len(meant) > 1:
            msg = (
                f"the override of {override.attribute!r} by {sourced.source} names one column, "
                f"{override.column!r}, for {len(meant)} attributes, such as {meant[0][0].label} "
                f"and {meant[1][0].label}"
            )
            raise PlanError(msg, attribute=override.attribute)
        choice = None
        if override.rule is not None:
            reason = override.reason or "overridden"
            selection = self._selection(sourced)
            choice = Choice(override.rule, sourced.tier, sourced.source, reason, selection)
        for attribute, found in meant:
            self._by_path.setdefault(attribute.path, []).append(Claim(sourced, found, choice))

    def _selection(self, sourced: SourcedOverride) -> Selection:
        override = sourced.override

        def path(text: str, purpose: str) -> str:
            return self._path(text, purpose, sourced)

        selection = Selection(
            missing=override.missing,  # type: ignore[arg-type]  # Override has made one of a text
            default=override.default,
            order_by=path(override.order_by, "order_by") if override.order_by else None,
            once_per=tuple(path(one, "once_per") for one in override.once_per),
            companions=tuple((name, path(one, name)) for name, one in override.companions.items()),
            parameters=tuple(override.parameters.items()),
        )
        return AS_THEY_ARE if selection == AS_THEY_ARE else selection

    def _path(self, text: str, purpose: str, sourced: SourcedOverride) -> str:
        """Return the dotted path of the one attribute that a path or keyword names."""
        found = [attribute.path for attribute in self._index.named(text)]
        if len(found) > 1:
            msg = (
                f"{purpose} {text!r} in the override of {sourced.override.attribute!r} by "
                f"{sourced.source} may be {' or '.join(found)}: give the path"
            )
            raise PlanError(msg, attribute=text)
        if not found:
            raise self._unknown(text, purpose, sourced)
        return found[0]

    def _unknown(self, text: str, purpose: str, sourced: SourcedOverride) -> UnknownAttributeError:
        override = sourced.override
        whose = f"an override by {sourced.source}"
        if text != override.attribute:
            whose = f"the override of {override.attribute!r} by {sourced.source}"
        problem = "means no attribute" if is_pattern(text) else "is not an attribute"
        close = self._index.close(text)
        hint = f"\nDid you mean {' or '.join(close)}?" if close else ""
        if sourced.tier is Tier.PLUGIN and override.when.conditions <= {"instrument", "detector"}:
            hint += (
                "\nAn override for certain inputs only says so with When(telescope=...), or with "
                "optional=True."
            )
        msg = f"{purpose} {text!r} in {whose} {problem} of the inputs' schema{hint}"
        return UnknownAttributeError(msg, attribute=text)


def _means_within(claim: Claim, protected: str) -> bool:
    if claim.specificity.kind == 1:
        return is_within(claim.override.attribute, protected)
    return claim.specificity == ITSELF
