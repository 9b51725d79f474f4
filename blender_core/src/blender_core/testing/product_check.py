"""Try the product of a plugin with a file, and report all at once what is wrong with it."""

from __future__ import annotations

import errno
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.blending.blendmodels import blendmodels
from blender_core.common.caught_warnings import recorded
from blender_core.common.foreign import Guard
from blender_core.common.provider import Provider
from blender_core.common.values import identity
from blender_core.common.wording import describe_error, preview, strings
from blender_core.errors import BlenderError, InputError
from blender_core.evaluation.outcome import Status
from blender_core.formats.files.draft import HandedOut
from blender_core.formats.files.target import Target
from blender_core.plugins.context import context_paths
from blender_core.plugins.override import Override
from blender_core.plugins.source import attributes_of
from blender_core.products.later_values import OF_THE_PRODUCT
from blender_core.products.open_product import open_product
from blender_core.products.plugin_product import PluginProduct
from blender_core.schema.attribute_index import AttributeIndex
from blender_core.testing.broken_inputs import faults_with_damage, problems_with_strangers
from blender_core.testing.invented import InventedInput, Inventor, invented_value
from blender_core.testing.plugin_at_hand import plugin_at_hand
from blender_core.testing.problems import raise_problems
from blender_core.testing.source_check import values_of
from blender_core.testing.untouched import changes_since, file_named, state_of_input

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from blender_core.blending.result import BlendResult
    from blender_core.plugins.manager import Plugins

_KNOWN_BY: Final = ("telescope", "instrument")
_N_INPUTS: Final = 2


def check_product(plugin: Any, product: Any, *, keep: Collection[str] = ()) -> None:
    """Try the product of a plugin with copies of a file, into which invented values are blended.

    A product must

    - be taken by ``blender_product``, by its name as a `str` and as a `~pathlib.Path`;
    - have, when it has been saved and is opened again, each value that was blended, no value that a
      blend has dropped, and its own values otherwise;
    - leave its file as it was until it is saved there, and when it is saved elsewhere; and never
      have another file beside it;
    - not keep to itself that what it writes to has no room;
    - raise an `InputError`, and nothing else, for a file that is broken, or take none that is.

    Parameters
    ----------
    plugin : module, object or str
        The plugin: a module or an object whose hooks are marked with ``hookimpl``, or the name of
        an installed one.
    product : path-like
        A product's file as a caller would name it, best a small one. It is copied, and not changed.
    keep : collection of str, optional
        Attributes, by path or keyword, that get no other values, as ``blender_product`` knows the
        product by them. Telescope and instrument never do.

    Raises
    ------
    PluginCheckError
        If something is wrong: all that is, together.
    PluginError
        If it is no plugin.
    ValueError
        If no plugin of that name is installed, or `product` is no file.

    Examples
    --------
    In a test, of a plugin that is a module, and a file that the test has made::

        check_product(acme_rules.plugin, tmp_path / "combined.fits")
    """
    plugins, provider = plugin_at_hand(plugin)
    path = file_named(product)
    if path is None:
        msg = f"check_product takes the plugin and a product's file, and {preview(product)} is none"
        raise ValueError(msg)
    before = state_of_input(path)
    with tempfile.TemporaryDirectory() as folder:
        trial = _Trial(plugins, provider, path, Path(folder), strings(keep, "keep", "attributes"))
        sound = list(trial.problems())
        damaged = [] if sound else list(trial.problems_with_damage())
    damaged += problems_with_strangers("blender_product", lambda it: open_product(it, plugins))
    if changes_since(before, path):
        sound.append(f"{path.name} is not what it was: a copy of it was blended")
    raise_problems("the products", provider, (sound, damaged))


