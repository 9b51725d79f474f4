"""What an amendment came to: which values of a product were decided anew, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blender_core.common.attribute_paths import label_of
from blender_core.common.values import identity
from blender_core.common.wording import pluralize, preview, text_table
from blender_core.formats.files.target import Target

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from blender_core.common.provider import Provider
    from blender_core.products.base import Product

__all__ = ["AmendResult", "Amendment"]


@dataclass(frozen=True, slots=True)
class Amendment:
    """A value of a product that was decided anew.

    Parameters
    ----------
    attribute : str
        Dotted path.
    keyword : str or None
        FITS keyword.
    before, after : object
        What the product had, and what it has; None if it had or has none.
    rule : str
        Name of the rule, or ``drop``.
    settings : str
        How its values were selected, in words; empty if as they are.
    asked_by : str
        Who asked for it: a plugin with its distribution and version, a file, the caller.
    provider : Provider
        Whose rule it is.
    reason : str
        Why the attribute has this rule.
    """

    attribute: str
    keyword: str | None
    before: Any
    after: Any
    rule: str
    settings: str
    asked_by: str
    provider: Provider
    reason: str

    @property
    def label(self) -> str:
        """The path, and the keyword where there is one."""
        return label_of(self.attribute, self.keyword)

    @property
    def is_change(self) -> bool:
        """Whether the product has another value than before."""
        return identity(self.before) != identity(self.after)


class AmendResult:
    """What an amendment came to; printed, a table.

    Parameters
    ----------
    product : Product
        The updated product.
    amendments : iterable of Amendment
        What was decided anew, in the order of the schema.

    Attributes
    ----------
    amendments : tuple of Amendment
        What was decided anew.
    """

    def __init__(self, product: Product, amendments: Iterable[Amendment]) -> None:
        self._product = product
        self.amendments = tuple(amendments)

    def __repr__(self) -> str:
        changes = pluralize(len(self.changes), "change")
        return f"<AmendResult of {self._product!r}: {changes}>"

    def __str__(self) -> str:
        if not self.amendments:
            return "no override holds for the product"
        head = ("keyword", "attribute", "before", "after", "rule", "provider")
        return text_table(head, map(_row, self.amendments))

    @property
    def changes(self) -> Sequence[Amendment]:
        """The amendments that gave the product another value than it had."""
        return [amendment for amendment in self.amendments if amendment.is_change]

    @property
    def product(self) -> Any:
        """The updated datamodel.

        Of a product that was given by the name of its file, it is opened when it is first asked
        for, and belongs to the caller, who closes it.

        Raises
        ------
        InputError
            If the file has been changed since it was read, or cannot be opened.
        """
        return self._product.model

    def save(self, output: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the product to a file, as a whole or not at all.

        Parameters
        ----------
        output : path-like
            The file, whose name ends in ``.fits``, ``.fits.gz`` or ``.asdf``.
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
        """
        target = Target.find(output, overwrite=overwrite, product=self._product.origin)
        self._product.save(target)
        return target.output


def _row(amendment: Amendment) -> tuple[str, ...]:
    settings = f" ({amendment.settings})" if amendment.settings else ""
    return (
        amendment.keyword or "",
        amendment.attribute,
        "none" if amendment.before is None else preview(amendment.before),
        "none" if amendment.after is None else preview(amendment.after),
        f"{amendment.rule}{settings}",
        str(amendment.provider),
    )
