"""Products of plugins: who takes them, what is asked of them, and those that lie."""

import contextlib
import json
import pickle
import resource
import signal
import sys
from pathlib import Path

import asdf
import numpy as np
import pytest
from astropy.io import fits
from plain_products import BLENDED, INPUTS, Combined, Headers, PlainPlugin, plugins_with, schema_of
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    DROP,
    BlendErrorGroup,
    BlendPlan,
    FitsProduct,
    InputError,
    NotADatamodelError,
    OutputError,
    PluginError,
    Product,
    ProductDiff,
    ProductFile,
    ReaderConflictError,
    UnknownInputError,
    amend,
    blendmodels,
    hookimpl,
)


@pytest.fixture
def product(tmp_path):
    path = tmp_path / "product.fits"
    header = fits.Header([("FILTER", "CLEAR", "old"), ("EXPTIME", 1.0)])
    science = fits.ImageHDU(np.zeros((2, 3), np.float32), name="SCI")
    fits.HDUList([fits.PrimaryHDU(header=header), science]).writeto(path)
    return path


class JsonProduct(Product):
    """A product of a format of its own: keywords, and tables as lists of rows."""

    model_type = "plain FITS"
    schema = schema_of()
    endings = (".json",)

    def __init__(self, given, what):
        self.what = what
        self.is_open = isinstance(given, dict)
        self.path = None if self.is_open else Path(given)
        self.content = given if self.is_open else json.loads(self.path.read_text())
        self.seen = []

    @property
    def origin(self):
        return self.path

    @property
    def model(self):
        return self.content

    def read(self, layout):
        return [self.content.get(attribute.keyword) for attribute in layout.attributes]

    def table(self, name):
        rows = self.content.get(name)
        if rows is None:
            return None
        dtype = [(column, kind) for column, kind in self.content[f"{name}.dtype"]]
        return np.array([tuple(row) for row in rows], dtype)

    def update(self, changes, tables, plan):
        assert isinstance(plan, BlendPlan)
        for path, value in changes.items():
            self.content[plan[path].attribute.keyword] = None if value is DROP else value
        for name, table in tables.items():
            self.content.pop(name, None)
            if table:
                array = table.to_array()
                self.content[f"{name}.dtype"] = [
                    (one, array.dtype[one].str) for one in array.dtype.names
                ]
                decoded = np.char.decode
                columns = [
                    (decoded(array[one]) if array.dtype[one].kind == "S" else array[one]).tolist()
                    for one in array.dtype.names
                ]
                self.content[name] = list(zip(*columns, strict=True))

    @contextlib.contextmanager
    def restored(self):
        before = dict(self.content)
        try:
            yield
        except BaseException:
            self.content.clear()
            self.content.update(before)
            raise

    def save(self, target):
        target.file.write(json.dumps(self.content).encode())


class JsonPlugin(PlainPlugin):
    @hookimpl
    def blender_product(self, given, what):
        is_ours = isinstance(given, dict) or str(given).endswith(".json")
        return JsonProduct(given, what) if is_ours else None


