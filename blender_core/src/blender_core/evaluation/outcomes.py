"""How all attributes of a product came about: found by their names, and explained in words."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.attribute_paths import is_path, specificity
from blender_core.common.json_text import json_text
from blender_core.common.values import identity
from blender_core.common.wording import pluralize, preview
from blender_core.display.lines import Lines
from blender_core.display.view import View
from blender_core.display.viewed import Viewed
from blender_core.errors import UnknownAttributeError
from blender_core.evaluation.form import outcomes_object, outcomes_table
from blender_core.evaluation.outcome import Outcome, Status
from blender_core.evaluation.shown import statuses_in_words, tables_of
from blender_core.inputs.row_labels import BY_NUMBER
from blender_core.schema.by_attribute import ByAttribute, close_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from astropy.table import Table

    from blender_core.inputs.row_labels import RowLabels

__all__ = ["Outcomes", "explanation"]

_MOST_SHOWN: Final = 5
_NOT_KNOWN: Final[Mapping[str, Any]] = MappingProxyType({})


class Outcomes(Mapping[str, Outcome], Viewed):
    """The outcome of each attribute of a product, by dotted path, in the order of the plan.

    They are found by FITS keywords, too. Printed, they are a table of the attributes that have a
    rule or whose inputs differ.

    Parameters
    ----------
    outcomes : iterable of Outcome
        One for each attribute.
    inputs : mapping of str to sequence, shape (n_inputs,)
        The values of the inputs, by dotted path, as far as they are known.
    labels : RowLabels, optional
        The names of the inputs in messages.

    Examples
    --------
    >>> from blender_core import blendmodels
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> inputs = [ImageModel(), ImageModel()]
    >>> for model, seconds in zip(inputs, [107.5, 214.5]):
    ...     model.meta.exposure.exposure_time = seconds
    >>> outcomes = blendmodels(ImageModel(), inputs).outcomes
    >>> outcomes["EFFEXPTM"]
    <Outcome meta.exposure.exposure_time (EFFEXPTM): 322.0, set by sum>
    >>> table = outcomes.to_table()
    >>> table["value"][table["keyword"] == "EFFEXPTM"].tolist()
    [322.0]
    """

    def __init__(
        self,
        outcomes: Iterable[Outcome],
        inputs: Mapping[str, Sequence[Any]],
        labels: RowLabels = BY_NUMBER,
    ) -> None:
        by_path = {outcome.attribute: outcome for outcome in outcomes}
        keywords = {path: outcome.keyword for path, outcome in by_path.items()}
        self._by_path = ByAttribute(by_path, keywords)
        self._inputs = inputs
        self._labels = labels

    def __getitem__(self, name: str) -> Outcome:
        return self._by_path[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_path

    def get(self, name: str, default: Any = None) -> Any:
        """Return an outcome by the path or keyword of its attribute, if there is one."""
        return self._by_path.get(name, default)

    def __repr__(self) -> str:
        statuses = statuses_in_words(self.values())
        return f"<Outcomes of {self._count}: {statuses}>" if self else "<Outcomes of nothing>"

    def __str__(self) -> str:
        return str(self._view())

    @property
    def _count(self) -> str:
        return pluralize(len(self), "attribute")

    def _view(self) -> View:
        facts = [("what became of them", statuses_in_words(self.values()))]
        return View(self._count, facts, tables_of(self.values()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_path)

    def __len__(self) -> int:
        return len(self._by_path)

    def varied(self) -> list[Outcome]:
        """Return the outcomes of attributes that differ between inputs and have no rule.

        Returns
        -------
        outcomes : list of Outcome
            In the order of the plan.
        """
        return [outcome for outcome in self.values() if outcome.varied]

    def find(self, attribute: str) -> list[Outcome]:
        """Return the outcomes of the attributes that match a path, a keyword or a pattern.

        Parameters
        ----------
        attribute : str
            Dotted path or FITS keyword; the path of a group or a pattern for several attributes.

        Returns
        -------
        outcomes : list of Outcome
            At least one, in the order of the plan.

        Raises
        ------
        UnknownAttributeError
            If there is no such attribute.
        """
        if not isinstance(attribute, str):
            raise self._by_path.unknown(attribute)
        matches = [
            outcome
            for path, outcome in self.items()
            if attribute == path or specificity(attribute, path, outcome.keyword) is not None
        ]
        if not matches:
            keywords = {path: outcome.keyword for path, outcome in self.items()}
            close = close_paths(attribute, keywords)
            if is_path(attribute):
                groups = dict.fromkeys(path.rpartition(".")[0] for path in self)
                closest = difflib.get_close_matches(attribute.casefold(), [*groups, *close])
                close = list(dict.fromkeys([*closest, *close]))[:3]
            else:
                close = [keywords[path] or path for path in close]
            hint = f": did you mean {' or '.join(close)}?" if close else ""
            msg = f"nothing is known of an attribute {attribute!r}{hint}"
            raise UnknownAttributeError(msg, attribute=attribute, close=close)
        return matches

    def explain(self, attribute: str, own: Mapping[str, Any] | None = None) -> str:
        """Explain in words how values were obtained.

        Parameters
        ----------
        attribute : str
            As for `find`.
        own : mapping of str to object, optional
            The product's own values that were kept, by dotted path, if they are known.

        Returns
        -------
        text : str
            A paragraph for each attribute, shown as its lines.

        Raises
        ------
        UnknownAttributeError
            If there is no such attribute.
        """
        return Lines(
            "\n\n".join(
                explanation(outcome, self._inputs.get(outcome.source), own, self._labels)
                for outcome in self.find(attribute)
            )
        )

    def to_dict(
        self, own: Mapping[str, Any] = _NOT_KNOWN, *, inputs: bool = False
    ) -> dict[str, Any]:
        """Return all outcomes as dicts and lists, in a versioned form.

        Parameters
        ----------
        own : mapping of str to object, optional
            The product's own values that were kept, by dotted path, if they are known:
            `BlendResult.kept`.
        inputs : bool, optional
            Whether to add the values of all inputs to each attribute.

        Returns
        -------
        outcomes : dict
            ``version``, and in ``outcomes`` a dict for each attribute.
        """
        return outcomes_object(self.values(), own, self._inputs if inputs else None)

    def to_json(self, own: Mapping[str, Any] = _NOT_KNOWN, *, inputs: bool = False) -> str:
        """Return all outcomes as JSON, as ``outcomes.schema.json`` describes it.

        Parameters
        ----------
        own, inputs
            As for `to_dict`.

        Returns
        -------
        text : str
            The form of `to_dict`, in ASCII. Numbers that JSON does not have are texts: ``"NaN"``,
            ``"Infinity"`` and ``"-Infinity"``.
        """
        return json_text(self.to_dict(own, inputs=inputs))

    def to_table(self, own: Mapping[str, Any] = _NOT_KNOWN) -> Table:
        """Return all outcomes as a table, a row for each attribute.

        Parameters
        ----------
        own : mapping of str to object, optional
            As for `to_dict`.

        Returns
        -------
        table : astropy.table.Table
            With the columns that `to_dict` has for each, in another order; masked where there is
            nothing.
        """
        return outcomes_table(self.values(), own)


def explanation(
    outcome: Outcome,
    values: Sequence[Any] | None,
    own: Mapping[str, Any] | None = None,
    labels: RowLabels = BY_NUMBER,
) -> str:
    """Say in words how the value of an attribute came about."""
    lines = [_result(outcome, own, labels)]
    if outcome.rule is not None:
        of_maker = f" of the {_maker(outcome)}" if outcome.status is Status.LATER else ""
        settings = f" ({outcome.settings})" if outcome.settings else ""
        provider = "" if outcome.rule in ("keep", "drop") else f" of {outcome.provider}"
        lines.append(f"The rule{of_maker} is {outcome.rule!r}{settings}{provider}.")
        lines.append(f"It was asked for by {outcome.asked_by}: {outcome.reason.removesuffix('.')}.")
    if values is not None:
        lines.append(_inputs(outcome, values, labels.noun))
    elif outcome.status is Status.OWN:
        return lines[0]
    elif outcome.rule is None:
        lines.append("The product's table has no column that tells what the inputs had.")
    elif outcome.n_inputs is None:
        lines.append("Only the first input was asked: nothing calls for the others' values.")
    else:
        values_had = f", with {pluralize(outcome.n_distinct or 0, 'different value')}"
        many = values_had if outcome.n_inputs else ""
        lines.append(f"{pluralize(outcome.n_inputs, labels.noun)} had it{many}.")
    n_seen, n_inputs = outcome.n_seen, outcome.n_inputs or 0
    if n_seen is not None and n_seen > n_inputs:
        seen = f"{pluralize(n_seen, 'value')}, with something in place of those that are missing"
        lines.append(f"The rule saw {seen}.")
    elif n_seen is not None and n_seen < n_inputs:
        lines.append(f"The rule saw {pluralize(n_seen, 'value') if n_seen else 'none'} of these.")
    if outcome.remark:
        lines.append(f"The rule remarks: {outcome.remark.removesuffix('.')}.")
    if outcome.replaced is not None and outcome.status is Status.SET:
        lines.append(
            f"It replaces {preview(outcome.replaced)}, which was set after an earlier blend."
        )
    if outcome.varied:
        lines.append("The inputs differ, and the first was taken because nobody asked for a rule.")
    return "\n".join(lines)


def _maker(outcome: Outcome) -> str:
    return "amendment" if outcome.after_amendment else "blend"


def _result(outcome: Outcome, own: Mapping[str, Any] | None, labels: RowLabels) -> str:
    """Say what the product has, and where that is from."""
    label, value, source = outcome.label, preview(outcome.value), outcome.from_input
    taken = "" if source is None else f", taken from {labels.name(source)}"
    match outcome.status:
        case Status.SET:
            return f"{label} is {value}{taken}."
        case Status.AMENDED:
            before = "" if outcome.replaced is None else f", instead of {preview(outcome.replaced)}"
            after = "none" if outcome.value is None else value
            return f"{label} is {after}{taken}, amended{before}."
        case Status.LATER:
            return _later(outcome)
        case Status.UNKNOWN | Status.OWN if outcome.value is None:
            return f"{label} is none: the product has no such value."
        case Status.OWN:
            return f"{label} is {value}: the file has its own."
        case Status.UNKNOWN:
            origin = "" if source is None else f", as {labels.name(source)} has it"
            if source is None and outcome.n_inputs:
                origin = ", which no input has"
            return f"{label} is {value}{origin}."
        case Status.KEPT:
            return _kept(outcome, own)
        case Status.DROPPED:
            return f"{label} is none: the product has no such value, as the rule says."
    refused = "" if outcome.value is None else f" {value}"
    return f"{label} is none: the product's schema forbids the blended value{refused}."


def _kept(outcome: Outcome, own: Mapping[str, Any] | None) -> str:
    if own is None:
        return f"{outcome.label} is what the product had before the blend."
    # It may be from before the blend, or from after it.
    if outcome.attribute not in own:
        return f"{outcome.label} is none: the product has none of its own."
    return f"{outcome.label} is {preview(own[outcome.attribute])}, the product's own."


def _later(outcome: Outcome) -> str:
    blended, maker = "none", _maker(outcome)
    if outcome.blended is not None:
        number = outcome.n_inputs if outcome.n_seen is None else outcome.n_seen
        of = "" if number is None else f" of {number}"
        blended = f"{preview(outcome.blended)} ({outcome.rule}{of})"
    if outcome.value is None:
        return f"{outcome.label} is none: it was taken out after the {maker}, which gave {blended}."
    value = preview(outcome.value)
    return f"{outcome.label} is {value}, set after the {maker}; the {maker} gave {blended}."


def _inputs(outcome: Outcome, values: Sequence[Any], noun: str) -> str:
    """Say what the inputs have."""
    present = [value for value in values if value is not None]
    if not present:
        return f"None of {pluralize(len(values), noun)} has it."
    counts = Counter(map(identity, present))
    examples = {identity(value): value for value in reversed(present)}
    has = "has" if len(present) == 1 else "have"
    have = f"{outcome.n_inputs} of {pluralize(len(values), noun)} {has} it"
    if len(counts) == 1:
        return f"{have}, with the same value {preview(present[0])}."
    repeated = len(counts) < len(present)
    listing = ", ".join(
        f"{preview(examples[key])} ({count})" if repeated else preview(examples[key])
        for key, count in counts.most_common(_MOST_SHOWN)
    )
    more = ", …" if len(counts) > _MOST_SHOWN else ""
    return f"{have}, with {len(counts)} different values: {listing}{more}."
