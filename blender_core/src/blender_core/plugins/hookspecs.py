"""What a plugin may offer: the hook specifications and the markers for them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pluggy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from blender_core.plugins.opened import Opened
    from blender_core.plugins.override import Override
    from blender_core.plugins.rule import Rule
    from blender_core.plugins.source import Source

__all__ = ["HOOKS", "NAME", "BlenderSpecs", "Hook", "hookimpl", "hookspec"]

NAME: Final = "blender_core"
"""The entry-point group of plugins, and the name of their hooks' project in pluggy."""

hookspec = pluggy.HookspecMarker(NAME)
hookimpl = pluggy.HookimplMarker(NAME)
"""Marks a function of a plugin as the implementation of the hook of the same name."""


class BlenderSpecs:
    """The hooks. A plugin implements any of them as a function marked with ``hookimpl``.

    No hook's answer depends on the order in which plugins are loaded; ``tryfirst``,
    ``trylast`` and wrappers are therefore refused.
    """

    @hookspec
    def blender_rules(self) -> Iterable[Rule]:  # type: ignore[empty-body]
        """Offer rules. Called once, before any input is read.

        Returns
        -------
        rules : iterable of Rule
            The rules that the plugin offers, each name once.

        Examples
        --------
        >>> from blender_core import Rule, hookimpl
        >>> def longest(values):
        ...     return max(values, key=len)
        >>> @hookimpl
        ... def blender_rules():
        ...     return [Rule(name="longest", blend=longest, summary="The longest text.")]
        """

    @hookspec
    def blender_overrides(  # type: ignore[empty-body]
        self, model_type: str, instrument: str | None
    ) -> Iterable[Override]:
        """Offer overrides of the rules that a schema asks for. Called when a plan is made.

        Parameters
        ----------
        model_type : str
            Name of the inputs' class of datamodel.
        instrument : str or None
            Name of their instrument, if they say so.

        Returns
        -------
        overrides : iterable of Override
            Those for such inputs. An override whose ``when`` does not hold is left out.

        Examples
        --------
        >>> from blender_core import Override, When, hookimpl
        >>> @hookimpl
        ... def blender_overrides():
        ...     return [Override(attribute="meta.exposure.duration", rule="max",
        ...                      when=When(telescope="JWST"), reason="Exposures overlap.")]
        """

    @hookspec
    def blender_rules_file(
        self, path: Path, text: str, among: tuple[Path, ...]
    ) -> Iterable[Override] | None:
        """Read the overrides in a rules file of a format of the plugin's own.

        Called for each rules file whose name does not end in ``.toml``, before any input is read.
        Only one plugin may take a file. The overrides have the rank of rules files, all the same
        one: where a later line of the format wins over an earlier one, it has a greater
        ``precedence``. Those for attributes that not all inputs have want ``optional=True``.

        Parameters
        ----------
        path : pathlib.Path
            The file, as the caller or the environment names it.
        text : str
            What is in it: up to 4 MB of UTF-8, whose lines end as Python's do.
        among : tuple of pathlib.Path
            All rules files of the blend in their order, of other formats as well: `path` is one of
            them. Of the files that a plugin reads, precedence is that of one: a later file can win
            over an earlier one.

        Returns
        -------
        overrides : iterable of Override or None
            What the file says, which may be nothing; None if it is not of the plugin's format. So
            it cannot be a generator function, which always returns something.

        Raises
        ------
        RulesFileError
            If it is of the plugin's format, and has a fault: with ``line``, and with ``column`` and
            ``key`` where there are any. The engine adds the file and the plugin. Several come as a
            `BlendErrorGroup`.

        Examples
        --------
        >>> from blender_core import Override, RulesFileError, hookimpl
        >>> def override(number, line):
        ...     keyword, _, rule = line.partition(":")
        ...     if not rule.strip():
        ...         raise RulesFileError("there is no rule", line=number, key=keyword)
        ...     return Override(attribute=keyword, rule=rule.strip(), optional=True)
        >>> @hookimpl
        ... def blender_rules_file(path, text):
        ...     if path.suffix != ".acme":
        ...         return None
        ...     return [override(*line) for line in enumerate(text.splitlines(), start=1)]
        """

    @hookspec
    def blender_open(
        self, given: Any, what: str, opened: Opened | None, open_file: Callable[[Path], Opened]
    ) -> Source | Iterable[Source] | None:
        """Open an input of a kind of the plugin's own.

        Called for each input that the engine does not know: neither a datamodel, nor a file or an
        HDUList that says of which of stdatamodels' classes it is, nor something that is broken or
        not there. So a FITS file without the keyword ``DATAMODL`` comes here, and an ASDF file of
        another telescope; and, where there is a file ``x.fits``, a name such as ``x.fits[sci,1]``.
        Only one plugin may take an input.

        What the engine has read of a file to know that is handed over. A plugin's function may
        leave out arguments that it does not need.

        Parameters
        ----------
        given : object
            The input, as the caller gave it: a `str` or `~pathlib.Path` where it is a file. A `str`
            may be a URL, of which the engine has fetched what it hands over.
        what : str
            What it is to the blend, for messages: ``input 3 (c_flt.fits)``.
        opened : Opened or None
            The headers of a FITS file or HDUList, or the tree of an ASDF file; None for all else.
        open_file : callable
            Reads another file as the engine has read this one: path → `Opened`. An `InputError` if
            it cannot be read.

        Returns
        -------
        source : Source, iterable of Source, or None
            What its values are read from; None if the input is not of the plugin's kind. Find that
            out at little cost: every plugin is asked. Several sources are rows of their own, in
            their order, as of the chips of one file: messages say ``input 3 (c_flt.fits), row 2``.
            Each is read before the next is asked for. A source that is iterable itself is one.

        Raises
        ------
        InputError
            If it is of the plugin's kind, and cannot be read.

        Examples
        --------
        >>> from blender_core import Source, hookimpl
        >>> class HeaderSource(Source):
        ...     model_type = "plain FITS"
        ...     schema = {"properties": {"meta": {"properties": {
        ...         "exptime": {"type": "number", "fits_keyword": "EXPTIME", "blend_rule": "sum"
        ...     }}}}}
        ...     def __init__(self, header, what):
        ...         self.header, self.what = header, what
        ...     def read(self, layout):
        ...         return [self.header.get(attribute.keyword) for attribute in layout.attributes]
        >>> @hookimpl
        ... def blender_open(what, opened):
        ...     if opened is None or opened.format != "fits":
        ...         return None
        ...     return HeaderSource(opened.header("PRIMARY"), what)
        """

    @hookspec
    def blender_product(self, given: Any, what: str, opened: Opened | None) -> Any | None:
        """Take a product of a kind of the plugin's own.

        Called for the product of a blend, and for each file that is looked at as a product, if the
        engine does not know it, as for ``blender_open``: it is no datamodel, nor a file that says
        that it is one's. Only one plugin may take a product.

        What has been written is opened by this hook as well, and compared with what was meant,
        before it takes the place of the file: under the name that it will have, in another folder.

        Parameters
        ----------
        given : object
            The product, as the caller gave it: a `str` or `~pathlib.Path` where it is a file.
        what : str
            What it is to the blend, for messages: ``the product (combined.fits)``.
        opened : Opened or None
            What the engine has read of it, if it is a FITS or an ASDF file, or an open HDUList.

        Returns
        -------
        product : Product or None
            What gets the blended values, such as a `FitsProduct`; None if it is not of the
            plugin's kind.

        Raises
        ------
        InputError
            If it is of the plugin's kind, and cannot be read.

        Examples
        --------
        >>> from blender_core import FitsProduct, hookimpl
        >>> class Combined(FitsProduct):
        ...     model_type = "plain FITS"
        ...     schema = {"properties": {"meta": {"properties": {
        ...         "exptime": {"type": "number", "fits_keyword": "EXPTIME", "blend_rule": "sum"
        ...     }}}}}
        >>> @hookimpl
        ... def blender_product(given, what, opened):
        ...     if opened is None or opened.format != "fits":
        ...         return None
        ...     is_ours = opened.header("PRIMARY").get("TELESCOP") == "HST"
        ...     return Combined(given, what) if is_ours else None
        """


class Hook(NamedTuple):
    """What is passed to a hook, and whether it may return None for what is none of its plugin's."""

    arguments: tuple[str, ...]
    may_decline: bool


def _hook(specification: Any) -> Hook:
    signature = inspect.signature(specification)
    _, *arguments = signature.parameters
    return Hook(tuple(arguments), "None" in signature.return_annotation)


HOOKS: Final = {
    name: _hook(member)
    for name, member in vars(BlenderSpecs).items()
    if hasattr(member, f"{NAME}_spec")
}
"""The hooks that there are, by name, as they are specified."""
