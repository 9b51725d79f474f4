"""How one attribute of a product came about."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.attribute_paths import label_of
from blender_core.common.wording import pluralize, preview
from blender_core.display.view import View
from blender_core.display.viewed import Viewed
from blender_core.plan.assignment import Tier

if TYPE_CHECKING:
    from blender_core.common.provider import Provider

__all__ = ["OF_A_FILE", "Outcome", "Status", "own_outcome"]

OF_A_FILE: Final = frozenset({"meta.date", "meta.filename"})
"""What a product has of the file that it is saved to, whatever was blended."""


class Status(enum.Enum):
    """What became of an attribute in the product."""

    SET = "set"
    LATER = "later"
    AMENDED = "amended"
    KEPT = "kept"
    OWN = "own"
    DROPPED = "dropped"
    REFUSED = "refused"
    UNKNOWN = "unknown"


_BY_RULE: Final = (Status.SET, Status.AMENDED, Status.DROPPED, Status.REFUSED)
"""The statuses of which a rule is the reason."""


@dataclass(frozen=True, slots=True)
class Outcome(Viewed):
    """How one attribute of the product came about; printed, a few lines.

    Parameters
    ----------
    attribute : str
        Dotted path.
    keyword : str or None
        FITS keyword.
    status : Status
        ``SET``: the product has the blended value. ``LATER``: it has another one, which somebody
        has set after the blend, or after an earlier one. ``AMENDED``: it has the value that an
        override made of its HDRTAB. ``KEPT``: the product's own value stayed. ``OWN``: the
        product's file has its own, such as its name. ``DROPPED``: the product has none, as the
        rule says. ``REFUSED``: the product has none, because its schema forbids the blended one.
        ``UNKNOWN``: nothing tells whether what the product has was blended.
    value : object
        The blended value; what the product has if the status is later, own or unknown; None if
        there is none.
    rule : str or None
        Name of the rule, or ``keep`` or ``drop``. None, as the next ones, if that is not known.
    settings : str
        How its values were selected, in words; empty if as they are.
    tier : Tier or None
        Of which kind the source is that asked for it.
    asked_by : str
        Who asked for it: a plugin with its distribution and version, a file, the schema. Empty if
        that is not known.
    provider : Provider or None
        Whose rule it is.
    reason : str
        Why the attribute has this rule; empty if that is not known.
    n_inputs : int or None
        How many inputs have the attribute. None if only the first was asked, because neither a
        rule nor a column nor a keyword calls for the others'.
    n_distinct : int or None
        How many different values they have.
    n_seen : int or None
        How many values the rule saw: fewer than inputs have, where an exposure counts once.
    from_input : int or None
        The input, counted from 0, that the value was taken from: the first that has it. None if
        the value was computed.
    blended : object, optional
        What the rule gave, if the status is later; None if it gave nothing, or that is not known.
    replaced : object, optional
        What the product had before, if an override has replaced what somebody had set after the
        blend, or the value was amended.
    after_amendment : bool, optional
        Whether it was an amendment that gave `blended`, and not the blend.
    values_of : str or None, optional
        Dotted path of the attribute whose values were blended, if it is another one.
    remark : str, optional
        What the rule said of the value it gave; empty if nothing.
    """

    attribute: str
    keyword: str | None
    status: Status
    value: Any
    rule: str | None = None
    settings: str = ""
    tier: Tier | None = None
    asked_by: str = ""
    provider: Provider | None = None
    reason: str = ""
    n_inputs: int | None = None
    n_distinct: int | None = None
    n_seen: int | None = None
    from_input: int | None = None
    blended: Any = None
    replaced: Any = None
    after_amendment: bool = False
    values_of: str | None = None
    remark: str = ""

    def __repr__(self) -> str:
        value = "" if self.value is None else f"{preview(self.value)}, "
        by = f" by {self.rule}" if self.status in _BY_RULE and self.rule else ""
        return f"<Outcome {self.label}: {value}{self.status.value}{by}>"

    def _view(self) -> View:
        provider = "" if self.provider is None else f" of {self.provider}"
        inputs = ""
        if self.n_inputs is not None:
            values = pluralize(self.n_distinct or 0, "different value")
            inputs = f"{values} in {pluralize(self.n_inputs, 'input')}"
        facts = {
            "value": "" if self.value is None else preview(self.value),
            "status": self.status.value,
            "rule": "" if self.rule is None else f"{self.rule}{provider}",
            "settings": self.settings,
            "asked for by": ": ".join(filter(None, [self.asked_by, self.reason])),
            "inputs": inputs,
            "taken from": "" if self.from_input is None else f"row {self.from_input + 1} of HDRTAB",
            "blended": "" if self.blended is None else preview(self.blended),
            "replaced": "" if self.replaced is None else preview(self.replaced),
            "remark": self.remark,
        }
        return View(self.label, [(name, text) for name, text in facts.items() if text])

    @property
    def source(self) -> str:
        """Dotted path of the attribute whose values were blended: its own, or another's."""
        return self.values_of or self.attribute

    @property
    def label(self) -> str:
        """The path, and the keyword where there is one."""
        return label_of(self.attribute, self.keyword)

    @property
    def provided_by(self) -> str:
        """The distribution and version that the rule is from; empty if that is not known."""
        provider = self.provider
        return "" if provider is None else f"{provider.distribution} {provider.version}"

    @property
    def overridden(self) -> bool:
        """Whether somebody has asked for another rule than the schema's."""
        return self.tier is not None and self.tier > Tier.SCHEMA

    @property
    def varied(self) -> bool:
        """Whether the inputs differ, and the first was taken because nobody asked for a rule.

        The name and the date of the file are not meant: the product gets its own when it is saved.
        """
        return (
            self.tier is Tier.DEFAULT
            and self.attribute not in OF_A_FILE
            and self.status is Status.SET
            and self.n_distinct is not None
            and self.n_distinct > 1
        )


def own_outcome(outcome: Outcome, value: Any) -> Outcome:
    """Return the outcome of what a file has of itself: whatever was blended, no rule made it."""
    return Outcome(
        outcome.attribute,
        outcome.keyword,
        Status.OWN,
        value,
        n_inputs=outcome.n_inputs,
        n_distinct=outcome.n_distinct,
    )
