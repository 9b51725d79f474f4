"""An attribute and the rule that it gets, with who asked for it and why."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blender_core.plan.selection import AS_THEY_ARE, Selection

if TYPE_CHECKING:
    from blender_core.common.provider import Provider
    from blender_core.plugins.rule import Rule
    from blender_core.schema.attributes import Attribute

__all__ = ["Assignment", "Choice", "Tier"]


class Tier(enum.IntEnum):
    """Who assigned a rule. A higher tier wins over a lower one."""

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
class Choice:
    """What somebody asks for an attribute.

    Parameters
    ----------
    name : str
        Name of the rule, or ``keep`` or ``drop``.
    tier : Tier
        Of which kind the source is.
    source : str
        Who asks for it: a plugin with its distribution and version, a file, the schema.
    reason : str
        Why, in words.
    selection : Selection, optional
        How values are selected.
    """

    name: str
    tier: Tier
    source: str
    reason: str
    selection: Selection = AS_THEY_ARE

    @property
    def label(self) -> str:
        """The rule with its settings: ``sum (once_per=meta.observation.exposure_number)``."""
        settings = str(self.selection)
        return f"{self.name} ({settings})" if settings else self.name


@dataclass(frozen=True, slots=True)
class Assignment:
    """An attribute, and the rule that it gets; printed, with all that led to it.

    Parameters
    ----------
    attribute : Attribute
        The attribute, as the schema describes it.
    choice : Choice
        What is asked for it.
    rule : Rule or None
        The rule; None for ``keep`` and ``drop``, which are the engine's own.
    provider : Provider
        Whose rule it is.
    won_over : tuple of Choice, optional
        What it would have been without: the choices of lower rank, the highest first.
    recorded : bool, optional
        Whether HDRTAB has a column for it.
    column : str or None, optional
        The column's name, if an override gives it one.
    """

    attribute: Attribute
    choice: Choice
    rule: Rule | None
    provider: Provider
    won_over: tuple[Choice, ...] = ()
    recorded: bool = False
    column: str | None = None

    def __str__(self) -> str:
        rule = f"{self.name} of {self.provider}"
        rows = [
            ("rule", rule if self.rule is None else f"{rule}: {self.rule.summary}"),
            ("asked for by", _asked(self.choice)),
            *(("instead of", f"{one.label}, asked for by {_asked(one)}") for one in self.won_over),
            ("HDRTAB", "recorded" if self.recorded else "not recorded"),
        ]
        if self.recorded and self.column is not None:
            rows[-1] = ("HDRTAB", f"recorded as {self.column}")
        width = max(len(name) for name, _ in rows)
        lines = (f"  {name:{width}}  {text}" for name, text in rows)
        return "\n".join([f"{self.attribute.label}: {self.choice.label}", *lines])

    @property
    def name(self) -> str:
        """The rule's name as it was asked for, or ``keep`` or ``drop``."""
        return self.choice.name

    @property
    def tier(self) -> Tier:
        """Who asked for it."""
        return self.choice.tier

    @property
    def source(self) -> str:
        """Who asked for it, by name."""
        return self.choice.source

    @property
    def reason(self) -> str:
        """Why, in words."""
        return self.choice.reason

    @property
    def selection(self) -> Selection:
        """How values are selected."""
        return self.choice.selection


def _asked(choice: Choice) -> str:
    tier = choice.tier.label
    source = choice.source if tier in choice.source else f"{choice.source} ({tier})"
    return f"{source}: {choice.reason}"
