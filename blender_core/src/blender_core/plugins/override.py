"""Overrides: which rule an attribute gets in spite of its schema, and under which conditions."""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.wording import preview
from blender_core.plugins.rule import Missing
from blender_core.schema.column_names import problem_with_name

if TYPE_CHECKING:
    from blender_core.plugins.context import Context

__all__ = ["ANYWHERE", "Override", "When"]


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The inputs for which an override holds; all conditions must be met.

    Parameters
    ----------
    model_type, telescope, instrument, exp_type, detector : str or tuple of str, optional
        What the inputs are, or several of which one is enough. Upper and lower case are the same,
        and ``*`` and ``?`` stand for any letters and for one.

    Raises
    ------
    TypeError
        If a condition is neither a text nor a collection of texts.

    Examples
    --------
    >>> from blender_core import When
    >>> from blender_core.plugins.context import Context
    >>> when = When(instrument="NIRCam", detector=("NRCA*", "NRCB*"))
    >>> when.holds(Context(model_type="ImageModel", instrument="NIRCAM", detector="NRCB4"))
    True
    """

    model_type: str | tuple[str, ...] | None = None
    telescope: str | tuple[str, ...] | None = None
    instrument: str | tuple[str, ...] | None = None
    exp_type: str | tuple[str, ...] | None = None
    detector: str | tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in _CONDITIONS:
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _texts(value, f"the condition {name}"))

    @property
    def conditions(self) -> frozenset[str]:
        """Names of what has to be met."""
        return frozenset(name for name in _CONDITIONS if getattr(self, name) is not None)

    @property
    def scope(self) -> frozenset[str]:
        """The same with what follows: a detector is an instrument's, and that a telescope's."""
        return self.conditions.union(*(_IMPLIED.get(name, ()) for name in self.conditions))

    def holds(self, context: Context) -> bool:
        """Tell whether inputs are meant.

        Parameters
        ----------
        context : Context
            What the inputs are.

        Returns
        -------
        holds : bool
            True if every condition is met. What inputs do not say of themselves meets none.
        """
        return all(
            _is_one_of(getattr(context, name), getattr(self, name)) for name in self.conditions
        )

    def __str__(self) -> str:
        return ", ".join(
            f"{name}={' or '.join(getattr(self, name))}"
            for name in _CONDITIONS
            if getattr(self, name) is not None
        )


_CONDITIONS: Final = tuple(one.name for one in dataclasses.fields(When))
_IMPLIED: Final = {"instrument": ("telescope",), "detector": ("telescope", "instrument")}
ANYWHERE: Final = When()
"""No condition at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """An assignment made outside of the schema.

    Parameters
    ----------
    attribute : str
        The attribute's dotted path or its FITS keyword; the path of a group, for all that is in
        it; or either with wildcards, of which ``*`` and ``?`` stay within one part of a path and
        ``**`` does not.
    rule : str, optional
        Name of the rule, or ``keep`` or ``drop``. Without, the rule stays as it is.
    reason : str, optional
        Why, in words; a plan and a result show it.
    when : When, optional
        The inputs for which it holds.
    missing : Missing or str, optional
        What the rule sees where an input lacks the value.
    default : bool, int, float or str, optional
        What stands in for the value where an input lacks it, even where all do.
    order_by : str, optional
        The attribute in whose order the inputs are put first, as a path or a keyword.
    once_per : str or tuple of str, optional
        The attributes that identify an exposure: its value is taken once, however many files it
        came in.
    companions : mapping of str to str, optional
        The attributes that the rule wants beside its own, by the rule's names for them:
        ``{"weights": "EFFEXPTM"}``.
    parameters : mapping of str to object, optional
        What else the rule can be told: ``{"sort": True}``.
    record : bool, optional
        Whether HDRTAB has a column for the attribute. Without, the schema decides.
    column : str, optional
        The column's name, for a single attribute; it is recorded then.
    optional : bool, optional
        Whether it is left out where the inputs' schema does not have the attribute, for overrides
        that hold for inputs of many kinds. Without, that is an error.

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
    ...     attribute="EFFEXPTM", rule="sum", once_per=("OBSERVTN", "VISIT", "EXPOSURE"),
    ...     when=When(instrument="MIRI"), reason="An exposure counts once.",
    ... )
    >>> override.once_per
    ('OBSERVTN', 'VISIT', 'EXPOSURE')
    """

    attribute: str
    rule: str | None = None
    reason: str = ""
    when: When = ANYWHERE
    missing: Missing | str | None = None
    default: bool | int | float | str | None = None
    order_by: str | None = None
    once_per: str | tuple[str, ...] = ()
    companions: Mapping[str, str] = field(default_factory=dict, hash=False)
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    record: bool | None = None
    column: str | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        for name, (kind, words) in _TYPES.items():
            if not isinstance(value := getattr(self, name), kind):
                raise _wrong_type(self, name, words, value)
        for name in _NEVER_EMPTY:
            value = getattr(self, name)
            if value is not None and not value.strip():
                msg = f"{name} of {_whose(self)} is empty"
                raise ValueError(msg)
        if isinstance(self.missing, str):
            object.__setattr__(self, "missing", _missing(self, self.missing))
        if self.once_per != ():
            texts = _texts(self.once_per, f"once_per of {_whose(self)}")
            object.__setattr__(self, "once_per", texts)
        # It is shown in tables and sentences, however its lines are broken.
        object.__setattr__(self, "reason", " ".join(self.reason.split()))
        # Nobody's later change may reach a plan.
        object.__setattr__(self, "companions", dict(self.companions))
        object.__setattr__(self, "parameters", dict(self.parameters))
        named: dict[Any, Any] = dict(self.companions)
        if not all(isinstance(one, str) for pair in named.items() for one in pair):
            wanted = "a mapping of names to attributes"
            raise _wrong_type(self, "companions", wanted, self.companions)
        if not all(isinstance(one, str) for one in dict[Any, Any](self.parameters)):
            raise _wrong_type(self, "parameters", "a mapping of names to values", self.parameters)
        _require_sense(self)


