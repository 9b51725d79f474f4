"""Whatever a plugin's product does, it is told as that plugin's, and the old file is whole.

Each place at which the engine touches a product is tried with one kind of what that can raise, and
with all, some five hundred, with ``HOSTILE_PLUGINS=all``.
"""

import os
import random

import numpy as np
import pytest
from astropy.io import fits
from hostile_plugins import KINDS, hostile
from plain_products import INPUTS, Combined, PlainPlugin, plugins_with

from blender_core import BlenderError, ProductFile, amend, blendmodels, hookimpl

N_KINDS = len(KINDS) if os.environ.get("HOSTILE_PLUGINS") == "all" else 1
METHODS = (
    "read",
    "table",
    "update",
    "restored",
    "save",
    "check",
    "saved",
    "paths_beyond",
)
PROPERTIES = ("origin", "model", "schema", "model_type", "endings")
ASSIGNED = {
    "what": lambda raise_it: hostile(raise_it, "__str__", "__len__", base=str),
    "path": lambda raise_it: hostile(raise_it, "__fspath__", "__str__", "__eq__"),
}
GIVEN = {
    "table": lambda raise_it, table: table.view(
        type("Hostile", (np.ndarray,), {"dtype": property(raise_it), "__len__": raise_it})
    ),
    "restored": lambda raise_it: hostile(raise_it, "__enter__", "__exit__"),
    "read": lambda raise_it: hostile(raise_it, "__iter__", "__len__", base=list),
    "save": lambda raise_it: hostile(raise_it, "__bool__", "__eq__", "__repr__"),
}


def product_class(place, raise_it):
    """Return a class of products that raise at one place."""
    kind, name = place
    members = {}
    if kind == "method":
        members[name] = raise_it
    elif kind == "property":
        members[name] = property(raise_it)
    elif kind == "given":
        members[name] = lambda *_: GIVEN[name](raise_it)
        if name == "table":
            members[name] = lambda *given: GIVEN[name](raise_it, Combined.table(*given))
    elif kind == "leave":

        class Context:
            def __enter__(self):
                pass

            __exit__ = raise_it

        members["restored"] = lambda *_: Context()

    class Hostile(Combined):
        def __init__(self, given, what):
            super().__init__(given, what)
            if kind == "assigned":
                setattr(self, name, ASSIGNED[name](raise_it))

    return type("Hostile", (Hostile,), members)


PLACES = [
    ("hook", "blender_product"),
    ("leave", "restored"),
    *(("method", name) for name in METHODS),
    *(("property", name) for name in PROPERTIES),
    *(("given", name) for name in GIVEN),
    *(("assigned", name) for name in ASSIGNED),
]


@pytest.fixture(scope="module")
def blended(tmp_path_factory):
    """The bytes of a product that was blended."""
    path = tmp_path_factory.mktemp("blended") / "product.fits"
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(np.zeros(3), name="SCI")]).writeto(path)
    blendmodels(path, INPUTS, plugins=plugins_with(), output=path, record_rules=True)
    return path.read_bytes()


def plugin_for(place, raise_it):
    """Return a plugin that raises at one place."""
    if place[0] != "hook":
        return PlainPlugin(product_class(place, raise_it))

    class Hook(PlainPlugin):
        @hookimpl
        def blender_product(self):
            return raise_it()

    return Hook()


def calls(path, output, plugins):
    """Return what commands and callers do with a product."""
    settings = {"plugins": plugins, "output": output, "overwrite": True}
    return [
        lambda: blendmodels(path, INPUTS, **settings),
        lambda: blendmodels(path, INPUTS, plugins=plugins).explain("meta"),
        lambda: amend(path, overrides={"EXPTIME": "max"}, **settings),
        lambda: ProductFile(path, plugins=plugins).explain("meta"),
        lambda: blendmodels(path, INPUTS, plugins=plugins).product.close(),
    ]


@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_it_is_told_as_the_plugins(place, blended, tmp_path):
    path, output = tmp_path / "product.fits", tmp_path / "out.fits"
    path.write_bytes(blended)
    kinds = random.Random("-".join(place)).sample(sorted(KINDS), len(KINDS))  # noqa: S311
    for kind in kinds[:N_KINDS]:
        n_told = 0
        for call in calls(path, output, plugins_with(plugin_for(place, KINDS[kind]))):
            output.write_bytes(b"old")
            try:
                call()
            except BlenderError as error:
                n_told += 1
                told = str(error)
                assert "plain-products 2.1 [plain]" in told, kind
                assert len(told) < 10_000
                has_been_written = "has been written to" in told
                assert (output.read_bytes() == b"old") != has_been_written
            except BaseException as error:  # noqa: BLE001  # what would end pytest
                pytest.fail(f"{place} with {kind}: {type.__repr__(type(error))}: {error!r:.300}")
            assert path.read_bytes() == blended
        # Of an object of its own, the plugin may have no word at all.
        assert n_told or place[0] in ("given", "assigned"), kind
        assert {one.name for one in tmp_path.iterdir()} == {"product.fits", "out.fits"}
