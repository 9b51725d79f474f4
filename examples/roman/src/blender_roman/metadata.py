"""What Roman's metadata are: the groups below ``meta``, and what becomes of them in a mosaic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BASIC",
    "BASIC_NAMES",
    "BLENDED",
    "GROUPS",
    "LOGS",
    "NULLABLE",
    "TABLES",
    "TIMES",
    "exposure_grouping",
    "leaves",
    "moment",
    "mosaic_schema",
    "schema_of",
]

LOGS: Final = "meta.individual_image_cal_logs"
"""The logs of a mosaic's images, which stand beside ``meta`` in its file."""
TABLES: Final = "meta.individual_image_meta"
"""Where a mosaic has the tables of its images."""
BASIC: Final = "basic"
"""The table of what stands directly below ``meta``."""
BASIC_NAMES: Final = (
    "calibration_software_name",
    "calibration_software_version",
    "file_date",
    "filename",
    "model_type",
    "origin",
    "prd_version",
    "product_type",
    "sdf_software_version",
    "telescope",
)
GROUPS: Final = (
    "background",
    "cal_step",
    "coordinates",
    "ephemeris",
    "exposure",
    "guide_star",
    "instrument",
    "observation",
    "photometry",
    "pointing",
    "program",
    "rcs",
    "ref_file",
    "source_catalog",
    "velocity_aberration",
    "visit",
    "wcsinfo",
)
"""The groups of an image that a mosaic has a table of: ``individual_image_meta`` in RAD."""

TIMES: Final = frozenset({"end_time", "file_date", "start_time"})
"""What the columns are called that are moments."""
_MOMENT: Final = {"base_format", "format", "scale", "value"}

_COMMON: Final = {"rule": "common", "missing": "keep"}
NULLABLE: Final = (
    "meta.instrument.optical_element",
    *(
        f"meta.observation.{name}"
        for name in (
            "execution_plan",
            "exposure",
            "mosaic_schema",
            "exposure_grouping",
            "observation",
            "pass",
            "program",
            "segment",
            "visit",
        )
    ),
    *(
        f"meta.program.{name}"
        for name in ("title", "investigator_name", "category", "subcategory", "science_category")
    ),
)
"""What all images have to have in common. Of others, the mosaic says null: RAD wants the keys."""
BLENDED: Final[Mapping[str, Any]] = {
    **dict.fromkeys(NULLABLE, _COMMON),
    **{
        f"meta.cal_step.{step}": {**_COMMON, "parameters": {"otherwise": "INCOMPLETE"}}
        for step in ("flux", "outlier_detection", "skymatch")
    },
}
"""The attributes that images and mosaics have, and what a mosaic says: path → ``blend_rule``."""

Leaf = dict[str, Any]


def leaves(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goes into the tables: dotted path → value, null where there is none.

    Parameters
    ----------
    tree : mapping
        What is below ``meta``.

    Returns
    -------
    values : dict
        A group or a list within a group is a text, as romancal has it in its tables.
    """
    values = {f"meta.{name}": _cell(tree[name]) for name in BASIC_NAMES if name in tree}
    for group in GROUPS:
        if isinstance(below := tree.get(group), dict):
            values |= {f"meta.{group}.{name}": _cell(value) for name, value in below.items()}
    return values


def _cell(value: Any) -> Any:
    value = moment(value)
    return str(value) if isinstance(value, (dict, list)) else value


def moment(value: Any) -> Any:
    """Return the text of a moment that is written as a mapping; of all else, what it is."""
    if isinstance(value, dict) and isinstance(value.get("value"), str) and value.keys() <= _MOMENT:
        return value["value"]
    return value


def exposure_grouping(observation: Mapping[str, Any]) -> str | None:
    """Return what the visit is called that an image is of; None if it does not say.

    Parameters
    ----------
    observation : mapping
        The group ``meta.observation``.
    """
    names = ("execution_plan", "pass", "segment", "observation", "visit")
    numbers = [observation.get(name) for name in names]
    if not all(isinstance(number, int) for number in numbers):
        return None
    plan, *others = numbers
    return f"v{plan:02d}" + "".join(f"{number:03d}" for number in others)


_TYPES: Final = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}


def schema_of(values: Mapping[str, Any], words: Mapping[str, Leaf]) -> dict[str, Any]:
    """Return the schema of what an input has.

    Parameters
    ----------
    values : mapping
        Dotted path → value.
    words : mapping
        Dotted path → what the schema says of an attribute besides its type. What is said nothing
        of is recorded, and the mosaic has none.
    """
    root: dict[str, Any] = {}
    for path, value in values.items():
        leaf: Leaf = {"blend_rule": "keep", "blend_table": True} | words.get(path, {})
        if (kind := _TYPES.get(type(value))) is not None:
            leaf.setdefault("type", kind)
        *parents, name = path.split(".")
        below = root
        for parent in parents:
            below = below.setdefault("properties", {}).setdefault(parent, {"type": "object"})
        below.setdefault("properties", {})[name] = leaf
    return root


def mosaic_schema() -> dict[str, Any]:
    """Return the schema of what a mosaic gets: nothing else of it is blended."""
    texts = dict.fromkeys(
        (f"meta.coadd_info.time_{which}" for which in ("first", "last", "mean")), ""
    )
    lists: dict[str, Any] = {"meta.resample.members": [], LOGS: []}
    words = {path: {"blend_rule": rule} for path, rule in BLENDED.items()}
    return schema_of(dict.fromkeys(words) | texts | lists, words)
