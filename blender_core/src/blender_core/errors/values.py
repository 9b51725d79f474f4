"""What is wrong with values, and with the rules that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.errors.root import BlenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.provider import Provider

__all__ = ["InvalidValueError", "RuleCheckError", "RuleError", "TableError"]


class RuleError(BlenderError, ValueError):
    """A rule cannot make a value of what the inputs have.

    Rules raise it with a message of their own; the blend adds the attribute, the rule, its
    provider and the values.

    Attributes
    ----------
    attribute : str or None
        Dotted path of the attribute, once it is known.
    rule : str or None
        Name of the rule, once it is known.
    provider : Provider or None
        Who offers the rule, once it is known.
    """

    def __init__(
        self,
        message: str,
        *,
        attribute: str | None = None,
        rule: str | None = None,
        provider: Provider | None = None,
    ) -> None:
        super().__init__(message)
        self.attribute = attribute
        self.rule = rule
        self.provider = provider


class RuleCheckError(BlenderError, AssertionError):
    """A rule is not what a rule must be. Its author's tests find that out.

    Attributes
    ----------
    rule : str
        Name of the rule.
    problems : tuple of str
        All that is wrong with it.
    """

    def __init__(self, message: str, *, rule: str, problems: Sequence[str]) -> None:
        super().__init__(message)
        self.rule = rule
        self.problems = tuple(problems)


class InvalidValueError(BlenderError, ValueError):
    """The schema of the product forbids a blended value, and its validation is strict.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    value : object
        The value that the schema forbids.
    """

    def __init__(self, message: str, *, attribute: str, value: Any) -> None:
        super().__init__(message)
        self.attribute = attribute
        self.value = value


class TableError(BlenderError, ValueError):
    """An input's value cannot be kept in a FITS table.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    column : str
        Name of the column.
    """

    def __init__(self, message: str, *, attribute: str, column: str) -> None:
        super().__init__(message)
        self.attribute = attribute
        self.column = column
