"""What an attribute gets where nobody overrides it: what the schema asks for, else the default."""

from __future__ import annotations

import difflib
import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.attribute_paths import is_within
from blender_core.common.wording import format_error, preview
from blender_core.errors import PlanError
from blender_core.plan.assignment import Choice, Tier
from blender_core.plan.selections import of_values, selection_of
from blender_core.plugins.override import SETTINGS, Override
from blender_core.plugins.rule import ENGINE_RULES
from blender_core.plugins.when import OverrideTypeError, OverrideValueError
from blender_core.schema.validation import problem_with_name

if TYPE_CHECKING:
    from blender_core.schema.attribute_index import AttributeIndex
    from blender_core.schema.attributes import Attribute

DEFAULT_RULE: Final = "first"
"""The rule of attributes for which nobody asks for one."""

PROTECTED: Final = ("meta.wcs", "meta.wcsinfo", "meta.model_type")
"""What stays the product's own unless asked for: where it points, and what it is."""

_KEYS: Final = ("rule", *SETTINGS, "reason")
_REASON: Final = "blend_rule of the schema"


def protector_of(path: str) -> str | None:
    """Return the protected path for whose sake the product's own value stays; None if none."""
    if not path.startswith(PROTECTED):
        return None
    return next((protected for protected in PROTECTED if is_within(path, protected)), None)


class SchemaChoices:
    """What the attributes of a schema get where nobody overrides them."""

    def __init__(self, index: AttributeIndex) -> None:
        self._index = index

    def of(self, attribute: Attribute) -> list[Choice]:
        """Return what an attribute gets, the highest tier first."""
        if protected_by := protector_of(attribute.path):
            return [_of_the_engine("keep", f"{protected_by} is protected")]
        if attribute.type == "array":
            default = _of_the_engine("keep", "a list without a rule")
        elif attribute.known:
            default = _of_the_engine(DEFAULT_RULE, "no blend_rule in the schema")
        else:
            default = _of_the_engine(DEFAULT_RULE, "not in the schema")
        if attribute.rule is None and not attribute.settings:
            return [self.of_values(default, attribute)]
        choice = Choice(attribute.rule, Tier.SCHEMA, "the schema", _REASON)  # type: ignore[arg-type]
        if attribute.settings:
            choice = self._with_settings(attribute)
        return [self.of_values(choice, attribute), self.of_values(default, attribute)]

    def of_values(self, choice: Choice, attribute: Attribute) -> Choice:
        """Return the choice of a rule for the values that the schema says the attribute has.

        What the choice says itself of whose values they are, and how often they count, holds.
        """
        name, once_per = attribute.blend_from, attribute.once_per
        if (name is None and once_per is None) or choice.name in ENGINE_RULES:
            return choice
        if once_per is not None and not choice.selection.once_per:
            names = once_per if isinstance(once_per, tuple) else (once_per,)
            paths = tuple(self._path(attribute, "blend_once_per", each) for each in names)
            choice = replace(choice, selection=replace(choice.selection, once_per=paths))
        if name is None or choice.selection.values_of is not None:
            return choice
        (source,) = self._index.named(self._path(attribute, "blend_from", name))
        return of_values(choice, source)

    def column(self, attribute: Attribute) -> str | None:
        """Return the column of HDRTAB that the schema names for an attribute; None if none."""
        column = attribute.column
        if column is None:
            return None
        problem = "it is no str"
        if isinstance(column, str):
            problem = problem_with_name(column) or ("" if column.strip() else "it is empty")
        if problem:
            raise _fault(attribute, f"blend_column {preview(column)}: {problem}")
        return column

    def _with_settings(self, attribute: Attribute) -> Choice:
        settings = {"rule": attribute.rule, **attribute.settings}
        for key in settings:
            if key not in _KEYS:
                close = difflib.get_close_matches(str(key), _KEYS, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(_KEYS)}"
                raise _fault(attribute, f"blend_rule with the unknown key {preview(key)}: {hint}")
        try:
            override = Override(attribute=attribute.path, **settings)
        except (OverrideTypeError, OverrideValueError) as error:
            raise _fault(
                attribute, f"blend_rule that has no meaning: {format_error(error)}"
            ) from error
        if override.rule is None:
            raise _fault(attribute, "blend_rule without a rule: settings are those of a rule")
        selection = selection_of(override, functools.partial(self._path, attribute))
        return Choice(
            override.rule, Tier.SCHEMA, "the schema", override.reason or _REASON, selection
        )

    def _path(self, attribute: Attribute, purpose: str, name: Any) -> str:
        if not isinstance(name, str):
            raise _fault(attribute, f"{purpose} {preview(name)}, which is no str")
        return self._index.path(name, purpose, f"what the schema says of {attribute.label}")


def _fault(attribute: Attribute, problem: str) -> PlanError:
    msg = f"{attribute.label} has in the schema a {problem}"
    return PlanError(msg, attribute=attribute.path, keyword=attribute.keyword)


@functools.cache
def _of_the_engine(name: str, reason: str) -> Choice:
    return Choice(name, Tier.DEFAULT, "the engine", reason)
