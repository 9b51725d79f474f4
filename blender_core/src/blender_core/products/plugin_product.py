"""A product of a plugin, and whose it is where something is wrong with it."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

import contextlib
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, cast

from blender_core.common.advice import Advice
from blender_core.common.cached import cached_property
from blender_core.common.caught_warnings import recorded
from blender_core.common.foreign import class_name, type_name
from blender_core.common.plain_values import plain
from blender_core.common.provider import Provider
from blender_core.common.values import DROP
from blender_core.common.wording import preview
from blender_core.errors import BlendWarning, InputError, OutputError, PluginError
from blender_core.formats.files.draft import HandedOut
from blender_core.formats.files.source_file import state_of
from blender_core.plugins.source import attributes_of, name_of
from blender_core.products.base import Product
from blender_core.products.later_values import OF_THE_PRODUCT
from blender_core.products.written import by_name, differences
from blender_core.readers.plugin_source import PluginSource
from blender_core.readers.product_table import array_of_table
from blender_core.schema.layout import Layout
from blender_core.schema.tree import put

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping

    from blender_core.formats.files.target import Target
    from blender_core.plan.plan import BlendPlan
    from blender_core.schema.attributes import Attribute
    from blender_core.tables.product_table import ProductTable


class PluginProduct(PluginSource, Product):
    """A product, as the object that a plugin has made of it treats it.

    ``reopened`` gives what the plugin makes of the file that has been written, to compare it with
    what was meant; None if it takes no such files. Without it, nothing is compared.
    """

    role = "product"
    passes = (InputError, OutputError, BlendWarning)

    def __init__(
        self,
        product: Any,
        provider: Provider,
        label: str,
        reopened: Callable[[Path, str], PluginProduct | None] | None = None,
    ) -> None:
        if not issubclass(type(product), Product):
            given = f"the class {class_name(product)}" if _is_product(product) else preview(product)
            msg = (
                f"blender_product of plugin {provider} gives {given} for {label}, where a "
                "blender_core.Product is asked for"
            )
            raise PluginError(msg, provider=provider)
        super().__init__(product, provider, label)
        self._product = product
        self._reopened = reopened
        self._changes: dict[str, Any] = {}
        self._tables: Mapping[str, ProductTable] = {}
        self._attributes_of_plan: Mapping[str, Attribute] = {}
        self._values: dict[str, Any] = {}
        """What the product has, as far as it has been asked."""
        self._written: Path | None = None
        """Where it was written to last."""
        self._own: dict[str, Any] = {}
        """What the file that was written last says of itself."""
        self.endings = self._endings()
        self.path = self._path("path")

    def __repr__(self) -> str:
        return f"<{name_of(self.model_type)} {self.path or 'in memory'}>"

    def __getstate__(self) -> dict[str, Any]:
        # Plugins are modules, and stay where they are.
        return {**self.__dict__, "_reopened": None}

    def _endings(self) -> tuple[str, ...]:
        endings = self._ask("endings", lambda: self._product.endings, tuple, list)
        if not endings or not all(type(each) is str and each.startswith(".") for each in endings):
            self._fail(f"endings is {preview(endings)}, and not such as ('.fits', '.fits.gz')")
        return tuple(endings)

    def _path(self, member: str) -> Path | None:
        get = lambda: getattr(self._product, member)
        path = self._ask(member, get, Path, str, type(None))
        with self._guarded(member):
            return None if path is None else Path(path)

    @cached_property
    def _attributes(self) -> Mapping[str, Attribute]:
        return attributes_of(self)

    @property
    def origin(self) -> Path | None:
        return self._path("origin")

    @property
    def model(self) -> Any:
        with self._guarded("model"):
            return self._product.model

    @property
    def tree(self) -> Mapping[str, Any]:
        layout = Layout(self._attributes.values())
        tree: dict[str, Any] = {}
        for path, value in zip(layout.paths, self.read(layout), strict=True):
            if value is not None:
                put(tree, path, value)
        return tree

    def read(self, layout: Layout) -> list[Any]:
        unknown = [
            self._attributes.get(attribute.path, attribute)
            for attribute in layout.attributes
            if attribute.path not in self._values
            # Of others, nothing says where the product might have them.
            and (attribute.path in self._attributes or attribute.keyword or attribute.subschema)
        ]
        if unknown:
            wanted = Layout(unknown)
            self._values |= zip(wanted.paths, super().read(wanted), strict=True)
        return [self._values.get(path) for path in layout.paths]

    @property
    def records_rules(self) -> bool:  # type: ignore[override]
        return bool(self._ask("records_rules", lambda: self._product.records_rules, bool))

    def has_place_for(self, attribute: Attribute) -> bool:
        name = "has_place_for"
        return bool(self._ask(name, lambda: self._product.has_place_for(attribute), bool))

    def n_rows(self, name: str) -> int:
        return int(self._ask(f"n_rows({name!r})", lambda: self._product.n_rows(name), int))

    def table(self, name: str) -> Any:
        with self._guarded(f"table({name!r})"):
            table = array_of_table(self._product.table(name))
        if table is not None and not table.dtype.names:
            self._fail(f"table({name!r}) is {preview(table)}, and not an array of records")
        return table

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, ProductTable], plan: BlendPlan
    ) -> None:
        self._attributes_of_plan = {path: each.attribute for path, each in plan.items()}
        # What it has of all else is asked for later, when it may have been written.
        self.read(Layout(self._attributes_of_plan.values()))
        with self._guarded("update"):
            self._product.update(_copied(changes), dict(tables), plan)
        self._changes, self._tables = _copied(changes), dict(tables)
        self._values |= {
            path: None if value is DROP else value for path, value in self._changes.items()
        }

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        values, self._written = dict(self._values), None
        with self._guarded("restored"):
            context = self._product.restored()
            context.__enter__()
        try:
            yield
        except BaseException:
            self._values = values
            self._leave(context, *sys.exc_info())
            raise
        self._leave(context, None, None, None)

    def _leave(self, context: Any, *raised: Any) -> None:
        try:
            with self._guarded("restored"):
                context.__exit__(*raised)
        except PluginError as error:
            self._tell_of_disk(error)

    def save(self, target: Target) -> None:
        if target.file is None:
            msg = "a product is written to the file of its target"
            raise ValueError(msg)
        before = self._states(target)
        file = HandedOut(target.file)
        try:
            with self._guarded("save"):
                handed_out = dataclasses.replace(target, file=cast("BinaryIO", file))
                answer = self._product.save(handed_out)
        except PluginError as fault:
            if file.failure is not None:
                raise file.failure from fault
            raise
        for path, state in self._states(target).items():
            if state != before[path]:
                self._fail(f"save has changed {path} itself: it is to write to target.file")
        if answer is not None:
            self._fail(f"save returns {preview(answer)}: it is to write to target.file")
        if not target.file.tell():
            self._fail("save has written nothing to target.file")

    def _states(self, target: Target) -> dict[Path, tuple[int, ...] | None]:
        """Return what the files are like that are not for the plugin to write."""
        states: dict[Path, tuple[int, ...] | None] = {}
        for path in filter(None, (target.path, self.origin)):
            try:
                states[path] = state_of(path.stat())
            except OSError:
                states[path] = None
        return states

    def check(self, draft: Path, target: Target) -> None:
        with self._guarded("check"):
            is_read_again = self._reopened is not None
            checked = dataclasses.replace(target, file=None, is_read_again=is_read_again)
            self._product.check(draft, checked)
        if self._reopened is None:
            return
        # What there is to say of its cards has been said.
        with by_name(draft, target.output.name) as path, recorded():
            try:
                written = self._reopened(path, "what has been written")
                if written is not None:
                    self._compare(written)
                elif self.origin is not None:
                    self._fail("what save has written is no product to blender_product")
            except InputError as error:
                self._fail(f"what save has written cannot be read: {error}", error)

    def _compare(self, written: PluginProduct) -> None:
        """Require that a product that has been written has what was meant."""
        own = Layout(self._attributes[path] for path in OF_THE_PRODUCT & self._attributes.keys())
        self._own = dict(zip(own.paths, written.read(own), strict=True))
        known = {**self._attributes_of_plan, **self._attributes}
        meant = Layout(known[path] for path in self._changes if path not in OF_THE_PRODUCT)
        for difference in differences(written, meant, self._changes, self._tables.values()):
            self._fail(f"what save has written has {difference}")

    def saved(self, target: Target, status: os.stat_result | None) -> None:
        self._written = target.output
        for path in OF_THE_PRODUCT:
            self._values.pop(path, None)
        self._values |= self._own
        try:
            with self._guarded("saved"):
                self._product.saved(dataclasses.replace(target, file=None), status)
            self.path = self._path("path") or target.output
        except PluginError as error:
            self._tell_of_disk(error)

    def _tell_of_disk(self, error: PluginError) -> NoReturn:
        """Raise an error, and say with it what has been written all the same."""
        if self._written is None or "has been written to" in str(error):
            raise error
        msg = f"{error}\nThe product has been written to {self._written}, whole"
        raise PluginError(msg, provider=self._provided.provider) from error


class GivenProduct(PluginProduct):
    """A product that the caller has made himself, of a class of his own or of a plugin's."""

    remedy = Advice("Repair its class.")

    def __init__(self, product: Product, label: str) -> None:
        name = type_name(product)
        module = type(product).__module__.partition(".")[0]
        super().__init__(product, Provider(module, "given by the caller", name), label)


def _is_product(given: Any) -> bool:
    return type(given) is type and issubclass(given, Product)


def _copied(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes whose lists and mappings nobody else has."""
    return {path: value if value is DROP else plain(value) for path, value in changes.items()}
