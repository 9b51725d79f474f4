"""An attribute and the rule that it gets, with who asked for it and why."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.advice import Advice, leave_out
from blender_core.common.values import have_same_fields
from blender_core.common.wording import full_repr
from blender_core.display.view import View
from blender_core.display.viewed import Viewed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.common.provider import Provider
    from blender_core.plugins.override import Override
    from blender_core.plugins.rule import Missing, Rule
    from blender_core.schema.attributes import Attribute


class Tier(enum.IntEnum):
    """Who chose a rule. A higher tier takes precedence over a lower one."""

    DEFAULT = 0
    SCHEMA = 1
    PLUGIN = 2
    RULES_FILE = 3
    CALLER = 4

    @property
    def label(self) -> str:
        """The tier in words."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class SourcedOverride:
    """An override, and who asks for it: a plugin with its version, a file, or the caller.

    `provider` is the plugin that asks, or that has read the file, if one has.
    """

    override: Override
    tier: Tier
    source: str
    provider: Provider | None = None

    @property
    def author(self) -> str:
        """Whose overrides it belongs to: the files that one plugin reads are as one."""
        return self.source if self.provider is None else str(self.provider)


@dataclass(frozen=True, slots=True)
class Selection:
    """How the values are selected that a rule sees: `Override`, with keywords made dotted paths.

    `companions` and `parameters` are pairs of a name and a path or value. `values_of` is the
    attribute whose values are taken, if it is another one, and `values_label` what it is called.
    """

    missing: Missing | None = None
    default: Any = None
    order_by: str | None = None
    once_per: tuple[str, ...] = ()
    companions: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, Any], ...] = ()
    values_of: str | None = None
    values_label: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """Dotted paths of the other attributes that it takes."""
        others = (path for path in (self.values_of, self.order_by) if path)
        return (*others, *self.once_per, *(path for _, path in self.companions))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Selection):
            return NotImplemented
        return have_same_fields(self, other)

    def __str__(self) -> str:
        parts = [] if self.values_of is None else [f"from {self.values_label}"]
        if self.missing is not None:
            parts.append(f"missing={self.missing.value}")
        if self.default is not None:
            parts.append(f"default={self.default!r}")
        if self.order_by is not None:
            parts.append(f"order_by={self.order_by}")
        if self.once_per:
            parts.append(f"once_per={_together(self.once_per)}")
        parts += (f"{name}={path}" for name, path in self.companions)
        parts += (f"{name}={full_repr(value)}" for name, value in self.parameters)
        return ", ".join(parts)


AS_THEY_ARE: Final = Selection()
"""All values, in input order."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule and its settings that were chosen for an attribute.

    Parameters
    ----------
    name : str
        Name of the rule, or ``keep`` or ``drop``.
    tier : Tier
        The tier of the source.
    source : str
        Who chose the rule: a plugin with its distribution and version, a rules file, the schema.
    reason : str
        The reason, in words.
    selection : Selection, optional
        How values are selected.
    provider : Provider or None, optional
        The plugin that asks for it, or that has read the file, if one has.
    """

    name: str
    tier: Tier
    source: str
    reason: str
    selection: Selection = AS_THEY_ARE
    provider: Provider | None = None

    @property
    def label(self) -> str:
        """The rule with its settings: ``sum (once_per=meta.observation.exposure_number)``."""
        settings = str(self.selection)
        return f"{self.name} ({settings})" if settings else self.name


@dataclass(frozen=True, slots=True)
class Assignment(Viewed):
    """An attribute and its rule. It is printed with all choices for the attribute.

    Parameters
    ----------
    attribute : Attribute
        The attribute, as the schema describes it.
    choice : Choice
        The rule and settings that were chosen.
    rule : Rule or None
        The rule; None for ``keep`` and ``drop``, which are not rules.
    provider : Provider
        The plugin that provides the rule.
    won_over : tuple of Choice, optional
        The choices of lower rank, the highest first.
    recorded : bool, optional
        Whether HDRTAB has a column for it.
    column : str or None, optional
        The column's name, if an override or the schema gives it one.
    """

    attribute: Attribute
    choice: Choice
    rule: Rule | None
    provider: Provider
    won_over: tuple[Choice, ...] = ()
    recorded: bool = False
    column: str | None = None

    def __repr__(self) -> str:
        return f"<Assignment {self.attribute.label}: {self.choice.label}, by {self.source}>"

    def _view(self) -> View:
        rule = f"{self.name} of {self.provider}"
        recorded = "not recorded"
        if self.recorded:
            recorded = "recorded" if self.column is None else f"recorded as {self.column}"
        facts = [
            ("rule", rule if self.rule is None else f"{rule}: {self.rule.summary}"),
            ("asked for by", _asked(self.choice)),
            *(
                ("instead of", f"{lost.label}, asked for by {_asked(lost)}")
                for lost in self.won_over
            ),
            ("HDRTAB", recorded),
        ]
        return View(f"{self.attribute.label}: {self.choice.label}", facts)

    @property
    def name(self) -> str:
        """The name of the rule, or ``keep`` or ``drop``."""
        return self.choice.name

    @property
    def tier(self) -> Tier:
        """Who chose the rule."""
        return self.choice.tier

    @property
    def source(self) -> str:
        """Who chose the rule, by name."""
        return self.choice.source

    @property
    def reason(self) -> str:
        """The reason, in words."""
        return self.choice.reason

    @property
    def selection(self) -> Selection:
        """How values are selected."""
        return self.choice.selection

    @property
    def values_of(self) -> str:
        """The dotted path of the attribute whose values are blended."""
        return self.choice.selection.values_of or self.attribute.path


def without_asker(asked: SourcedOverride | Choice) -> str:
    """Advise how to be without the plugin that asks for something; empty if it is none."""
    if asked.tier is not Tier.PLUGIN or asked.provider is None:
        return ""
    return Advice("\nRepair the plugin, or ", leave_out(asked.provider.plugin), ".")


def _asked(choice: Choice) -> str:
    tier = choice.tier.label
    source = choice.source if tier in choice.source else f"{choice.source} ({tier})"
    return f"{source}: {choice.reason}"


def _together(paths: Sequence[str]) -> str:
    """Return several paths as one text, with the group that they share named once."""
    groups = {path.rpartition(".")[0] for path in paths}
    if len(paths) == 1 or len(groups) > 1:
        return "+".join(paths)
    return f"{groups.pop()}.{{{','.join(path.rpartition('.')[2] for path in paths)}}}"
