"""What this distribution offers to ``blender_core``: overrides, and no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core import Override, When, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["blender_overrides"]

JWST: Final = When(telescope="JWST")

EXPOSURE: Final = (
    "meta.observation.program_number",
    "meta.observation.observation_number",
    "meta.observation.visit_number",
    "meta.observation.visit_group",
    "meta.observation.sequence_id",
    "meta.observation.activity_id",
    "meta.observation.exposure_number",
)
"""What tells exposures apart, as in jwst's own ``group_id``. Detectors and segments share it."""

START: Final = "meta.exposure.start_time"
END: Final = "meta.exposure.end_time"

SUMMED: Final = (
    "meta.exposure.exposure_time",
    "meta.exposure.effective_exposure_time",
    "meta.exposure.measurement_time",
    "meta.exposure.duration",
    "meta.exposure.elapsed_exposure_time",
)
"""Lengths of time, which the core schema adds up over files."""

DATE_AND_TIME: Final = ("meta.observation.date", "meta.observation.time")
"""The day and the time of day of one instant."""

OF_THE_EARLIEST: Final = (
    "meta.observation.obs_id",
    "meta.observation.visit_id",
    *EXPOSURE,
    "meta.visit.start_time",
    "meta.exposure.start_time_eng",
    "meta.guidestar.gs_start_time",
    "meta.time.barycentric_correction",
    "meta.time.barycentric_expstart",
    "meta.time.heliocentric_correction",
    "meta.time.heliocentric_expstart",
)
"""What belongs to the start of an exposure, or names it, and has no rule in the schema."""

OF_THE_LATEST: Final = (
    "meta.guidestar.gs_stop_time",
    "meta.guidestar.visit_end_time",
    "meta.time.barycentric_expend",
    "meta.time.heliocentric_expend",
)
"""What belongs to the end of an exposure, and has no rule in the schema."""

AVERAGED: Final = (
    "meta.exposure.mid_time",
    "meta.exposure.mid_time_mjd",
    "meta.exposure.mid_time_tdb",
    "meta.time.barycentric_expmid",
    "meta.time.heliocentric_expmid",
)
"""Middles of exposures."""


@hookimpl
def blender_overrides() -> Iterable[Override]:
    """Offer the corrections, for products of JWST.

    Returns
    -------
    overrides : iterable of Override
        All of them.
    """
    yield from _each(
        SUMMED,
        "sum",
        "an exposure counts once, not once per detector or segment, and none is left out silently "
        "(jwst #6303, #7737, #8801)",
        once_per=EXPOSURE,
        missing="require",
    )
    yield from _each(
        DATE_AND_TIME,
        "first",
        "day and time are of one exposure, the earliest (jwst #3548, #8753)",
        order_by=START,
        missing="require",
    )
    yield from _each(
        OF_THE_EARLIEST, "first", "of the earliest, not of the first of a list (jwst #1689)",
        order_by=START,
    )  # fmt: skip
    yield from _each(
        OF_THE_LATEST, "last", "of the latest, not of the first of a list (jwst #1689)",
        order_by=END,
    )  # fmt: skip
    yield from _each(
        AVERAGED,
        "weighted_mean",
        "weighted by exposure time, as the images are (jwst #8073)",
        companions={"weights": "meta.exposure.exposure_time"},
    )
    yield from _each(
        ("meta.instrument.detector",),
        "common",
        "removed where it no longer applies (jwst #4681)",
        missing="keep",
    )


def _each(attributes: Iterable[str], rule: str, reason: str, **settings: Any) -> Iterator[Override]:
    for attribute in attributes:
        # Reference files have a telescope and no exposures: hence optional.
        yield Override(
            attribute=attribute, rule=rule, reason=reason, when=JWST, optional=True, **settings
        )
