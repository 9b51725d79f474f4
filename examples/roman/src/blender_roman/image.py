"""An image of level 2 as an input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core import Source
from blender_roman.metadata import BLENDED, LOGS, exposure_grouping, leaves, schema_of
from blender_rules_std.mean_times import mean_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blender_core.columns import Layout

__all__ = ["Image"]

START: Final = "meta.exposure.start_time"
END: Final = "meta.exposure.end_time"
MIDDLE: Final = "meta.exposure.mid_time"

_WORDS: Final[dict[str, Any]] = {
    **{path: {"blend_rule": rule} for path, rule in BLENDED.items()},
    "meta.coadd_info.time_first": {"blend_rule": "mindatetime", "blend_from": START},
    "meta.coadd_info.time_last": {"blend_rule": "maxdatetime", "blend_from": END},
    "meta.coadd_info.time_mean": {"blend_rule": "mean_datetime", "blend_from": START},
    "meta.resample.members": {"blend_rule": "concatenate"},
    LOGS: {"blend_rule": "concatenate"},
}
_MADE: Final = {
    path: {"type": kind, "blend_table": False} | _WORDS.get(path, {})
    for path, kind in {
        MIDDLE: "string",
        "meta.observation.exposure_grouping": "string",
        "meta.coadd_info.time_first": "string",
        "meta.coadd_info.time_last": "string",
        "meta.coadd_info.time_mean": "string",
        "meta.resample.members": "array",
        LOGS: "array",
    }.items()
}
"""What an image does not have itself, and a mosaic of it has."""


class Image(Source):
    """What one image says.

    Besides its own metadata it has what is made of them for the mosaic: its name as the list of
    members, its log, the name of its visit, and, if it is asked for, the middle of its exposure,
    ``meta.exposure.mid_time``.
    """

    model_type = "Roman image"
    schema: Mapping[str, Any] = {}

    def __init__(self, meta: Mapping[str, Any], what: str) -> None:
        self.what = what
        self._values = leaves(meta)
        made = dict.fromkeys(_MADE)
        made["meta.resample.members"] = [meta["filename"]] if meta.get("filename") else []
        # A member without a log has an empty one: so each log stays beside its member.
        made[LOGS] = [meta.get("cal_logs") or []]
        made["meta.observation.exposure_grouping"] = exposure_grouping(
            meta.get("observation") or {}
        )
        self._values |= made
        self.schema = schema_of(self._values, _WORDS | _MADE)

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values."""
        return [self._value(path) for path in layout.paths]

    def _value(self, path: str) -> Any:
        if path != MIDDLE:
            return self._values.get(path)
        moments = [self._values.get(each) for each in (START, END)]
        return None if None in moments else mean_datetime([str(each) for each in moments])
