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

NAME: Final = "blender_core"
"""The entry-point group of plugins, and the name of their hooks' project in pluggy."""

hookspec = pluggy.HookspecMarker(NAME)
hookimpl = pluggy.HookimplMarker(NAME)
"""Marks a function of a plugin as the implementation of the hook of the same name."""


class BlenderSpecs:
    """The hooks. A plugin implements those that it needs as functions marked with ``hookimpl``.

    Results must not depend on the order in which plugins are loaded. Therefore ``tryfirst``,
    ``trylast`` and wrappers are errors.
    """

    @hookspec
    def blender_rules(self) -> Iterable[Rule]:  # type: ignore[empty-body]
        """Provide rules. Called once, before any input is read.

        Returns
        -------
        rules : iterable of Rule
            The rules of the plugin, with different names.

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
        """Provide overrides of the rules in the schema. Called when a plan is made.

        Parameters
        ----------
        model_type : str
            Name of the inputs' class of datamodels.
        instrument : str or None
            Name of their instrument, if they have one.

        Returns
        -------
        overrides : iterable of Override
            The overrides for such inputs. Overrides whose ``when`` is not met are ignored.

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
        """Read the overrides from a rules file in a format of the plugin's own.

        Called for each rules file whose name does not end in ``.toml``, before any input is read.
        Only one plugin may read a file. All its overrides have the same rank. If a later line of
        the format wins over an earlier one, give its override a greater ``precedence``. Overrides
        of attributes that some inputs do not have need ``optional=True``.

        Parameters
        ----------
        path : pathlib.Path
            The file, as the caller or the environment names it.
        text : str
            The content of the file: up to 4 MB of UTF-8, whose line ends are newlines.
        among : tuple of pathlib.Path
            All rules files of the blend in order, also those of other formats; `path` is one of
            them. ``precedence`` is compared among all files that a plugin reads, so that a later
            file can win over an earlier one.

        Returns
        -------
        overrides : iterable of Override or None
            The overrides, possibly none; None if the file is not in the plugin's format. So this
            hook cannot be a generator function, because calling one never returns None.

        Raises
        ------
        RulesFileError
            If the file is in the plugin's format and has a fault. Set ``line``, ``column`` and
            ``key`` as far as they are known; the engine adds the file and the plugin. Raise several
            of them as a `BlendErrorGroup`.

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
        """Open an input that the engine does not know.

        The engine reads datamodels, and the files and HDULists of the datamodels of stdatamodels.
        It reports missing and damaged files itself. Called for all other inputs: for example, for a
        FITS file without the keyword ``DATAMODL``, for an ASDF file of another telescope, and for
        the name ``x.fits[sci,1]`` if there is a file ``x.fits``. Only one plugin may take an input.

        The headers or the tree that the engine has read from a file are passed on. A plugin's
        function may leave out arguments that it does not need.

        Parameters
        ----------
        given : object
            The input, as the caller gave it: a `str` or `~pathlib.Path` for a file. A `str` may be
            a URL, whose headers or tree the engine has fetched.
        what : str
            The name of the input in messages: ``input 3 (c_flt.fits)``.
        opened : Opened or None
            The headers of a FITS file or HDUList, or the tree of an ASDF file; otherwise None.
        open_file : callable
            Reads another file in the same way: path → `Opened`. It raises an `InputError` if the
            file cannot be read.

        Returns
        -------
        source : Source, iterable of Source, or None
            The source of its values; None if the plugin does not read such inputs. Decide this
            quickly, because every plugin is asked. If several sources are returned, such as the
            chips of one file, each is a row of the table, in this order; messages call it ``input 3
            (c_flt.fits), row 2``. Each source is read before the next one is taken from the
            iterable. A `Source` that is itself iterable counts as one source.

        Raises
        ------
        InputError
            If the plugin should read the input, but cannot.

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
        """Open a product that the engine does not know.

        Called for the product of a blend, and for each file that a command or `ProductFile` reads
        as a product, unless it is a datamodel or the file of one. Only one plugin may take a
        product.

        The hook is also called for each file that is written, before it replaces the old one: the
        engine compares its content with the values that should be there. At this time, the file has
        its final name, but is in another folder.

        Parameters
        ----------
        given : object
            The product, as the caller gave it: a `str` or `~pathlib.Path` for a file.
        what : str
            The name of the product in messages: ``the product (combined.fits)``.
        opened : Opened or None
            The headers or the tree, for a FITS file, an ASDF file or an open HDUList; otherwise
            None.

        Returns
        -------
        product : Product or None
            The product that gets the blended values, such as a `FitsProduct`; None if the plugin
            does not support such products.

        Raises
        ------
        InputError
            If the plugin should read the product, but cannot.

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
