"""Call a rule as a blend does, and note what it answers."""

from __future__ import annotations

import copy
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blender_core.common.values import DROP
from blender_core.errors import RuleError
from blender_core.schema.conversion import rule_result

if TYPE_CHECKING:
    from blender_core.plugins.rule import Rule
    from blender_core.testing.samples import Sample

__all__ = ["Answer", "ask"]


@dataclass(frozen=True)
class Answer:
    """What a rule answered.

    Parameters
    ----------
    value : object
        The value; None if it raised an error.
    error : Exception or None
        What it raised.
    changed : bool
        Whether it changed what it was called with.
    """

    value: Any
    error: Exception | None
    changed: bool

    @property
    def text(self) -> str:
        """The answer in a form that is the same for the same answers, also of other processes."""
        if self.error is not None:
            return type(self.error).__name__
        if self.value is None or self.value is DROP:
            return repr(self.value)
        try:
            return repr(rule_result(self.value, None))
        except RuleError:
            return f"something of type {type(self.value).__name__}"


def ask(rule: Rule, sample: Sample) -> Answer:
    """Call a rule."""
    values, arguments = copy.deepcopy((list(sample.values), dict(sample.arguments)))
    before = repr((values, arguments))
    value, error = None, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = rule.blend(values, **arguments)
        except Exception as raised:  # noqa: BLE001  # that is what is to be found out
            error = raised
    return Answer(value, error, repr((values, arguments)) != before)
