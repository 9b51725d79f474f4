"""What Roman's metadata are: the groups below ``meta``, and what becomes of them in a mosaic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "BLENDED",
    "CELLS",
    "CELLS_OF_MOSAIC",
    "END",
    "EXPOSURE",
    "EXPOSURE_TIMES",
    "GROUPING",
    "LOGS",
    "MEAN",
    "MEMBERS",
    "MIDDLE",
    "NULLABLE",
    "POINTINGS",
    "START",
    "TABLES",
    "TIMES",
    "WORDS",
    "exposure",
    "exposure_grouping",
    "group_and_name",
    "known",
    "leaves",
    "moment",
    "mosaic_schema",
    "schema_of",
]

LOGS: Final = "meta.individual_image_cal_logs"
"""The logs of a mosaic's images, which stand beside ``meta`` in its file."""
TABLES: Final = "meta.individual_image_meta"
"""Where a mosaic has the tables of its images."""
CELLS: Final = "meta.images"
"""Where what a mosaic's tables say of its images is to the blend: a name of a column is short."""
CELLS_OF_MOSAIC: Final = f"{CELLS}.basic.mosaic"
"""Of which mosaic a row of the tables is, if it was blended of mosaics."""
_BASIC: Final = "basic"
"""The table of what stands directly below ``meta``."""
_BASIC_NAMES: Final = (
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
_GROUPS: Final = (
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

TIMES: Final = frozenset({"end_time", "file_date", "mid_time", "start_time"})
"""What the columns are called that are moments."""
_UNKNOWN: Final = -999999
_MOMENT: Final = {"base_format", "format", "scale", "value"}

GROUPING: Final = "meta.observation.exposure_grouping"
_COMMON: Final = {"rule": "common", "missing": "drop"}
NULLABLE: Final = (
    "meta.instrument.optical_element",
    *(
        f"meta.observation.{name}"
        for name in (
            "execution_plan",
            "exposure",
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
_UNTIL_COMPLETE: Final = {
    "rule": "common",
    "default": "INCOMPLETE",
    "parameters": {"otherwise": "INCOMPLETE"},
}
BLENDED: Final[Mapping[str, Any]] = {
    **dict.fromkeys(NULLABLE, _COMMON),
    **{
        f"meta.cal_step.{step}": _UNTIL_COMPLETE
        for step in ("flux", "outlier_detection", "skymatch")
    },
}
"""The attributes that images and mosaics have, and what a mosaic says: path → ``blend_rule``."""
START: Final = "meta.exposure.start_time"
END: Final = "meta.exposure.end_time"
MIDDLE: Final = "meta.resample.mid_time"
"""The middle of an exposure, which images of early versions have themselves."""
MEAN: Final = "meta.coadd_info.time_mean"
POINTINGS: Final = "meta.resample.pointings"
EXPOSURE: Final = "meta.resample.exposure"
"""Of which exposure an image or a row of a mosaic is: its name, or one that no other has."""
EXPOSURE_TIMES: Final = {
    "meta.coadd_info.exposure_time": "mean_of_mosaics",
    "meta.coadd_info.max_exposure_time": "max_of_mosaics",
}
MEMBERS: Final = "meta.resample.members"
_TEXT: Final = {"type": "string"}
_LIST: Final = {"type": "array", "blend_rule": "concatenate", "blend_table": False}
WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    **{path: {"blend_rule": rule} for path, rule in BLENDED.items()},
    GROUPING: {"blend_rule": _COMMON, "blend_table": False},
    START: _TEXT,
    END: _TEXT,
    MIDDLE: {**_TEXT, "blend_table": False},
    "meta.coadd_info.time_first": {
        **_TEXT,
        "blend_rule": "mindatetime",
        "blend_from": START,
        "blend_table": False,
    },
    "meta.coadd_info.time_last": {
        **_TEXT,
        "blend_rule": "maxdatetime",
        "blend_from": END,
        "blend_table": False,
    },
    MEAN: {**_TEXT, "blend_rule": "mean_datetime"},
    POINTINGS: {
        "type": "integer",
        "blend_rule": {
            "rule": "number_of_pointings",
            "companions": {"exposures": EXPOSURE, "mosaics": CELLS_OF_MOSAIC},
        },
    },
    EXPOSURE: {**_TEXT, "blend_rule": "keep", "blend_table": False},
    CELLS_OF_MOSAIC: _TEXT,
    **{
        path: {
            "type": "number",
            "blend_rule": {"rule": rule, "companions": {"mosaics": CELLS_OF_MOSAIC}},
        }
        for path, rule in EXPOSURE_TIMES.items()
    },
    MEMBERS: _LIST,
    LOGS: _LIST,
}
"""What the schemas of images and of mosaics say alike, so that both can be blended together."""


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
    values = {f"meta.{name}": _cell(tree[name]) for name in _BASIC_NAMES if name in tree}
    for group in _GROUPS:
        if isinstance(below := tree.get(group), dict):
            values |= {f"meta.{group}.{name}": _cell(value) for name, value in below.items()}
    return values


def _cell(value: Any) -> Any:
    value = moment(value)
    return str(value) if isinstance(value, (dict, list)) else value


def group_and_name(path: str) -> tuple[str | None, str]:
    """Return which table of images an attribute is in, None if in none, and its column there."""
    prefix = f"{CELLS}." if path.startswith(f"{CELLS}.") else "meta."
    group, _, name = path.removeprefix(prefix).partition(".")
    if not name:
        return (_BASIC, group) if group in _BASIC_NAMES else (None, group)
    return (group, name) if prefix != "meta." or group in _GROUPS else (None, name)


def moment(value: Any) -> Any:
    """Return the text of a moment that is written as a mapping; of all else, what it is."""
    if isinstance(value, dict) and isinstance(value.get("value"), str) and value.keys() <= _MOMENT:
        return value["value"]
    return value


def known(value: Any) -> Any:
    """Return a number, or None of what Roman writes where it is not known."""
    return None if value == _UNKNOWN else value


def exposure(observation: Mapping[str, Any]) -> str | None:
    """Return the name of an exposure, which all of its detectors have; None if it is not told."""
    name = observation.get("observation_id")
    return name if isinstance(name, str) and name not in ("", "?") else None


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


def schema_of(paths: Iterable[str], words: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the schema of what an input has.

    Parameters
    ----------
    paths : iterable of str
        The attributes. Their types are those of their values: a null has none, and what is a
        number in one version of Roman's schemas may be a text in another.
    words : mapping
        Dotted path → what the schema says of an attribute. What is said nothing of is recorded,
        and the mosaic has none.
    """
    root: dict[str, Any] = {}
    for path in paths:
        leaf = {"blend_rule": "keep", "blend_table": True} | dict(words.get(path, {}))
        *parents, name = path.split(".")
        below = root
        for parent in parents:
            below = below.setdefault("properties", {}).setdefault(parent, {"type": "object"})
        below.setdefault("properties", {})[name] = leaf
    return root


def mosaic_schema() -> dict[str, Any]:
    """Return the schema of what a mosaic gets: nothing else of it is blended."""
    return schema_of(WORDS, WORDS)