_TYPES: Final[dict[str, tuple[Any, str]]] = {
    "attribute": (str, "a text"),
    "rule": (str | None, "a text"),
    "reason": (str, "a text"),
    "when": (When, "a When"),
    "missing": (Missing | str | None, "a text"),
    "default": (bool | int | float | str | None, "a boolean, a number or a text"),
    "order_by": (str | None, "a text"),
    "companions": (Mapping, "a mapping of names to attributes"),
    "parameters": (Mapping, "a mapping of names to values"),
    "record": (bool | None, "a boolean"),
    "column": (str | None, "a text"),
    "optional": (bool, "a boolean"),
}
_NEVER_EMPTY: Final = ("attribute", "rule", "order_by", "column")
_OF_A_RULE: Final = ("missing", "default", "order_by", "once_per", "companions", "parameters")


def _require_sense(override: Override) -> None:
    given = [name for name in _OF_A_RULE if getattr(override, name) not in (None, (), {})]
    if override.rule is None:
        if given:
            msg = (
                f"{_whose(override)} says {' and '.join(given)} and no rule: settings are a "
                "rule's, so name the rule that they are for"
            )
            raise ValueError(msg)
        if override.record is None and override.column is None:
            msg = f"{_whose(override)} overrides nothing: give a rule, record or column"
            raise ValueError(msg)
    if override.rule in ("keep", "drop") and given:
        msg = (
            f"{_whose(override)}: {override.rule!r} looks at no values, so {given[0]} means nothing"
        )
        raise ValueError(msg)
    if override.column is not None and (problem := problem_with_name(override.column)):
        msg = f"column of {_whose(override)} cannot be {preview(override.column)}: {problem}"
        raise ValueError(msg)
    if override.column is not None and override.record is False:
        msg = f"{_whose(override)} names a column for what is not to be recorded"
        raise ValueError(msg)
    if override.default is not None and override.missing is not None:
        msg = (
            f"{_whose(override)} says both default and missing: with a default, no value is missing"
        )
        raise ValueError(msg)


def _whose(override: Override) -> str:
    return f"the override of {preview(override.attribute)}"


def _wrong_type(override: Override, name: str, wanted: str, value: object) -> TypeError:
    return TypeError(f"{name} of {_whose(override)} is {wanted}, not {preview(value)}")


def _missing(override: Override, word: str) -> Missing:
    try:
        return Missing(word)
    except ValueError:
        words = ", ".join(repr(one.value) for one in Missing)
        msg = f"missing of {_whose(override)} is one of {words}, not {word!r}"
        raise ValueError(msg) from None


def _texts(given: Any, what: str) -> tuple[str, ...]:
    texts = (given,) if isinstance(given, str) else given
    if not isinstance(texts, (tuple, list)) or not all(isinstance(one, str) for one in texts):
        msg = f"{what} is a text or several, not {preview(given)}"
        raise TypeError(msg)
    if not texts or not all(one.strip() for one in texts):
        msg = f"{what} is empty"
        raise ValueError(msg)
    return tuple(texts)


def _is_one_of(value: str | None, patterns: tuple[str, ...]) -> bool:
    return value is not None and any(
        fnmatch.fnmatchcase(value.casefold(), pattern.casefold()) for pattern in patterns
    )
