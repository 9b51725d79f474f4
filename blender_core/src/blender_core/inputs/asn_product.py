"""Which of an association's products is the one that is blended."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.advice import Advice, Argument
from blender_core.common.wording import join_words, preview
from blender_core.errors import AssociationProductError
from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["ProductChoice", "names_of_product"]

_FILENAME: Final = Layout([Attribute("meta.filename")])


def names_of_product(
    tree: Mapping[str, Any], origin: Path | None, output: str | os.PathLike[str] | None = None
) -> tuple[str, ...]:
    """Return the names of files that a blended product has, or is to have."""
    (recorded,) = collect(tree, _FILENAME)
    names = (origin and origin.name, recorded, output and Path(output).name)
    return tuple(dict.fromkeys(name for name in names if name and isinstance(name, str)))


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """Which product of an association is meant, where it has several.

    Parameters
    ----------
    asked : str or None, optional
        The product's name in the association, if the caller says it. The association must have
        it then, even if it has one product only.
    names : callable, optional
        Gives the names of the files of the product that is blended, one of which tells otherwise:
        it begins with the product's name and ``_`` or ``.``. It is called where it matters.
    """

    asked: str | None = None
    names: Callable[[], Sequence[str]] = tuple

    def __post_init__(self) -> None:
        asked: object = self.asked
        if not isinstance(asked, str | None):
            msg = f"asn_product is the name of an association's product, not {preview(asked)}"
            raise TypeError(msg)

    def among(self, products: Sequence[str], what: str) -> str:
        """Return the name of the product that is meant."""
        if self.asked is not None:
            if self.asked in products:
                return self.asked
            close = difflib.get_close_matches(self.asked, products, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else ""
            raise self._error(products, what, f"none is called {self.asked!r}", hint)
        names = self.names()
        fitting = {name: _fitting(name, products) for name in names}
        said = {product: name for name, product in fitting.items() if product}
        if len(said) == 1:
            return next(iter(said))
        files = join_words([preview(name) for name in names]) if names else ""
        if said:
            problem = f"the product's names, {files}, are those of different ones"
        elif names:
            problem = f"none is that of {files}"
        else:
            problem = "which of them is blended is not said"
        example = next(iter([*said, *filter(None, products)]), "NAME")
        hint = Advice("Say which: ", Argument("asn_product", example), ", say")
        raise self._error(products, what, problem, hint)

    @staticmethod
    def _error(
        products: Sequence[str], what: str, problem: str, hint: str
    ) -> AssociationProductError:
        known = sorted({name or "(one without a name)" for name in products})
        noun = "product" if len(known) == 1 else "products"
        msg = f"{what} has the {noun} {join_words(known)}, and {problem}"
        return AssociationProductError(Advice(msg, ". ", hint) if hint else msg, products=products)


def _fitting(file: str, products: Sequence[str]) -> str | None:
    """Return the product that a file is named after: of several, the one of the longest name."""
    begun = [name for name in products if name and file.startswith((f"{name}_", f"{name}."))]
    return max(begun, key=len, default=None)
