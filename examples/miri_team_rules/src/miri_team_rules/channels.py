"""The rule that puts the channels of the medium-resolution spectrometer together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from blender_core import DROP, Gives, Rule, RuleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.rules import Drop

__all__ = ["CHANNELS", "channels"]

_NAMES: Final = ("1", "2", "3", "4", "12", "34", "123", "234", "1234")
"""What CHANNEL may say, by the core schema."""


def channels(values: Sequence[str]) -> str | Drop:
    """Return all channels that any exposure has.

    Parameters
    ----------
    values : list of str, shape (n_inputs,)
        Present values in input order: the channels of each exposure, such as ``12``.

    Returns
    -------
    channels : str
        Each of them once, in order; ``DROP`` if the keyword has no word for these.

    Raises
    ------
    RuleError
        If a value is no list of channels.

    Examples
    --------
    >>> from miri_team_rules.channels import channels
    >>> channels(["34", "12", "34"])
    '1234'
    >>> channels(["1", "4"])
    DROP
    """
    found = "".join(sorted(set("".join(values))))
    if not set(found) <= set("1234"):
        given = ", ".join(map(repr, sorted(set(values))))
        msg = f"channels are written with the digits 1 to 4, unlike {given}"
        raise RuleError(msg)
    return found if found in _NAMES else DROP


CHANNELS: Final = Rule(
    name="mrs_channels",
    blend=channels,
    summary="All channels of the medium-resolution spectrometer that any input has.",
    gives=Gives.CONSTANT,
    constants=_NAMES,
)
