"""How all attributes of a product came about, found by their names."""

from __future__ import annotations

import difflib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.attribute_paths import is_path, specificity
from blender_core.common.json_text import json_text
from blender_core.common.wording import pluralize
from blender_core.display.lines import Lines
from blender_core.display.view import View
from blender_core.display.viewed import Viewed
from blender_core.errors import UnknownAttributeError
from blender_core.evaluation.explanation import explanation
from blender_core.evaluation.form import outcomes_object, outcomes_table
from blender_core.evaluation.outcome import Outcome
from blender_core.evaluation.shown import statuses_in_words, tables_of
from blender_core.inputs.row_labels import BY_NUMBER
from blender_core.schema.by_attribute import AttributeMapping, ByAttribute, close_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from astropy.table import Table

    from blender_core.inputs.row_labels import RowLabels

_NOT_KNOWN: Final[Mapping[str, Any]] = MappingProxyType({})


class Outcomes(AttributeMapping[Outcome], Viewed):
    """The outcome of each attribute of a product, by dotted path, in the order of the plan.

    They are found by FITS keywords, too. Printed, they are a table of the attributes that have a
    rule or whose inputs differ.

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
        super().__init__(ByAttribute(by_path, keywords))
        self._inputs = inputs
        self._labels = labels

    def __repr__(self) -> str:
        statuses = statuses_in_words(self.values())
        return f"<Outcomes of {self._count}: {statuses}>" if self else "<Outcomes of nothing>"

    @property
    def _count(self) -> str:
        return pluralize(len(self), "attribute")

    def _view(self) -> View:
        facts = [("what became of them", statuses_in_words(self.values()))]
        return View(self._count, facts, tables_of(self.values()))

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
            raise self._items.unknown(attribute)
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
