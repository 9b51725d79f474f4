"""What knows how values came about, and says it in words."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blender_core.evaluation.outcome import Outcome
    from blender_core.evaluation.outcomes import Outcomes


class Explained(abc.ABC):
    """What knows how values came about, and says it in words."""

    @property
    @abc.abstractmethod
    def outcomes(self) -> Outcomes:
        """How each attribute came about, by dotted path."""

    @property
    @abc.abstractmethod
    def _own_values(self) -> Mapping[str, Any]:
        """What the product has that no rule made, by dotted path."""

    def varied(self) -> list[Outcome]:
        """Return the outcomes of attributes that differ between inputs and have no rule.

        Returns
        -------
        outcomes : list of Outcome
            In the order of the plan; empty if it is not known which rules made the values.
        """
        return self.outcomes.varied()

    def explain(self, attribute: str) -> str:
        """Explain in words how values were obtained, as far as this is known.

        Parameters
        ----------
        attribute : str
            Dotted path or FITS keyword; the path of a group or a pattern for several attributes.

        Returns
        -------
        text : str
            A paragraph for each attribute, shown as its lines.

        Raises
        ------
        UnknownAttributeError
            If there is no such attribute.

        Examples
        --------
        >>> from blender_core import blendmodels
        >>> from stdatamodels.jwst.datamodels import ImageModel
        >>> inputs = [ImageModel(), ImageModel()]
        >>> for model, seconds in zip(inputs, [107.5, 214.5]):
        ...     model.meta.exposure.exposure_time = seconds
        >>> print(blendmodels(ImageModel(), inputs).explain("EFFEXPTM"))  # doctest: +ELLIPSIS
        meta.exposure.exposure_time (EFFEXPTM) is 322.0.
        The rule is 'sum' of blender-rules-std ... [std].
        It was asked for by the schema: blend_rule of the schema.
        2 of 2 inputs have it, with 2 different values: 107.5, 214.5.
        """
        return self.outcomes.explain(attribute, self._own_values)