class TestAnotherFormat:
    @pytest.fixture
    def plugins(self):
        return plugins_with(JsonPlugin())

    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "product.json"
        path.write_text(json.dumps({"FILTER": "CLEAR", "OBJECT": "NGC 1"}))
        return path

    def test_by_name(self, path, plugins):
        before = path.read_bytes()
        result = blendmodels(path, INPUTS, plugins=plugins, record_rules=True)
        assert path.read_bytes() == before
        assert result.product["EXPTIME"] == 750.875
        result.save(path)
        content = json.loads(path.read_text())
        assert {key: content[key] for key in (*BLENDED, "OBJECT")} == {**BLENDED, "OBJECT": "NGC 1"}
        read = ProductFile(path, plugins=plugins)
        assert (read.model_type, read.n_inputs) == ("plain FITS", 3)
        assert read.inputs["meta.filter"] == ["F606W", "F814W", None]
        assert read.inputs["meta.nsamp"] == [None, None, 4]
        assert read.outcomes["meta.exptime"].rule == "sum"

    def test_in_memory(self, plugins, tmp_path):
        product = {"FILTER": "CLEAR"}
        output = tmp_path / "out.json"
        result = blendmodels(product, INPUTS, plugins=plugins, output=output)
        assert result.product is product
        assert product["EXPTIME"] == json.loads(output.read_text())["EXPTIME"] == 750.875

    def test_in_memory_it_stays_as_it_was_if_it_cannot_be_written(self, plugins, tmp_path):
        product = {"FILTER": "CLEAR"}
        gone = tmp_path / "gone"
        gone.mkdir()
        with pytest.raises(OutputError, match="No such file"):
            blendmodels(
                product,
                INPUTS,
                plugins=plugins,
                output=gone / "out.json",
                progress=lambda done, _: done == 3 and gone.rmdir(),
            )
        assert product == {"FILTER": "CLEAR"}

    def test_what_cannot_be_written_though_the_plugin_keeps_it_to_itself(self, path):
        class Silent(JsonProduct):
            def save(self, target):
                super().save(target)
                with contextlib.suppress(OSError):
                    target.file.write(b" " * 200_000)

        class SilentPlugin(JsonPlugin):
            @hookimpl
            def blender_product(self, given, what):
                return Silent(given, what) if str(given).endswith(".json") else None

        before = path.read_bytes()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            with pytest.raises(OutputError, match="File too large"):
                blendmodels(path, INPUTS, plugins=plugins_with(SilentPlugin()), output=path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, handler)
        assert path.read_bytes() == before
        assert [each.name for each in path.parent.iterdir()] == [path.name]

    def test_amended_and_compared(self, path, plugins, tmp_path):
        blendmodels(path, INPUTS, plugins=plugins, output=path, record_rules=True)
        other = tmp_path / "other.json"
        amend(path, overrides={"EXPTIME": "max"}, plugins=plugins, output=other)
        here, there = (ProductFile(each, plugins=plugins) for each in (path, other))
        (difference,) = ProductDiff(here, there).values
        assert (difference.keyword, difference.here, difference.there) == (
            "EXPTIME",
            750.875,
            400.25,
        )

    def test_the_names_that_it_can_have(self, path, plugins, tmp_path):
        with pytest.raises(OutputError, match=r"out.fits does not tell .*: it ends in \.json$"):
            blendmodels(path, INPUTS, plugins=plugins, output=tmp_path / "out.fits")

    def test_a_blend_of_a_blend(self, path, plugins):
        blendmodels(path, INPUTS, plugins=plugins, output=path)
        content = json.loads(path.read_text())
        path.write_text(json.dumps({**content, "EXPTIME": 5.0}))
        result = blendmodels(path, INPUTS, plugins=plugins, output=path)
        assert result.later == {"meta.exptime": 5.0}


class TestWithoutThePlugin:
    """What would take a product is told, where it is left out."""

    @pytest.fixture(autouse=True)
    def _installed(self, install):
        install("plain-files", "plain", PLAIN, version="3.1")

    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "combined.fits"
        fits.PrimaryHDU().writeto(path)
        return path

    def test_blocked(self, path):
        with pytest.raises(UnknownInputError) as caught:
            blendmodels(path, [ImageModel()], block=["plain"])
        told = str(caught.value)
        assert "has no keyword DATAMODL" in told
        assert "none has a hook blender_product that takes it" in told
        assert told.endswith("left out was plain-files 3.1 [plain], which may take it")
        with pytest.raises(UnknownInputError, match=r"left out was plain-files 3\.1 \[plain\]"):
            amend(path, overrides={"EXPTIME": "max"}, block=["plain-files"])

    def test_blocked_by_the_environment(self, path, monkeypatch):
        monkeypatch.setenv("MODEL_BLENDER_BLOCK", "plain")
        with pytest.raises(UnknownInputError, match=r"left out was plain-files 3\.1 \[plain\]"):
            blendmodels(path, [ImageModel()])

    def test_an_input(self, path):
        with pytest.raises(UnknownInputError, match=r"left out was plain-files .* may read it$"):
            blendmodels(None, [path], block=["plain"])

    def test_not_blocked(self, path):
        blendmodels(path, [path])


