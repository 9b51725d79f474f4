"""An image of level 2 as an input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core import Source
from blender_roman.metadata import (
    END,
    EXPOSURE,
    GROUPING,
    LOGS,
    MEAN,
    MEMBERS,
    MIDDLE,
    START,
    WORDS,
    exposure,
    exposure_grouping,
    leaves,
    schema_of,
)
from blender_rules_std.mean_times import mean_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from blender_core.columns import Layout

__all__ = ["Image"]


class Image(Source):
    """What one image says.

    Besides its own metadata it has what is made of them for the mosaic: its name as the list of
    members, its log, the name of its visit, of which exposure it is, and, if it is asked for, the
    middle of that, ``meta.resample.mid_time``. ``files`` is what it was opened from in memory.
    """

    model_type = "Roman image"
    schema: Mapping[str, Any] = {}

    def __init__(self, meta: Mapping[str, Any], what: str, files: tuple[Path, ...] = ()) -> None:
        self.what = what
        self.files = files
        # What a mosaic has is an attribute of each image: which of them lack it, does not matter.
        self._values: dict[str, Any] = leaves(meta)
        for path in WORDS:
            self._values.setdefault(path, None)
        observation, logs = meta.get("observation"), meta.get("cal_logs") or []
        if not isinstance(observation, dict):
            observation = {}
        self._values |= {
            GROUPING: exposure_grouping(observation),
            EXPOSURE: exposure(observation) or str(what),
            MEAN: self._values[START],
            MEMBERS: [meta["filename"]] if meta.get("filename") else [],
            # A member without a log has an empty one: so each log stays beside its member.
            LOGS: [logs if isinstance(logs, list) else [str(logs)]],
        }
        self.schema = schema_of(self._values, WORDS)

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values."""
        return [self._value(path) for path in layout.paths]

    def _value(self, path: str) -> Any:
        if path != MIDDLE:
            return self._values.get(path)
        if own := self._values.get("meta.exposure.mid_time"):
            return own
        moments = [self._values.get(each) for each in (START, END)]
        return None if None in moments else mean_datetime([str(each) for each in moments])
