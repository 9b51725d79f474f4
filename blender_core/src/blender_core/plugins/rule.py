"""The contract with the author of a rule: :class:`Rule` and what it is made of."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from blender_core.common.wording import preview
from blender_core.plugins.parameters import problem_with_call

ENGINE_RULES: Final[Mapping[str, str]] = {
    "keep": "The product's own value stays.",
    "drop": "The product has no such attribute.",
}
"""Words that stand where a rule's name can, and that no plugin may offer; and what they mean."""

_NAME = re.compile(r"[^\s:]+")


class Gives(enum.Enum):
    """The kind of value that a rule returns.

    A rule with ``INPUT`` may also return one of its `constants`, as ``multi`` does.
    """

    INPUT = "one of its inputs"
    """The value of one of the inputs, as it is."""
    NUMBER = "a computed float"
    """A float that is computed, from integers as well: a mean."""
    COUNT = "a computed integer"
    """An integer, whatever the inputs are: how many there are."""
    SAME_TYPE = "a computed number of its inputs' own type"
    """A number that is computed, an integer from integers: a sum."""
    CONSTANT = "one of its constants"
    """One of the rule's constants, or what a parameter says, and never an input's value."""
    TEXT = "a text"
    """A text that is made of the inputs'."""
    LIST = "a list"
    """A list that is made of the inputs'."""


class Missing(enum.Enum):
    """What a rule gets for an input without a value.

    If no input has a value, no rule is called, and the product keeps its own value, unless it is
    ``DROP``.
    """

    SKIP = "skip"
    """The values that are there."""
    KEEP = "keep"
    """All values, with None where an input has none."""
    REQUIRE = "require"
    """Nothing: it is an error that names the inputs; all of them have it, or none."""
    PROPAGATE = "propagate"
    """Nothing: the product keeps its own value."""
    DROP = "drop"
    """Nothing: the product has no value, even where no input has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named function that combines the values of an attribute, in input order, into one value.

    Parameters
    ----------
    name : str
        The name as a schema's ``blend_rule`` writes it, without white space or colons.
    blend : callable
        ``blend(values, **companions, **parameters) -> value``. `values` is a list that must not be
        changed. ``None`` leaves the product's own value in place; :data:`DROP` says that the
        product has none; :class:`Noted` adds a remark to a value. Anything else is one of the
        values, or a text, a number, a boolean, or a list or mapping of these; numpy's scalars and
        tuples are converted, arrays are an error.
    summary : str
        One line that says what the rule does.
    gives : Gives, optional
        The kind of value that the rule returns.
    constants : tuple, optional
        Values that the rule may return although no input has them, such as ``("MULTIPLE",)``.
    companions : tuple of str, optional
        Names of further keyword arguments of `blend`: aligned columns of other attributes.
    parameters : tuple of str, optional
        Names of further keyword arguments of `blend` that an override may give a value to; they
        have defaults. What their types are, `blend` says by annotations: a value of a type other
        than ``bool``, ``int``, ``float``, ``str`` or a union of these that is annotated is an error
        of the plan.
    constant_parameters : tuple of str, optional
        Those of the parameters whose values may come out, as constants do.
    missing : Missing, optional
        What the rule gets for an input without a value, unless an override says otherwise.
    replaces : str, optional
        The distribution whose rule of the same name this rule replaces.
    deprecated : str, optional
        The rule to use instead, if new schemas should not use this one. The check of a plan reports
        it.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or `blend` cannot be called with a list and, by name,
        its companions and parameters, or needs more than the list and companions.
    ValueError
        If the name or the summary is empty, malformed or reserved.

    Examples
    --------
    >>> from blender_core import Gives, Rule
    >>> def spread(values):
    ...     return max(values) - min(values)
    >>> rule = Rule(name="spread", blend=spread, summary="Largest minus smallest.",
    ...             gives=Gives.SAME_TYPE)
    >>> rule.blend([3, 9, 5])
    6
    """

    name: str
    blend: Callable[..., Any]
    summary: str
    gives: Gives = Gives.INPUT
    constants: tuple[Any, ...] = ()
    companions: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    constant_parameters: tuple[str, ...] = ()
    missing: Missing = Missing.SKIP
    replaces: str | None = None
    deprecated: str = ""

    def __post_init__(self) -> None:
        for field, kind in _FIELD_TYPES.items():
            value = getattr(self, field)
            if not issubclass(type(value), kind):
                wanted = kind.__name__ if isinstance(kind, type) else kind
                msg = f"{field} of rule {preview(self.name)} is a {wanted}, not {preview(value)}"
                raise TypeError(msg)
            # Subclasses of Python's own types have methods of their own.
            if field in _NAMES:
                value = tuple(self._name(each, field) for each in tuple.__iter__(value))
            elif field == "constants":
                value = tuple(tuple.__iter__(value))
            elif issubclass(type(value), str):
                value = str.__str__(value)
            object.__setattr__(self, field, value)
        if problem := problem_with_call(self.blend, self.companions, self.parameters):
            msg = f"blend of rule {preview(self.name)} cannot be called: {problem}"
            raise TypeError(msg)
        if not _NAME.fullmatch(self.name):
            msg = f"a rule's name is a word without white space or colons, not {preview(self.name)}"
            raise ValueError(msg)
        if self.name in ENGINE_RULES:
            msg = f"the word {self.name!r} is the engine's own: choose another name for the rule"
            raise ValueError(msg)
        if not self.summary.strip() or "\n" in self.summary:
            summary = preview(self.summary)
            msg = f"the summary of rule {self.name!r} is one line of text, not {summary}"
            raise ValueError(msg)
        if beyond := [each for each in self.constant_parameters if each not in self.parameters]:
            msg = (
                f"constant_parameters of rule {self.name!r} are some of its parameters, and "
                f"{preview(beyond[0])} is not one of them"
            )
            raise ValueError(msg)

    def _name(self, value: object, field: str) -> str:
        if not issubclass(type(value), str):
            msg = f"{field} of rule {preview(self.name)} are names, and not {preview(value)}"
            raise TypeError(msg)
        return str.__str__(value)


_NAMES: Final = ("companions", "parameters", "constant_parameters")
_FIELD_TYPES: Final[dict[str, Any]] = {
    "name": str,
    "blend": Callable,
    "summary": str,
    "gives": Gives,
    "constants": tuple,
    "companions": tuple,
    "parameters": tuple,
    "constant_parameters": tuple,
    "missing": Missing,
    "replaces": str | None,
    "deprecated": str,
}
