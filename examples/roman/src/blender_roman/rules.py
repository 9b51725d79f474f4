"""Rules for what mosaics alone tell of their exposures, and images do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core import Gives, Missing, Rule
from blender_rules_std.averages import mean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "max_of_mosaics", "mean_of_mosaics", "number_of_pointings"]


def number_of_pointings(
    values: Sequence[int | None], *, exposures: Sequence[str], mosaics: Sequence[str | None]
) -> int:
    """Return how many exposures were combined.

    Parameters
    ----------
    values : list of int or None, shape (n_inputs,)
        How many a mosaic counts, in the first of its rows.
    exposures : list of str, shape (n_inputs,)
        Of which exposure a row is.
    mosaics : list of str or None, shape (n_inputs,)
        Of which mosaic a row is; None of an image.

    Returns
    -------
    number : int
        The sum of what mosaics count, and one for each exposure of images that no mosaic has.

    Examples
    --------
    >>> number_of_pointings([2, None, None], exposures=["1", "2", "3"], mosaics=["m", "m", None])
    3
    """
    rows = list(zip(exposures, mosaics, strict=True))
    counted = {exposure for exposure, mosaic in rows if mosaic is not None}
    others = {exposure for exposure, mosaic in rows if mosaic is None} - counted
    return sum(value for value in values if value is not None) + len(others)


def mean_of_mosaics(
    values: Sequence[float | None], *, mosaics: Sequence[str | None]
) -> float | None:
    """Return the mean of what mosaics have; nothing if there are images, which do not tell.

    Parameters
    ----------
    values : list of float or None, shape (n_inputs,)
        What a mosaic has, in the first of its rows.
    mosaics : list of str or None, shape (n_inputs,)
        Of which mosaic a row is; None of an image.

    Returns
    -------
    value : float or None
        The mean.

    Examples
    --------
    >>> mean_of_mosaics([100.0, None, 50.0], mosaics=["m", "m", "n"])
    75.0
    """
    return None if None in mosaics else mean(_present(values))


def max_of_mosaics(
    values: Sequence[float | None], *, mosaics: Sequence[str | None]
) -> float | None:
    """Return the largest of what mosaics have; nothing if there are images, which do not tell.

    Parameters
    ----------
    values, mosaics
        As for `mean_of_mosaics`.

    Returns
    -------
    value : float or None
        The largest.

    Examples
    --------
    >>> max_of_mosaics([100.0, None, 50.0], mosaics=["m", "m", "n"])
    100.0
    """
    return None if None in mosaics else max(_present(values))


def _present(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


RULES = (
    Rule(
        name="number_of_pointings",
        blend=number_of_pointings,
        summary="The sum of what mosaics count, and one for each other exposure of images.",
        gives=Gives.COUNT,
        companions=("exposures", "mosaics"),
        missing=Missing.KEEP,
    ),
    Rule(
        name="mean_of_mosaics",
        blend=mean_of_mosaics,
        summary="The mean of what mosaics have; the product's own if there are images.",
        gives=Gives.NUMBER,
        companions=("mosaics",),
        missing=Missing.KEEP,
    ),
    Rule(
        name="max_of_mosaics",
        blend=max_of_mosaics,
        summary="The largest of what mosaics have; the product's own if there are images.",
        companions=("mosaics",),
        missing=Missing.KEEP,
    ),
)
