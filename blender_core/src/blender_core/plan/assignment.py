"""An attribute and the rule that it gets, with who asked for it and why; and all of a plan's."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.foreign import tried
from blender_core.common.wording import full_repr, pluralize
from blender_core.display.text import terminal_width, text_table
from blender_core.display.view import View, ViewTable
from blender_core.display.viewed import Viewed
from blender_core.plan.columns import name_columns
from blender_core.schema.by_attribute import ByAttribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blender_core.common.provider import Provider
    from blender_core.errors import UnknownAttributeError
    from blender_core.plugins.override import Override
    from blender_core.plugins.rule import Missing, Rule
    from blender_core.schema.attributes import Attribute

__all__ = [
    "AS_THEY_ARE",
    "Assignment",
    "Assignments",
    "Choice",
    "Selection",
    "SourcedOverride",
    "Tier",
]


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
class SourcedOverride:
    """An override, and who asks for it: a plugin with its version, a file, or the caller.

    `reader` is the plugin that has read the file, if one has, `provider` the plugin that asks.
    """

    override: Override
    tier: Tier
    source: str
    reader: str = ""
    provider: Provider | None = None

    @property
    def author(self) -> str:
        """Whose overrides it belongs to: the files that one plugin reads are as one."""
        return self.reader or self.source


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
        # Parameters may be anything, such as arrays, which no single word says to be equal.
        return tried(lambda: _fields(self) == _fields(other), fallback=False)

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


def _fields(selection: Selection) -> tuple[Any, ...]:
    return tuple(getattr(selection, each.name) for each in dataclasses.fields(selection))


AS_THEY_ARE: Final = Selection()
"""All values, in input order."""


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
class Assignment(Viewed):
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

    def __str__(self) -> str:
        return str(self._view())

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

    @property
    def values_of(self) -> str:
        """The dotted path of the attribute whose values are blended."""
        return self.choice.selection.values_of or self.attribute.path


def _asked(choice: Choice) -> str:
    tier = choice.tier.label
    source = choice.source if tier in choice.source else f"{choice.source} ({tier})"
    return f"{source}: {choice.reason}"


class Assignments(Mapping[str, Assignment], Viewed):
    """Attribute → assignment, in the order in which they are given; printed, a table.

    `BlendPlan`, which adds how they are made, describes parameters and attributes.
    """

    def __init__(
        self,
        assignments: Iterable[Assignment],
        unmatched: Iterable[tuple[SourcedOverride, UnknownAttributeError]] = (),
        matched: Iterable[SourcedOverride] = (),
        told: set[str] | None = None,
    ) -> None:
        self.unmatched, self.matched = tuple(unmatched), tuple(matched)
        by_path = {each.attribute.path: each for each in assignments}
        self.keywords = {path: each.attribute.keyword for path, each in by_path.items()}
        self._assignments = ByAttribute(by_path, self.keywords)
        self.columns = name_columns(
            ((each.attribute, each.column) for each in self.values() if each.recorded), told
        )
        needed = {path for each in self.values() for path in each.selection.needs}
        self.wanted = tuple(
            path
            for path, each in self.items()
            if path in needed or path in self.columns or _wants_all(each)
        )
        wanted = set(self.wanted)
        self.wanted_once = tuple(
            path for path, each in self.items() if each.rule is not None and path not in wanted
        )

    def __getitem__(self, name: str) -> Assignment:
        return self._assignments[name]

    def __contains__(self, name: object) -> bool:
        return name in self._assignments

    def get(self, name: str, default: Any = None) -> Any:
        """Return an assignment by the path or keyword of its attribute, if there is one."""
        return self._assignments.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._assignments)

    def __len__(self) -> int:
        return len(self._assignments)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._count}>"

    def __str__(self) -> str:
        return text_table(
            ("attribute", "keyword", "rule", "tier", "asked for by", "provider", "reason"),
            (
                (
                    path,
                    each.attribute.keyword or "",
                    each.choice.label,
                    each.tier.label,
                    each.source,
                    str(each.provider),
                    each.reason,
                )
                for path, each in self.items()
            ),
            terminal_width(),
        )

    @property
    def _count(self) -> str:
        overridden = sum(each.tier > Tier.SCHEMA for each in self.values())
        return f"{len(self)} attributes, {overridden} of them overridden"

    def _view(self) -> View:
        by_tier: dict[Tier, list[Assignment]] = {}
        for each in self.values():
            by_tier.setdefault(each.tier, []).append(each)
        tables = [_table_of_tier(tier, by_tier[tier]) for tier in sorted(by_tier, reverse=True)]
        return View(f"Plan for {self._count}", tables=tables)


def _table_of_tier(tier: Tier, assignments: Sequence[Assignment]) -> ViewTable:
    """Return what is asked for in one tier. Of defaults, there is nothing more to tell."""
    rows = [
        [each.attribute.keyword or "", each.attribute.path, each.choice.label]
        for each in assignments
    ]
    head = ["keyword", "attribute", "rule"]
    if tier > Tier.SCHEMA:
        head += ["asked for by", "reason"]
        for row, each in zip(rows, assignments, strict=True):
            row += [each.source, each.reason]
    title = f"{tier.label}: {pluralize(len(rows), 'attribute')}"
    return ViewTable(head, rows, title, is_folded=tier <= Tier.SCHEMA)


def _wants_all(assignment: Assignment) -> bool:
    """Tell whether the values of all inputs are wanted though nothing records them."""
    if assignment.rule is None:
        return False
    return assignment.tier > Tier.DEFAULT or assignment.attribute.keyword is not None


def _together(paths: Sequence[str]) -> str:
    """Return several paths as one text, with the group that they share named once."""
    groups = {path.rpartition(".")[0] for path in paths}
    if len(paths) == 1 or len(groups) > 1:
        return "+".join(paths)
    return f"{groups.pop()}.{{{','.join(path.rpartition('.')[2] for path in paths)}}}"