class _FullDisk(io.BytesIO):
    """A file on a disk that has no room."""

    def write(self, data: Any) -> int:  # noqa: ARG002
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class _Trial:
    """A product in copies of a file."""

    def __init__(
        self,
        plugins: Plugins,
        provider: Provider,
        path: Path,
        folder: Path,
        keep: tuple[str, ...],
    ) -> None:
        self._keep = keep
        self._plugins = plugins
        self._provider = provider
        self._original = path
        self._folder = folder
        plugins.register(Inventor(), Provider("blender-core", "testing", "blender-core-testing"))

    def problems(self) -> Iterator[str]:
        """Blend into copies of the file, and look at what has been saved."""
        try:
            for given in (self._copy("a"), os.fspath(self._copy("b"))):
                self._taken(given)
        except BlenderError as fault:
            yield str(fault)
            return
        checks = (
            *(self._problems_elsewhere, self._problems_in_place),
            *(self._problems_with_drop, self._problems_with_a_failure),
        )
        for number, check in enumerate(checks):
            try:
                with recorded():
                    yield from check(self._copy(str(number)))
            except BlenderError as fault:
                yield str(fault)

    def _copy(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return Path(shutil.copy(self._original, folder))

    def _taken(self, given: Any) -> PluginProduct:
        """Return what the plugin makes of a file, or refuse what it is not asked for."""
        try:
            with recorded():
                product = open_product(given, self._plugins)
        except BlenderError as fault:
            msg = f"blender_product does not take it by its name: {fault}"
            raise InputError(msg) from fault
        if not isinstance(product, PluginProduct):
            msg = f"{self._original.name}: Model Blender knows it itself, and asks no plugin"
            raise InputError(msg)
        if product.provider != self._provider:
            msg = f"{self._original.name}: it is a product of plugin {product.provider}"
            raise InputError(msg)
        return product

    def _blend(
        self, product: PluginProduct, rule: str, output: Path | None
    ) -> tuple[dict[str, Any], dict[str, Any], BlendResult]:
        """Blend invented values into a product; return what it had, what these are, the result."""
        had, attributes = values_of(product), attributes_of(product)
        index, known_by = AttributeIndex(attributes.values()), context_paths(attributes)
        kept = {index.path(name, "keep", "check_product") for name in self._keep}
        kept |= {path for name, path in known_by.items() if name in _KNOWN_BY}
        invented = {
            path: had[path] if path in kept else invented_value(attribute, had[path])
            for path, attribute in attributes.items()
            # What a schema keeps is the product's business: how many extensions it has.
            if path not in OF_THE_PRODUCT and attribute.rule != "keep"
        }
        if rule == "drop":
            invented = {path: value for path, value in invented.items() if path not in kept}
        overrides = [
            Override(attribute=path, rule=rule)
            for path, value in invented.items()
            if value is not None
        ]
        inputs = [InventedInput(product, invented) for _ in range(_N_INPUTS)]
        result = blendmodels(
            product,
            inputs,
            overrides=overrides,
            plugins=self._plugins,
            output=output,
            overwrite=True,
        )
        return had, invented, result

    def _problems_elsewhere(self, path: Path) -> Iterator[str]:
        output = path.parent / "elsewhere" / path.name
        output.parent.mkdir()
        before = state_of_input(path)
        had, invented, result = self._blend(self._taken(path), "first", output)
        yield from self._problems_with_file(output, had, invented, result)
        for what in changes_since(before, path):
            yield f"{path.name}: saving it elsewhere changes {what}"

    def _problems_in_place(self, path: Path) -> Iterator[str]:
        had, invented, result = self._blend(self._taken(path), "first", path)
        yield from self._problems_with_file(path, had, invented, result)

    def _problems_with_drop(self, path: Path) -> Iterator[str]:
        _, _, result = self._blend(self._taken(path), "drop", path)
        values = self._read_again(path)
        for dropped, outcome in result.outcomes.items():
            value = values.get(dropped)
            if outcome.status is Status.DROPPED and value is not None:
                yield (
                    f"{path.name}: {dropped} was dropped, and the file that was saved has "
                    f"{preview(value)}"
                )

    def _problems_with_file(
        self, path: Path, had: Mapping[str, Any], invented: Mapping[str, Any], result: BlendResult
    ) -> Iterator[str]:
        """Compare what a file has with what was blended into it, and with what it had."""
        if not path.is_file():
            yield f"{path.name}: save says that it was saved, and there is no file"
            return
        values = self._read_again(path)
        n_set = 0
        for each, outcome in result.outcomes.items():
            if each not in invented:
                continue
            is_set = outcome.status is Status.SET
            n_set += is_set
            meant = invented.get(each) if is_set else had[each]
            if identity(values.get(each)) != identity(meant):
                what = "was blended" if is_set else "was there, and not blended"
                yield (
                    f"{path.name}: {preview(meant)} {what} for {each}, and the file that was "
                    f"saved has {preview(values.get(each))}"
                )
        if not n_set:
            yield f"{path.name}: it has no place for any value that its schema has"
        beside = sorted(each.name for each in path.parent.iterdir() if each != path)
        if beside:
            yield f"{path.name}: save leaves {beside[0]} beside the file"

    def _read_again(self, path: Path) -> dict[str, Any]:
        try:
            return values_of(self._taken(path))
        except InputError as fault:
            msg = f"{path.name}: what save has written is no product any more: {fault}"
            raise InputError(msg) from fault

    def _problems_with_a_failure(self, path: Path) -> Iterator[str]:
        """Save where there is no room."""
        product = self._taken(path)
        self._blend(product, "first", None)
        file = HandedOut(_FullDisk())
        target = Target(path, path, replaces=True, file=file)  # type: ignore[arg-type]
        try:
            with Guard(lambda error: InputError(describe_error(error))):
                product.given.save(target)  # type: ignore[attr-defined]
        except InputError:
            return
        yield f"{path.name}: save says nothing where the disk has no room for what it writes"

    def problems_with_damage(self) -> Iterator[str]:
        """Open damaged copies of the file."""
        known = self._taken(self._copy("read")).schema.attributes.values()
        keywords = {attribute.keyword for attribute in known if attribute.keyword}
        for damage, fault in faults_with_damage(self._original, keywords, self._read):
            yield f"of {self._original.name} {damage}, it raises no InputError: {fault}"

    def _read(self, copy: Path) -> None:
        opened = open_product(copy, self._plugins)
        if isinstance(opened, PluginProduct):
            values_of(opened)
