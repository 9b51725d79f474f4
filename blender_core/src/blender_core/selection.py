"""Which of the inputs' values a rule sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.errors import RuleError
from blender_core.rules import Missing

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["select"]


def select(values: Sequence[Any], missing: Missing) -> list[Any]:
    """Return the values that a rule sees.

    Parameters
    ----------
    values : sequence, shape (n_inputs,)
        The values of one attribute, None where an input has none.
    missing : Missing
        What is to happen where an input has none.

    Returns
    -------
    seen : list
        What to call the rule with. Empty if the rule is not to be called at all: no input has
        the value, or one lacks it and `missing` is ``PROPAGATE``.

    Raises
    ------
    RuleError
        If an input lacks the value and `missing` is ``REQUIRE``.

    Examples
    --------
    >>> from blender_core import Missing
    >>> from blender_core.selection import select
    >>> select([10.0, None, 20.0], Missing.SKIP), select([10.0, None], Missing.PROPAGATE)
    ([10.0, 20.0], [])
    """
    absent = values.count(None)
    if absent == len(values):
        return []
    if not absent or missing is Missing.KEEP:
        return list(values)
    if missing is Missing.SKIP:
        return [value for value in values if value is not None]
    if missing is Missing.PROPAGATE:
        return []
    lacking = ", ".join(str(i) for i, value in enumerate(values, start=1) if value is None)
    msg = f"every input must have the value, but input {lacking} of {len(values)} has none"
    raise RuleError(msg)