PLAIN = """
from plain_products import Combined, Headers

from blender_core import hookimpl

@hookimpl
def blender_open(given, what, opened):
    return None if opened is None else Headers(opened.header("PRIMARY"), what)

@hookimpl
def blender_product(given, what, opened):
    return None if opened is None else Combined(given, what)
"""


class Mosaic(Product):
    """An ASDF file, of which the engine hands over the tree."""

    model_type = "mosaic"
    schema = schema_of(["EXPTIME", "FILTER"])
    endings = (".asdf",)

    def __init__(self, given, what, opened):
        self.path, self.what = Path(given), what
        self.meta = opened.tree["roman"]["meta"]
        self.changes, self.tables = {}, {}

    @property
    def origin(self):
        return self.path

    def read(self, layout):
        return [self.meta.get(attribute.keyword) for attribute in layout.attributes]

    def table(self, name):
        with asdf.open(self.path) as file:
            table = file["roman"].get(name)
            return None if table is None else np.array(table)

    def update(self, changes, tables, plan):
        self.changes = {plan[path].attribute.keyword: value for path, value in changes.items()}
        self.tables = tables

    def save(self, target):
        with asdf.open(self.path) as file:
            roman = {**file["roman"], "meta": {**file["roman"]["meta"], **self.changes}}
            for name, table in self.tables.items():
                roman.pop(name, None)
                if table:
                    roman[name] = table.to_array()
            asdf.AsdfFile({"roman": roman}).write_to(target.file)


def test_an_asdf_file_of_another_telescope(tmp_path):
    class Plugin(PlainPlugin):
        @hookimpl
        def blender_product(self, given, what, opened):
            is_ours = opened is not None and opened.format == "asdf" and "roman" in opened.tree
            return Mosaic(given, what, opened) if is_ours else None

    path, output = tmp_path / "mosaic.asdf", tmp_path / "out.asdf"
    roman = {"meta": {"EXPTIME": 1.0, "OBJECT": "NGC 1"}, "data": np.arange(12.0)}
    asdf.AsdfFile({"roman": roman}).write_to(path)
    plugins = plugins_with(Plugin())
    blendmodels(path, INPUTS, plugins=plugins, output=output, record_rules=True)
    with asdf.open(output) as file:
        meta, data = file["roman"]["meta"], np.array(file["roman"]["data"])
        assert (meta["EXPTIME"], meta["FILTER"], meta["OBJECT"]) == (750.875, "MULTIPLE", "NGC 1")
        assert data.tolist() == list(range(12))
        assert file["roman"]["hdrtab"]["FLASH"].tolist() == [0, ord("T"), 0]
    product = ProductFile(output, plugins=plugins)
    assert product.inputs["meta.exptime"] == [350.5, 400.25, 0.125]
    assert product.outcomes["meta.exptime"].rule == "sum"
    amend(output, overrides={"EXPTIME": "max"}, plugins=plugins, output=output)
    assert ProductFile(output, plugins=plugins).values["meta.exptime"] == 400.25


def test_what_the_schema_of_the_product_forbids(tmp_path, product):
    """It is left out, and the old value with it, as in a datamodel."""

    class Strict(Combined):
        schema = schema_of()

    meta = Strict.schema["properties"]["meta"]["properties"]
    meta["filter"] = {**meta["filter"], "enum": ["F606W", "F814W", "CLEAR"]}
    output = tmp_path / "out.fits"
    with pytest.warns(
        UserWarning, match="the product's schema forbids the blended value 'MULTIPLE'"
    ):
        result = blendmodels(
            product, INPUTS, plugins=plugins_with(PlainPlugin(Strict)), output=output
        )
    assert "meta.filter" not in result.values
    assert "FILTER" not in fits.getheader(output)
    assert fits.getheader(output)["EXPTIME"] == 750.875


