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

OF_A_FILE: Final = frozenset({"meta.date", "meta.filename"})
"""What a product has of the file that it is saved to, whatever was blended."""


class Status(enum.Enum):
    """How the value of an attribute in the product was obtained."""

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
    """How the value of an attribute was obtained. It is printed as a few lines.

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
        Name of the rule, or ``keep`` or ``drop``. None if this is not known.
    settings : str
        The settings of the rule, in words; empty if there are none.
    tier : Tier or None
        The tier of the source that chose the rule.
    asked_by : str
        Who chose the rule: a plugin with its distribution and version, a rules file, the schema.
        Empty if this is not known.
    provider : Provider or None
        The plugin that provides the rule.
    reason : str
        Why the attribute has this rule; empty if this is not known.
    n_inputs : int or None
        The number of inputs with the attribute. None if only the first input was read, because
        neither a rule nor a column needs the values of the others.
    n_distinct : int or None
        The number of different values.
    n_seen : int or None
        The number of values that the rule got. It is smaller than the number of inputs if exposures
        count once.
    from_input : int or None
        The first input that has the value, counted from 0. None if the value was computed.
    blended : object, optional
        The value of the rule, if the status is ``LATER``; None if it gave none, or if this is not
        known.
    replaced : object, optional
        The former value of the product, if it was amended, or if an override has replaced a value
        that was set after an earlier blend.
    after_amendment : bool, optional
        Whether `blended` is the value of an amendment, not of the blend.
    values_of : str or None, optional
        Dotted path of the attribute whose values were blended, if it is another one.
    remark : str, optional
        The remark of the rule about its value; empty if there is none.
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
        """The path, with the keyword if there is one."""
        return label_of(self.attribute, self.keyword)

    @property
    def provided_by(self) -> str:
        """The distribution and version that provide the rule; empty if this is not known."""
        provider = self.provider
        return "" if provider is None else f"{provider.distribution} {provider.version}"

    @property
    def overridden(self) -> bool:
        """Whether an override has chosen the rule, and not the schema."""
        return self.tier is not None and self.tier > Tier.SCHEMA

    @property
    def varied(self) -> bool:
        """Whether the inputs differ, and the value of the first was taken because there is no rule.

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
