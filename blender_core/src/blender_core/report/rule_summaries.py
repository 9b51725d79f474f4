"""What the rules do that a product on disk names, as far as the same are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from blender_core.common.wording import format_error
from blender_core.errors import BlenderError
from blender_core.plugins.manager import Plugins
from blender_core.plugins.rule import ENGINE_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.evaluation.outcome import Outcome

__all__ = ["OF_THE_ENGINE", "RuleSummaries"]

OF_THE_ENGINE: Final = {
    "keep": "The product's own value stays.",
    "drop": "The product has no such attribute.",
}
"""What the engine's own words do, which stand where rules can."""


class RuleSummaries:
    """The summaries of the rules that outcomes name.

    Another version of a distribution may have another rule of the same name, of which it is not
    said what it does.

    Parameters
    ----------
    outcomes : iterable of Outcome
        How attributes came about, as a product on disk tells.

    Attributes
    ----------
    problem : str
        Why installed rules could not be looked at; empty if they could, or nobody asks for any.
    """

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self.problem = ""
        self._offered = {}
        if all(one.rule is None or one.rule in ENGINE_RULES for one in outcomes):
            return
        try:
            offers = Plugins.discover().rules()
        except BlenderError as error:
            # A plugin that is broken today says nothing against a product of yesterday.
            self.problem = f"What the rules do is left out: {format_error(error)}"
        else:
            self._offered = {(rule.name, provider): rule.summary for rule, provider in offers}

    def __getitem__(self, outcome: Outcome) -> str:
        """Return what an outcome's rule does; empty if that is not known."""
        if outcome.rule is None or outcome.provider is None:
            return ""
        if outcome.rule in OF_THE_ENGINE:
            return OF_THE_ENGINE[outcome.rule]
        # A plugin's own rule may have been asked for outright: std:mean.
        name = outcome.rule.removeprefix(f"{outcome.provider.plugin}:")
        return self._offered.get((name, outcome.provider), "")
