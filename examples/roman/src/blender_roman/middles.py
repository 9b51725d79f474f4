"""The rule for the mean of the middles of exposures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core import DROP, Gives, Rule
from blender_rules_std.mean_times import mean_datetime

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "mean_of_middles"]


def mean_of_middles(values: Sequence[str], *, middles: Sequence[str | None]) -> object:
    """Return the mean of the middles of exposures.

    Parameters
    ----------
    values : list of str, shape (n_inputs,)
        Of what the mean is else: when the exposures began.
    middles : list of str or None, shape (n_inputs,)
        The middles of the exposures; None of one that does not tell when it ended.

    Returns
    -------
    value : str or DROP
        The mean. There is none if no exposure has a middle.

    Examples
    --------
    >>> mean_of_middles(["2027-02-01", "2027-02-01"], middles=["2027-02-01T00:00", None])
    '2027-02-01T00:00'
    """
    present = [middle for middle in middles if middle is not None]
    return mean_datetime(present) if values and present else DROP


RULES = (
    Rule(
        name="mean_of_middles",
        blend=mean_of_middles,
        summary="The mean of the middles of exposures, where else it is of when they began.",
        gives=Gives.INPUT,
        companions=("middles",),
    ),
)
