"""Overrides: which rule an attribute gets in spite of its schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from blender_core.common.attribute_paths import is_pattern
from blender_core.common.foreign import bounded
from blender_core.common.plain_values import plain_scalar
from blender_core.common.values import have_same_fields
from blender_core.common.wording import preview
from blender_core.plugins.rule import ENGINE_RULES, Missing
from blender_core.plugins.when import (
    ANYWHERE,
    CONDITIONS,
    OverrideTypeError,
    OverrideValueError,
    When,
    are_strings,
    strings_of,
)
from blender_core.schema.validation import problem_with_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A rule, or other settings, for attributes, instead of those in the schema.

    Parameters
    ----------
    attribute : str
        The attribute's dotted path or its FITS keyword; the path of a group, for all that is in
        it; either with wildcards, of which ``*`` and ``?`` stay within one part of a path and
        ``**`` does not; or ``/`` and the title of a section of a header, for all keywords in it.
    rule : str, optional
        Name of the rule, or ``keep`` or ``drop``. Without, the rule stays as it is.
    reason : str, optional
        Why, in words; a plan and a result show it.
    when : When, optional
        The inputs to which it applies.
    missing : Missing or str, optional
        What the rule gets for an input without a value.
    default : bool, int, float or str, optional
        The value that is used for inputs without one, even if no input has one.
    order_by : str, optional
        The attribute by which the inputs are sorted first, as a path or a keyword.
    once_per : str or tuple of str, optional
        The attributes that identify an exposure. Each exposure counts once, however many files it
        has.
    blend_from : str, optional
        The path or keyword of the attribute whose values are blended instead. Where the inputs have
        no `attribute` beside it, in the same HDU, one is made there. A keyword or pattern that
        several HDUs have means each of them.
    companions : mapping of str to str, optional
        The further attributes that the rule needs, by the names of its arguments: ``{"weights":
        "EFFEXPTM"}``.
    parameters : mapping of str to object, optional
        Further arguments of the rule: ``{"sort": True}``.
    record : bool, optional
        Whether HDRTAB has a column for the attribute. Without, the schema decides.
    column : str, optional
        The column's name, for a single attribute; it is recorded then.
    optional : bool, optional
        Whether the override is ignored if the inputs' schema does not have the attribute.
        Otherwise, this is an error.
    for_all : bool, optional
        Whether the override applies to all inputs of a blend if `when` is met by one of them.
        Otherwise, it is an error if an attribute gets different rules for different inputs.
    precedence : int, optional
        Of overrides that one plugin, one file or one caller asks for, those with the greatest
        number win, however narrowly they mean an attribute. It is for formats of rules files whose
        later lines win over earlier ones; the files that one plugin reads are as one.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If arguments contradict each other, or nothing is overridden.

    Examples
    --------
    >>> from blender_core import Override, When
    >>> override = Override(
    ...     attribute="EFFEXPTM", rule="sum",
    ...     once_per=("OBSERVTN", "VISIT", "VISITGRP", "SEQ_ID", "ACT_ID", "EXPOSURE"),
    ...     when=When(instrument="MIRI"), reason="An exposure counts once.",
    ... )
    >>> override.once_per
    ('OBSERVTN', 'VISIT', 'VISITGRP', 'SEQ_ID', 'ACT_ID', 'EXPOSURE')
    """

    attribute: str
    rule: str | None = None
    reason: str = ""
    when: When = ANYWHERE
    missing: Missing | str | None = None
    default: bool | int | float | str | None = None
    order_by: str | None = None
    once_per: str | tuple[str, ...] = ()
    blend_from: str | None = None
    companions: Mapping[str, str] = field(default_factory=dict, hash=False)
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    record: bool | None = None
    column: str | None = None
    optional: bool = False
    for_all: bool = False
    precedence: int = 0

    def __post_init__(self) -> None:
        for name, (kind, words) in _TYPES.items():
            value = getattr(self, name)
            if not issubclass(type(value), kind):
                raise _wrong_type(self, name, words)
            # Subclasses of Python's own types have methods of their own.
            if issubclass(type(value), (str, int, float)):
                object.__setattr__(self, name, plain_scalar(value))
        for name in _NEVER_EMPTY:
            value = getattr(self, name)
            if value is not None and not value.strip():
                msg = f"{name} of {_whose(self)} is empty"
                raise OverrideValueError(msg, name)
        if isinstance(self.missing, str):
            object.__setattr__(self, "missing", _missing(self, self.missing))
        if self.once_per != ():
            paths = strings_of(self.once_per, f"once_per of {_whose(self)}", "once_per")
            object.__setattr__(self, "once_per", paths)
        # It is shown in tables and sentences, where a broken line would be out of place.
        object.__setattr__(self, "reason", " ".join(self.reason.split()))
        # Copies: a change of the caller's own dict must not reach a plan.
        for name in ("companions", "parameters"):
            pairs = {_own(key): _own(value) for key, value in bounded(getattr(self, name).items())}
            if not are_strings(*pairs, *(pairs.values() if name == "companions" else ())):
                raise _wrong_type(self, name, _TYPES[name][1])
            object.__setattr__(self, name, pairs)
        object.__setattr__(
            self, "when", When(**{name: getattr(self.when, name) for name in CONDITIONS})
        )
        _require_sense(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Override):
            return NotImplemented
        return have_same_fields(self, other)


