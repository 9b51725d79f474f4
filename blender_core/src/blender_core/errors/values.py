"""Values that a rule cannot blend, a schema forbids, or a table cannot keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.errors.base import BlenderError

if TYPE_CHECKING:
    from blender_core.common.provider import Provider


class RuleError(BlenderError, ValueError):
    """A rule cannot compute a value from the values of the inputs.

    Rules raise it with a message of their own; the blend adds the attribute, the rule, its
    provider and the values.

    Attributes
    ----------
    attribute, keyword : str or None
        Dotted path and FITS keyword of the attribute, once it is known.
    rule : str or None
        Name of the rule, once it is known.
    provider : Provider or None
        The plugin that provides the rule, once it is known.
    """

    def __init__(
        self,
        message: str,
        *,
        attribute: str | None = None,
        rule: str | None = None,
        provider: Provider | None = None,
        keyword: str | None = None,
    ) -> None:
        super().__init__(message, attribute=attribute, keyword=keyword, provider=provider)
        self.rule = rule


class InvalidValueError(BlenderError, ValueError):
    """The schema of the product forbids a blended value, and its validation is strict.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    keyword : str or None
        Its FITS keyword.
    value : object
        The value that the schema forbids.
    provider : Provider or None
        Whose rule has made it.
    """

    attribute: str

    def __init__(
        self,
        message: str,
        *,
        attribute: str,
        value: Any,
        keyword: str | None = None,
        provider: Provider | None = None,
    ) -> None:
        super().__init__(message, attribute=attribute, keyword=keyword, provider=provider)
        self.value = value


class TableError(BlenderError, ValueError):
    """A value of an input cannot be written into a FITS table.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    keyword : str or None
        Its FITS keyword.
    column : str
        Name of the column.
    input : str or None
        The first input that has such a value, if the value is what is wrong: ``input 3``.
    """

    attribute: str

    def __init__(
        self,
        message: str,
        *,
        attribute: str,
        column: str,
        keyword: str | None = None,
        input: str | None = None,
    ) -> None:
        super().__init__(message, attribute=attribute, keyword=keyword, input=input)
        self.column = column
