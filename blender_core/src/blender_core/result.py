"""What a blend came to: the values, the table, and how each value came about."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from blender_core.assignment import Tier
from blender_core.rules import Gives
from blender_core.table import to_table
from blender_core.values import distinct, identity
from blender_core.writers.target import Target

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from astropy.table import Table

    from blender_core.assignment import Assignment
    from blender_core.errors import BlenderError
    from blender_core.plan import BlendPlan
    from blender_core.provider import Provider
    from blender_core.typed import TypedColumn
    from blender_core.writers.protocol import Product

__all__ = ["BlendResult", "Outcome", "Status"]


class Status(enum.Enum):
    """What became of an attribute in the product."""

    SET = "set"
    KEPT = "kept"
    DROPPED = "dropped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attribute of the product came about.

    Parameters
    ----------
    attribute : str
        Dotted path.
    keyword : str or None
        FITS keyword.
    status : Status
        ``SET``: the product has the blended value. ``KEPT``: the product's own value stayed.
        ``DROPPED``: the product has none, as the rule says. ``REFUSED``: the product has none,
        because its schema forbids the blended one.
    value : object
        The blended value; None if there is none.
    rule : str
        Name of the rule.
    tier : Tier
        Who assigned it.
    provider : Provider
        Whose rule it is.
    reason : str
        Why the attribute has this rule.
    n_inputs : int or None
        How many inputs have the attribute. None if only the first was asked, because neither a
        rule nor a column nor a keyword calls for the others'.
    n_distinct : int or None
        How many different values they have.
    source : int or None
        The input, counted from 0, that the value was taken from: the first that has it. None if
        the value was computed.
    """

    attribute: str
    keyword: str | None
    status: Status
    value: Any
    rule: str
    tier: Tier
    provider: Provider
    reason: str
    n_inputs: int | None
    n_distinct: int | None
    source: int | None

    @property
    def varied(self) -> bool:
        """Whether the inputs differ, and the first was taken because nobody asked for a rule."""
        return (
            self.tier is Tier.DEFAULT
            and self.status is Status.SET
            and self.n_distinct is not None
            and self.n_distinct > 1
        )


class BlendResult:
    """What a blend came to.

    Parameters
    ----------
    product : Product
        The updated product.
    plan : BlendPlan
        The plan that was followed.
    inputs : mapping of str to sequence, shape (n_inputs,)
        What the inputs said, by dotted path.
    once : mapping of str to object
        What the first input said, for attributes that are read from it alone.
    values : mapping of str to object
        The blended values that the product has now, by dotted path.
    dropped, refused : mapping of str to object
        Attributes that the product has no longer, with the value that was refused.
    columns : sequence of TypedColumn
        The columns of HDRTAB.
    skipped : sequence of BlenderError, optional
        What was wrong with each input that was left out.

    Examples
    --------
    >>> from blender_core import blendmodels
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> inputs = [ImageModel(), ImageModel()]
    >>> for model, detector in zip(inputs, ["NRCA1", "NRCA2"]):
    ...     model.meta.instrument.detector = detector
    >>> result = blendmodels(ImageModel(), inputs)
    >>> result.values["meta.instrument.detector"]
    'MULTIPLE'
    >>> result.table["DETECTOR"].tolist()
    ['NRCA1', 'NRCA2']
    >>> result.outcomes["meta.instrument.detector"].n_distinct
    2
    """

    def __init__(
        self,
        product: Product,
        plan: BlendPlan,
        inputs: Mapping[str, Sequence[Any]],
        once: Mapping[str, Any],
        values: Mapping[str, Any],
        dropped: Sequence[str],
        refused: Mapping[str, Any],
        columns: Sequence[TypedColumn],
        skipped: Sequence[BlenderError] = (),
    ) -> None:
        self._product = product
        self.plan = plan
        self.inputs = inputs
        self.values = values
        self._once = once
        self._dropped = frozenset(dropped)
        self._refused = refused
        self._columns = columns
        self.skipped = tuple(skipped)

    def __repr__(self) -> str:
        rows = max((len(values) for values in self.inputs.values()), default=0)
        inputs = "1 input" if rows == 1 else f"{rows} inputs"
        skipped = f", {len(self.skipped)} skipped" if self.skipped else ""
        return f"<BlendResult of {inputs}{skipped}: {len(self.values)} values, {self._product!r}>"

    @property
    def product(self) -> Any:
        """The updated datamodel.

        Of a product that was given by the name of its file, it is opened when it is first asked
        for, and belongs to the caller, who closes it.
        """
        return self._product.model

    def save(self, output: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the product to a file, as a whole or not at all.

        Parameters
        ----------
        output : path-like
            The file, whose name ends in ``.fits``, ``.fits.gz`` or ``.asdf``. If it is a symbolic
            link, what it points to is written.
        overwrite : bool, optional
            Whether an existing file may be replaced. The file that the product was read from may
            be replaced in any case.

        Returns
        -------
        path : Path
            The file.

        Raises
        ------
        OutputExistsError
            If there is such a file, and it is not to be replaced.
        OutputError
            If the product cannot be written. File and datamodel stay as they were.

        Examples
        --------
        >>> from blender_core import blendmodels
        >>> from stdatamodels.jwst.datamodels import ImageModel
        >>> result = blendmodels(ImageModel(), [ImageModel()])
        >>> result.save("product.txt")
        Traceback (most recent call last):
        blender_core.errors.OutputError: the name product.txt does not tell the format of the \
product: it ends in .fits or .fits.gz or .asdf
        """
        target = Target.find(output, overwrite=overwrite, product=self._product.path)
        self._product.save(target)
        return target.given

    @cached_property
    def table(self) -> Table:
        """HDRTAB as an `astropy.table.Table`: masked where an input has no value."""
        return to_table(self._columns)

    @cached_property
    def outcomes(self) -> dict[str, Outcome]:
        """How each attribute came about, by dotted path, in the order of the plan."""
        return {path: self._outcome(path, one) for path, one in self.plan.items()}

    def varied(self) -> list[Outcome]:
        """Return the outcomes of attributes that varied though the first was taken by default.

        Returns
        -------
        outcomes : list of Outcome
            In the order of the plan.
        """
        return [outcome for outcome in self.outcomes.values() if outcome.varied]

    def _outcome(self, path: str, assignment: Assignment) -> Outcome:
        value = self.values.get(path, self._refused.get(path))
        given = self.inputs.get(path)
        present = None if given is None else [one for one in given if one is not None]
        if given is None:
            given = (self._once.get(path),)
        if path in self.values:
            status = Status.SET
        elif path in self._refused:
            status = Status.REFUSED
        else:
            status = Status.DROPPED if path in self._dropped else Status.KEPT
        source = None
        rule = assignment.rule
        if value is not None and rule is not None and rule.gives is Gives.INPUT:
            key = identity(value)
            source = next((i for i, one in enumerate(given) if identity(one) == key), None)
        return Outcome(
            attribute=path,
            keyword=assignment.attribute.keyword,
            status=status,
            value=value,
            rule=assignment.name,
            tier=assignment.tier,
            provider=assignment.provider,
            reason=assignment.reason,
            n_inputs=None if present is None else len(present),
            n_distinct=None if present is None else len(distinct(present)),
            source=source,
        )
