"""What a blend asks of an input, whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from blender_core.columns import Layout

__all__ = ["Source"]


class Source(Protocol):
    """One input, whose values a reader hands over.

    Reading changes nothing in the input, and reads no more of it than is wanted.

    Attributes
    ----------
    what : str
        What the input is to the blend, for messages: ``input 3 (c_cal.fits)``.
    """

    what: str

    @property
    def model_type(self) -> type:
        """The class of datamodel that the input is."""

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of that class."""

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values, None where there is none.

        Parameters
        ----------
        layout : Layout
            Which attributes are wanted, and in which order.

        Returns
        -------
        values : list, shape (n_attributes,)
            Plain Python values.
        """

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        """Return the paths of scalars below ``meta`` that are none of the known attributes.

        Parameters
        ----------
        known : collection of str
            Dotted paths of the attributes that the schema has.

        Returns
        -------
        paths : list of str
            In the order of the input.
        """