def _own(value: Any) -> Any:
    scalar = plain_scalar(value)
    return value if scalar is None else scalar


_TYPES: Final[dict[str, tuple[Any, str]]] = {
    "attribute": (str, "a str"),
    "rule": (str | None, "a str"),
    "reason": (str, "a str"),
    "when": (When, "a When"),
    "missing": (Missing | str | None, "a str"),
    "default": (bool | int | float | str | None, "a bool, an int, a float or a str"),
    "order_by": (str | None, "a str"),
    "blend_from": (str | None, "a str"),
    "companions": (Mapping, "a dict of names to attributes"),
    "parameters": (Mapping, "a dict of names to values"),
    "record": (bool | None, "a bool"),
    "column": (str | None, "a str"),
    "optional": (bool, "a bool"),
    "for_all": (bool, "a bool"),
    "precedence": (int, "an int"),
}
_NEVER_EMPTY: Final = ("attribute", "rule", "order_by", "blend_from", "column")
SETTINGS: Final = ("missing", "default", "order_by", "once_per", "companions", "parameters")
"""The arguments that say how the values are selected that a rule sees, and what else it is told."""


def _require_sense(override: Override) -> None:
    whose = _whose(override)
    given = (*SETTINGS, "blend_from")
    settings = [name for name in given if getattr(override, name) not in (None, (), {})]
    key, problem = None, ""
    if override.rule is None and settings:
        problem = (
            f"{whose} says {' and '.join(settings)} and no rule: settings are a rule's, so name "
            "the rule that they are for"
        )
    elif override.rule is None and override.record is None and override.column is None:
        problem = f"{whose} overrides nothing: give a rule, record or column"
    elif override.rule in ENGINE_RULES and settings:
        problem = f"{whose}: {override.rule!r} looks at no values, so {settings[0]} means nothing"
    elif override.blend_from is not None and is_pattern(override.attribute):
        key = "blend_from"
        problem = f"{whose} says blend_from, and means several attributes by a pattern: name one"
    elif override.column is not None and (refusal := problem_with_name(override.column)):
        key = "column"
        problem = f"column of {whose} cannot be {preview(override.column)}: {refusal}"
    elif override.column is not None and override.record is False:
        problem = f"{whose} names a column for what is not to be recorded"
    elif override.default is not None and override.missing is not None:
        problem = f"{whose} says both default and missing: with a default, no value is missing"
    if problem:
        raise OverrideValueError(problem, key)


def _whose(override: Override) -> str:
    return f"the override of {preview(override.attribute)}"


def _wrong_type(override: Override, name: str, wanted: str) -> OverrideTypeError:
    value = preview(getattr(override, name))
    return OverrideTypeError(f"{name} of {_whose(override)} is {wanted}, not {value}", name)


def _missing(override: Override, word: str) -> Missing:
    try:
        return Missing(word)
    except ValueError:
        words = ", ".join(repr(member.value) for member in Missing)
        msg = f"missing of {_whose(override)} is one of {words}, not {word!r}"
        raise OverrideValueError(msg, "missing") from None
