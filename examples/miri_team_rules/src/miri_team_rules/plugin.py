"""What this distribution offers to ``blender_core``: a rule, and overrides for MIRI alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from blender_core import Override, When, hookimpl
from miri_team_rules.channels import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core import Rule

__all__ = ["blender_overrides", "blender_rules"]

MIRI: Final = When(instrument="MIRI")
SPECTROMETER: Final = When(instrument="MIRI", detector=("MIRIFUSHORT", "MIRIFULONG"))


@hookimpl
def blender_rules() -> Iterable[Rule]:
    """Offer the team's rule.

    Returns
    -------
    rules : iterable of Rule
        One.
    """
    return (CHANNELS,)


@hookimpl
def blender_overrides() -> Iterable[Override]:
    """Offer the team's overrides, which hold for its instrument only.

    Returns
    -------
    overrides : iterable of Override
        All of them.
    """
    return (
        Override(
            attribute="CHANNEL",
            rule=CHANNELS.name,
            when=SPECTROMETER,
            reason="a cube of both detectors has the channels of both (jwst #1955)",
        ),
        Override(
            attribute="DETECTOR",
            rule="multi",
            when=MIRI,
            reason="our tools look for the word MULTIPLE",
        ),
        Override(
            attribute="CCCSTATE",
            rule="same",
            when=MIRI,
            reason="nobody combines exposures with the cover open and closed on purpose",
            optional=True,  # reference files of MIRI do not have it
        ),
    )