def test_products_of_the_engine_are_not_shown_to_plugins(tmp_path):
    class Greedy:
        @hookimpl
        def blender_product(self, given):
            raise AssertionError(given)

    path = tmp_path / "model.fits"
    ImageModel().save(path)
    plugins = plugins_with(Greedy())
    for product in (path, ImageModel(), None):
        blendmodels(product, [ImageModel()], plugins=plugins)
    ProductFile(path, plugins=plugins)
    with fits.open(path) as hdulist, pytest.raises(NotADatamodelError, match="not a datamodel"):
        blendmodels(hdulist, [ImageModel()], plugins=plugins)


def test_two_plugins_that_take_it(product):
    plugins = plugins_with(PlainPlugin(), JsonPlugin(), PlainPlugin())
    inputs = [ImageModel()]
    with pytest.raises(ReaderConflictError) as caught:
        blendmodels(product, inputs, plugins=plugins)
    assert str(caught.value).startswith(
        f"the product ({product}) is taken by more than one plugin:"
    )
    assert [each.plugin for each in caught.value.providers] == ["plain", "plain3"]
    with pytest.raises(ReaderConflictError):
        ProductFile(product, plugins=plugins)


class TestNobodyTakesIt:
    def test_there_are_readers_only(self, product):
        class Reader:
            @hookimpl
            def blender_open(self, given, what):
                return Headers(fits.getheader(given), what)

        plugins = plugins_with(Reader())
        assert blendmodels(None, [product], plugins=plugins).values["meta.exptime"] == 1.0
        calls = [
            lambda: blendmodels(product, [product], plugins=plugins),
            lambda: amend(product, overrides={"EXPTIME": "max"}, plugins=plugins),
            lambda: ProductFile(product, plugins=plugins),
        ]
        for call in calls:
            with pytest.raises(UnknownInputError) as caught:
                call()
            told = str(caught.value)
            assert told.startswith(f"the product ({product}) can be an input, which plugin ")
            for words in ("plain-products 2.1 [plain]", "blender_product", "FitsProduct", "None"):
                assert words in told

    def test_a_reader_takes_it_and_another_plugin_has_products(self, tmp_path):
        class Reader:
            @hookimpl
            def blender_open(self, given, what):
                return Headers({}, what) if str(given).endswith(".txt") else None

        path = tmp_path / "product.txt"
        path.write_text("EXPTIME = 1")
        with pytest.raises(UnknownInputError, match=r"asked was plain-products 2.1 \[plain2\]"):
            blendmodels(path, INPUTS, plugins=plugins_with(Reader(), PlainPlugin()))

    def test_no_plugin_has_anything_for_it(self, tmp_path):
        path = tmp_path / "product.txt"
        path.write_text("EXPTIME = 1")
        with pytest.raises(UnknownInputError) as caught:
            blendmodels(path, INPUTS, plugins=plugins_with())
        assert "not a FITS file" in str(caught.value)
        assert "Nor is it a product to any plugin; asked was plain-products 2.1" in str(
            caught.value
        )

    @pytest.mark.parametrize("given", [3, {"EXPTIME": 1.0}, b"a.fits", ["a.fits"]])
    def test_things_that_are_none(self, given):
        with pytest.raises(NotADatamodelError, match="the product"):
            blendmodels(given, [ImageModel()], plugins=plugins_with())

    def test_none_is_installed(self, product):
        with pytest.raises(UnknownInputError, match="has no keyword DATAMODL"):
            ProductFile(product)

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(InputError, match="No such file"):
            ProductFile(tmp_path / "nothing.fits", plugins=plugins_with())


def lying(**members):
    """Return a plugin whose products have other members."""

    class Lying(Combined):
        def __init__(self, given, what):
            super().__init__(given, what)
            vars(self).update({name: members[name] for name in ("what", "path") if name in members})

    return PlainPlugin(type("Lying", (Lying,), members))


def write_elsewhere(_self, target):
    target.output.with_name("elsewhere.fits").write_bytes(b"all of it")


def write_in_place(_self, target):
    target.output.write_bytes(b"torn")


def write_the_old(self, target):
    target.file.write(self.origin.read_bytes())


