"""The values of a product that a command changes, or would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.blending.amendment import Amendment
from blender_core.cli.console import Output
from blender_core.cli.json_output import provider_object
from blender_core.common.plain_values import plain
from blender_core.common.provider import engine
from blender_core.common.wording import preview
from blender_core.evaluation.outcome import OF_A_FILE, Status
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.blending.result import BlendResult
    from blender_core.evaluation.outcome import Outcome

__all__ = ["change_object", "print_changes", "values_of"]

_WIDE: Final = 110


def values_of(result: BlendResult, tree: Mapping[str, Any]) -> list[Amendment]:
    """Return what the product has of each attribute, and will have."""
    layout = Layout(assignment.attribute for assignment in result.plan.values())
    own = dict(zip(layout.paths, map(plain, collect(tree, layout)), strict=True))
    values = [
        _value(outcome, own[path])
        for path, outcome in result.outcomes.items()
        if path not in OF_A_FILE
    ]
    return [value for value in values if (value.before, value.after) != (None, None)]


def _value(outcome: Outcome, before: Any) -> Amendment:
    after = {Status.SET: outcome.value, Status.DROPPED: None, Status.REFUSED: None}
    return Amendment(
        attribute=outcome.attribute,
        keyword=outcome.keyword,
        before=before,
        after=after.get(outcome.status, before),
        rule=outcome.rule or "",
        settings=outcome.settings,
        asked_by=outcome.asked_by,
        provider=outcome.provider or engine(),
        reason=outcome.reason,
    )


def change_object(value: Amendment, before: str, after: str) -> dict[str, Any]:
    """Return what programs read of a value that is changed, or stays."""
    return {
        "attribute": value.attribute,
        "keyword": value.keyword,
        before: value.before,
        after: value.after,
        "changes": value.is_change,
        "rule": value.rule,
        "settings": value.settings,
        "asked_by": value.asked_by,
        "provider": provider_object(value.provider),
        "reason": value.reason,
    }


def print_changes(values: Sequence[Amendment], before: str, after: str) -> None:
    """Print values as a table."""
    rows = [
        (
            value.keyword or "",
            value.attribute,
            _shown(value.before),
            _shown(value.after),
            f"{value.rule} ({value.settings})" if value.settings else value.rule,
            f"{value.provider.distribution} {value.provider.version}",
        )
        for value in values
    ]
    Output().table(
        ("keyword", "attribute", before, after, "rule", "provider"),
        rows,
        styles=("bold", "", "", "", "bold cyan", ""),
        folded=(1, 2, 3, 4),
        two_names_from=_WIDE,
    )


def _shown(value: Any) -> str:
    return "none" if value is None else preview(value)
