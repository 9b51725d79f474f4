"""Whether a product gets HDRRULES, the table that tells which rules made its values."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from blender_core.common.environment import RECORD_RULES
from blender_core.errors import EnvironmentVariableError
from blender_core.plan.assignment import Assignment, Tier
from blender_core.plan.claims import IGNORED

if TYPE_CHECKING:
    from blender_core.blending.result import BlendResult

__all__ = ["departs_from_schema", "record_rules"]


_MEANINGS: Final = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


def record_rules() -> bool | None:
    """Return whether products get the table HDRRULES."""
    said = os.environ.get(RECORD_RULES, "").strip()
    if not said:
        return None
    meaning = _MEANINGS.get(said.casefold())
    if meaning is None:
        yes, no = (
            ", ".join(word for word in _MEANINGS if _MEANINGS[word] is one) for one in (True, False)
        )
        msg = f"the environment variable {RECORD_RULES} is one of {yes}, or of {no}, not {said!r}"
        raise EnvironmentVariableError(
            msg, variable=RECORD_RULES, value=said, allowed=tuple(_MEANINGS)
        )
    return meaning


def departs_from_schema(result: BlendResult) -> bool:
    """Tell whether a blend did anything that the schema and the standard rules do not tell."""
    changed = result.changed
    return any(
        path in changed or any(value is not None for value in result.inputs.get(path, ()))
        for path, assignment in result.plan.items()
        if _is_overridden(assignment)
    )


def _is_overridden(assignment: Assignment) -> bool:
    if assignment.tier > Tier.SCHEMA and assignment.choice != IGNORED:
        return True
    rule, attribute = assignment.rule, assignment.attribute
    is_recorded = assignment.recorded == attribute.recorded and assignment.column is None
    return not is_recorded or (rule is not None and rule.replaces is not None)
