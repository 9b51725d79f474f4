"""What a blend asks of an input, whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.cached import default_member
from blender_core.common.foreign import class_name
from blender_core.schema.attributes import Attribute, read_attributes
from blender_core.schema.model_class import described

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from blender_core.schema.layout import Layout


class Source:
    """One input, whose values a reader returns.

    Reading does not change the input, and only reads the wanted values. Readers of plugins can
    derive from this class, or just have its members up to ``paths_beyond``.

    Attributes
    ----------
    what : str
        The name of the input in messages: ``input 3 (c_cal.fits)``.
    model_type : type or str
        The class of datamodel that the input is; where there is none, a name of its kind. All
        inputs of a blend are of one, unless it is asked for with ``mixed=True``.
    schema : mapping
        The schema of that class: which attributes there are below ``meta``, and their rules. It is
        a JSON schema with the additions of stdatamodels: ``fits_keyword``, ``fits_hdu``,
        ``blend_rule``, ``blend_table``. A source whose ``model_type`` is a class of datamodel need
        not have one of its own.
    files : sequence of Path
        The files that something in memory was opened from, which no product is to replace. Of a
        file that is given by its name, the engine knows.

    Notes
    -----
    Attributes may be those of the class, properties, or set when the source is made.

    Examples
    --------
    >>> from blender_core import Source
    >>> class Headers(Source):
    ...     model_type = "plain FITS"
    ...     schema = {"properties": {"meta": {"properties": {
    ...         "filter": {"type": "string", "fits_keyword": "FILTER", "blend_rule": "multi"}}}}}
    ...     def __init__(self, header, what):
    ...         self.header, self.what = header, what
    ...     def read(self, layout):
    ...         return [self.header.get(attribute.keyword) for attribute in layout.attributes]
    """

    what: str
    files: Sequence[Path] = ()

    @default_member
    def model_type(self) -> type | str:
        """The class of datamodel that the input is; where there is none, a name of its kind."""
        msg = f"{type(self).__name__} has no model_type"
        raise NotImplementedError(msg)

    @default_member
    def schema(self) -> Mapping[str, Any]:
        """The schema of that class."""
        if isinstance(self.model_type, str):
            msg = f"{type(self).__name__} has no schema"
            raise NotImplementedError(msg)
        return described(self.model_type).schema

    def read(self, layout: Layout) -> list[Any]:
        """Return the values of the wanted attributes; None for missing ones.

        Parameters
        ----------
        layout : Layout
            The wanted attributes, in order.

        Returns
        -------
        values : list, shape (n_attributes,)
            Plain Python values.

        Raises
        ------
        InputError
            If the input cannot be read.
        """
        msg = f"{type(self).__name__} has no read"
        raise NotImplementedError(msg)

    def paths_beyond(self, known: Collection[str]) -> list[str]:  # noqa: ARG002
        """Return the paths of scalars below ``meta`` that are none of the known attributes.

        Parameters
        ----------
        known : collection of str
            Dotted paths of the attributes that the schema has.

        Returns
        -------
        paths : list of str
            In the order of the input. Unless a reader has it otherwise, there are none.
        """
        return []

    def hdrtab(self) -> Any:
        """Return the table HDRTAB, if the input is a product that has one.

        This is used if products are expanded. If a plugin's reader does not have this method,
        products cannot be distinguished from exposures, and it is an error to expand its inputs.

        Returns
        -------
        table : array-like or None
            HDRTAB: a `~astropy.io.fits.FITS_rec`, an `~astropy.table.Table`, or another structured
            array. None for exposures.
        """
        return None


def name_of(model_type: type | str) -> str:
    """Return the name of a class of datamodel, or of another kind of input."""
    return model_type if isinstance(model_type, str) else class_name(model_type)


def attributes_of(source: Source) -> dict[str, Attribute]:
    """Return the attributes of an input: its schema's, and others that it has itself."""
    attributes = read_attributes(source.schema)
    for path in source.paths_beyond(attributes):
        attributes[path] = Attribute(path, known=False)
    return attributes
