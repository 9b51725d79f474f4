"""Which overrides mean an attribute. Which of them wins, `blender_core.plan.precedence` decides."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blender_core.common.advice import Advice
from blender_core.common.attribute_paths import ITSELF, is_within
from blender_core.errors import PlanError, raise_all
from blender_core.plan.assignment import Choice, Tier, without_asker
from blender_core.plan.columns import are_of_one_keyword
from blender_core.plan.made_attributes import Made
from blender_core.plan.selections import of_values, selection_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from blender_core.common.attribute_paths import Specificity
    from blender_core.errors import BlenderError, UnknownAttributeError
    from blender_core.plan.assignment import SourcedOverride
    from blender_core.plugins.override import Override
    from blender_core.schema.attributes import Attribute

IGNORED: Final = Choice("keep", Tier.CALLER, "the caller", "ignored by the caller")
"""What attributes get that the caller wants to have left alone."""


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
        overrides = list(overrides)
        self._made = Made(attributes, overrides)
        self.index = self._made.index
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

    def add(self, sourced: SourcedOverride, some_of_several: bool = False) -> None:
        """Add an override."""
        override = sourced.override
        matches = self._made.matches(sourced)
        if not matches:
            if override.optional:
                return
            fault = self._unknown(sourced)
            if not some_of_several:
                raise fault
            self.unmatched.append((sourced, fault))
            return
        self.matched.append(sourced)
        recordable = [each for each, _, _ in matches if each.recordable]
        # One keyword in several HDUs has a column for each, with numbers, as without this name.
        if override.column is not None and not are_of_one_keyword(recordable):
            msg = (
                f"the override of {override.attribute!r} by {sourced.source} names one column, "
                f"{override.column!r}, for {len(recordable)} attributes, such as "
                f"{recordable[0].label} and {recordable[1].label}"
            )
            raise PlanError(
                Advice(msg, without_asker(sourced)),
                attribute=override.attribute,
                provider=sourced.provider,
            )
        choice = None
        if override.rule is not None:
            reason = override.reason or "overridden"
            selection = selection_of(override, functools.partial(self._path, sourced))
            choice = Choice(
                override.rule, sourced.tier, sourced.source, reason, selection, sourced.provider
            )
        for attribute, specificity, source in matches:
            its_choice = choice if source is None or choice is None else of_values(choice, source)
            claim = Claim(sourced, specificity, its_choice)
            self._by_path.setdefault(attribute.path, []).append(claim)

    def _unknown(self, sourced: SourcedOverride) -> UnknownAttributeError:
        override, where = sourced.override, f"an override by {sourced.source}"
        meant, purpose = override.attribute, "the attribute"
        if override.blend_from is not None:
            meant, purpose = override.blend_from, "blend_from"
        return self.index.unknown(meant, purpose, where, _hint(sourced), sourced.provider)

    def _path(self, sourced: SourcedOverride, purpose: str, name: str) -> str:
        where = f"the override of {sourced.override.attribute!r} by {sourced.source}"
        return self.index.path(name, purpose, where, _hint(sourced), sourced.provider)


def _hint(sourced: SourcedOverride) -> str:
    """Return what else may help where an override means an attribute that is not there."""
    conditions = sourced.override.when.conditions
    hint = ""
    if sourced.tier is Tier.PLUGIN and conditions <= {"instrument", "detector"}:
        hint = (
            "\nAn override for certain inputs only says so with When(telescope=...), or with "
            "optional=True."
        )
    return Advice(hint, without_asker(sourced))