def write_a_part(self, target):
    Combined.save(self, target)
    target.file.seek(0)
    target.file.write(b"SIMPLE  =                    F")


def write_no_table(self, target):
    self._tables = {}
    Combined.save(self, target)


def write_another_value(self, target):
    self._changes["meta.exptime"] = 7.0
    Combined.save(self, target)


def write_what_was_dropped(self, target):
    self._changes["meta.filter"] = "CLEAR"
    Combined.save(self, target)


def write_and_fail(self, target):
    Combined.save(self, target)
    raise RuntimeError("of no use")


def write_and_exit(self, target):
    Combined.save(self, target)
    sys.exit(0)


def write_and_return(self, target):
    Combined.save(self, target)
    return target.output


def fail(*_):
    raise RuntimeError("of no use")


LIES = {
    "nothing": (lambda *_: None, "save has written nothing to target.file"),
    "elsewhere": (write_elsewhere, "save has written nothing to target.file"),
    "the old file": (write_the_old, r"\(FILTER\) = 'CLEAR' instead of None"),
    "a part": (write_a_part, "it has other bytes than were written from byte 0 on"),
    "no table": (write_no_table, "has 0 rows in its table HDRTAB instead of 3"),
    "another value": (write_another_value, r"\(EXPTIME\) = 7.0 instead of 750.875"),
    "what was dropped": (write_what_was_dropped, r"\(FILTER\) = 'CLEAR' instead of None"),
    "it fails": (write_and_fail, "save fails: RuntimeError: of no use"),
    "it exits": (write_and_exit, "save fails: SystemExit"),
    "it returns": (write_and_return, "save returns .*: it is to write to target.file"),
    "another format": (
        lambda _, target: target.file.write(b"PK") and None,
        "cannot be read|no product",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_saves_that_lie(product, tmp_path, lie):
    save, told = LIES[lie]
    output = tmp_path / "out.fits"
    output.write_bytes(b"old")
    before = product.read_bytes()
    with pytest.raises(PluginError, match=told) as caught:
        blendmodels(
            product,
            INPUTS,
            plugins=plugins_with(lying(save=save)),
            overrides={"FILTER": "drop"},
            output=output,
            overwrite=True,
        )
    assert caught.value.provider.distribution == "plain-products"
    assert str(product) in str(caught.value)
    assert output.read_bytes() == b"old"
    assert product.read_bytes() == before
    (tmp_path / "elsewhere.fits").unlink(missing_ok=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.fits", "product.fits"]


def test_a_save_that_writes_over_the_file_itself(product, tmp_path):
    """What is lost then is lost, and nobody is told that all went well."""
    output = tmp_path / "out.fits"
    output.write_bytes(b"old")
    plugins = plugins_with(lying(save=write_in_place))
    with pytest.raises(PluginError, match=r"save has changed .*out.fits itself"):
        blendmodels(product, INPUTS, plugins=plugins, output=output, overwrite=True)


def test_a_save_that_closes_its_file(product, tmp_path):
    def save(self, target):
        with target.file:
            Combined.save(self, target)

    blendmodels(product, INPUTS, plugins=plugins_with(lying(save=save)), output=tmp_path / "o.fits")
    assert fits.getheader(tmp_path / "o.fits")["EXPTIME"] == 750.875


def change(self, changes, tables, plan):  # noqa: ARG001
    changes.clear()
    tables.clear()


def change_lists(self, changes, tables, plan):  # noqa: ARG001
    for value in changes.values():
        if isinstance(value, list):
            value.append("mine")


def test_an_update_that_changes_what_it_is_given(product, tmp_path):
    plugins = plugins_with(lying(update=change))
    with pytest.raises(PluginError, match=r"\(ROOTNAME\) = None instead of 'one'"):
        blendmodels(product, INPUTS, plugins=plugins, output=tmp_path / "out.fits")
    assert not (tmp_path / "out.fits").exists()
    assert blendmodels(product, INPUTS, plugins=plugins).values["meta.exptime"] == 750.875

    schema = schema_of(["EXPTIME"], filters={"type": "array", "blend_rule": "union"})
    plugin = PlainPlugin(type("Lying", (Combined,), {"update": change_lists}), schema)
    inputs = [{"EXPTIME": 1.0, None: ["A"]}, {"EXPTIME": 2.0, None: ["B"]}]
    result = blendmodels(product, inputs, plugins=plugins_with(plugin))
    assert result.values["meta.filters"] == ["A", "B"]
    assert inputs[0][None] == ["A"]


class Unlike:
    """Has the members of a product, and is none."""

    path = origin = None


MEMBERS = {
    "what": (7, "what is 7, where a str is asked for"),
    "model_type": (7, "model_type is 7, where a type or str is asked for"),
    "schema": ({}, "no properties below meta"),
    "endings": ("fits", "endings is 'fits', where a tuple or list is asked for"),
    "path": (7, "path is 7"),
    "origin": (7, "origin is 7"),
    "read": (lambda *_: [1.0], r"read returns 1 values for \d+ attributes"),
    "table": (
        lambda *_: [1.0],
        r"table\('hdrtab'\) is array\(\[1.*\]\), and not an array of records",
    ),
    "update": (fail, "update fails: RuntimeError: of no use"),
    "restored": (fail, "restored fails: RuntimeError: of no use"),
    "check": (fail, "check fails: RuntimeError: of no use"),
}


@pytest.mark.parametrize("member", MEMBERS)
def test_other_members_that_are_wrong(product, tmp_path, contents, member):
    value, told = MEMBERS[member]
    before = contents(tmp_path)
    with pytest.raises(PluginError, match=told):
        blendmodels(
            product,
            INPUTS,
            plugins=plugins_with(lying(**{member: value})),
            output=tmp_path / "out.fits",
        )
    assert contents(tmp_path) == before


@pytest.mark.parametrize("given", [7, "a text", Combined, Unlike(), [], fits.HDUList()])
def test_a_hook_that_gives_something_else(product, given):
    class Wrong(PlainPlugin):
        @hookimpl
        def blender_product(self):
            return given

    with pytest.raises(PluginError, match=r"where a blender_core.Product is asked for") as caught:
        blendmodels(product, INPUTS, plugins=plugins_with(Wrong()))
    assert "plain-products 2.1 [plain]" in str(caught.value)


def test_hooks_that_fail(product):
    class Failing(PlainPlugin):
        @hookimpl
        def blender_product(self, given):
            return given.data

    with pytest.raises(PluginError, match=r"blender_product of plugin .* failed for the product"):
        blendmodels(product, INPUTS, plugins=plugins_with(Failing()))
    with pytest.raises(BlendErrorGroup):
        ProductFile(product, plugins=plugins_with(Failing(), Failing()))


def test_what_is_said_after_it_was_written(product, tmp_path):
    plugins = plugins_with(lying(saved=fail))
    output = tmp_path / "out.fits"
    with pytest.raises(PluginError, match=r"saved fails.*\n.*\nThe product has been written to"):
        blendmodels(product, INPUTS, plugins=plugins, output=output)
    assert fits.getheader(output)["EXPTIME"] == 750.875


def test_a_product_at_hand(product, tmp_path):
    """One that the caller has made himself, of a class that no plugin offers."""
    output = tmp_path / "out.fits"
    result = blendmodels(Combined(product), INPUTS, plugins=plugins_with(), output=output)
    assert fits.getheader(output)["EXPTIME"] == 750.875
    assert result.product[0].header["EXPTIME"] == 750.875
    result.product.close()


def test_a_result_can_be_pickled(product):
    result = blendmodels(product, INPUTS, plugins=plugins_with(), record_rules=True)
    result._product._product = None  # a class of a test has no home
    again = pickle.loads(pickle.dumps(result))  # noqa: S301
    assert again.values == result.values
    assert [hdu.name for hdu in again.hdus()] == ["HDRTAB", "HDRRULES"]


def test_all_public_names_are_of_one_family():
    assert issubclass(FitsProduct, Product)
