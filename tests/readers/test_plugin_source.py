"""Inputs of kinds that plugins bring: what is theirs, and what happens if they go wrong."""

import gzip
import itertools
import re
import shutil

import asdf
import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    BlendErrorGroup,
    BlendWarning,
    InputError,
    MixedModelTypesError,
    ModelBlender,
    NotADatamodelError,
    OutputError,
    Override,
    PluginError,
    Plugins,
    Provider,
    ReaderConflictError,
    Source,
    UnknownInputError,
    When,
    blendmodels,
    hookimpl,
)

SCHEMA = {
    "properties": {
        "meta": {
            "properties": {
                "exptime": {
                    "type": "number",
                    "title": "[s] Exposure time",
                    "fits_keyword": "EXPTIME",
                    "blend_rule": "sum",
                    "blend_table": True,
                },
                "detector": {
                    "type": "string",
                    "enum": ["UVIS", "IR"],
                    "fits_keyword": "DETECTOR",
                    "blend_rule": "multi",
                    "blend_table": True,
                },
                "observer": {"type": "string", "fits_keyword": "OBSERVER"},
            }
        }
    }
}
PLAIN = Provider("plain-fits", "0.1", "plain")
OTHER = Provider("other-readers", "2.0", "other")


class HeaderSource(Source):
    model_type = "plain FITS"
    schema = SCHEMA

    def __init__(self, header, what):
        self.header, self.what = header, what

    def read(self, layout):
        return [self.header.get(attribute.keyword) for attribute in layout.attributes]


class HeaderPlugin:
    """Takes FITS files without DATAMODL, and headers; notes what it was asked for."""

    source = HeaderSource

    def __init__(self):
        self.asked = []

    @hookimpl
    def blender_open(self, given, what):
        self.asked.append(what)
        if isinstance(given, fits.Header):
            return self.source(given, what)
        if not str(given).endswith((".fits", ".dat")):
            return None
        try:
            return self.source(fits.getheader(given), what)
        except OSError as error:
            message = f"{what} has no header: {error}"
            raise InputError(message) from error


@pytest.fixture
def plugin():
    return HeaderPlugin()


@pytest.fixture
def make_readers():
    """Return a function that adds readers to what is installed: provider → plugin."""

    def make(readers):
        plugins = Plugins.discover()
        for provider, reader in readers.items():
            plugins.register(reader, provider)
        return plugins

    return make


@pytest.fixture
def plugins(make_readers, plugin):
    return make_readers({PLAIN: plugin})


@pytest.fixture
def plain(tmp_path):
    """Return the paths of three FITS files that are no datamodel's."""
    paths = []
    for i, (seconds, detector) in enumerate([(100.5, "UVIS"), (200.25, "UVIS"), (None, "UVIS")]):
        header = fits.Header({"DETECTOR": detector, "OBSERVER": f"Observer {i}"})
        if seconds is not None:
            header["EXPTIME"] = seconds
        paths.append(tmp_path / f"{i}_flt.fits")
        fits.PrimaryHDU(header=header).writeto(paths[-1])
    return paths


@pytest.fixture
def jwst_file(tmp_path):
    path = tmp_path / "a_cal.fits"
    ImageModel((4, 4)).save(path)
    return path


def test_files_that_are_no_datamodels(plain, plugins):
    result = blendmodels(None, [plain[0], str(plain[1]), plain[2]], plugins=plugins)
    assert result.product is None
    assert result.values == {
        "meta.exptime": 300.75,
        "meta.detector": "UVIS",
        "meta.observer": "Observer 0",
    }
    assert result.table["EXPTIME"].tolist() == [100.5, 200.25, None]
    assert str(result.table["EXPTIME"].unit) == "s"
    assert result.outcomes["meta.exptime"].keyword == "EXPTIME"
    assert result.outcomes["meta.exptime"].n_inputs == 2
    assert repr(result) == "<BlendResult of 3 inputs: 3 values, no product>"
    with pytest.raises(OutputError, match="the blend has no product"):
        result.save("product.fits")


def test_objects_that_only_a_plugin_knows(plugins):
    headers = [fits.Header({"EXPTIME": 1.5}), fits.Header({"EXPTIME": np.float32(2.5)})]
    blender = ModelBlender(plugins=plugins)
    for header in headers:
        blender.accumulate(header)
    result = blender.finalize_model(None)
    assert result.values == {"meta.exptime": 4.0}
    assert [type(value) for value in result.inputs["meta.exptime"]] == [float, float]


def test_plugins_are_not_asked_for_what_the_engine_knows(plugin, plugins, jwst_file, tmp_path):
    model = ImageModel((4, 4))
    model.save(tmp_path / "b_cal.asdf")
    with fits.open(jwst_file) as hdulist:
        inputs = [jwst_file, model, str(tmp_path / "b_cal.asdf"), hdulist]
        blendmodels(ImageModel(), inputs, plugins=plugins)
    assert plugin.asked == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: None, "No such file"),
        (lambda path: path.mkdir(), "it is a folder"),
        (lambda path: path.touch(), "the file is empty"),
        (lambda path: path.write_bytes(fits.PrimaryHDU().header.tostring().encode()[:100]), "trunc"),
        (
            lambda path: fits.PrimaryHDU(np.zeros(9), fits.Header({"DATAMODL": "ImageModel"})).writeto(path)
            or path.write_bytes(path.read_bytes()[:2890]),
            "truncated",
        ),
    ],
)  # fmt: skip
def test_nor_for_what_is_broken(plugin, plugins, tmp_path, make, message):
    path = tmp_path / "bad.fits"
    make(path)
    with pytest.raises(InputError, match=message) as caught:
        blendmodels(None, [path], plugins=plugins)
    assert plugin.asked == []
    assert not isinstance(caught.value, UnknownInputError)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.fits", lambda path: fits.PrimaryHDU().writeto(path)),
        ("a.fits.gz", lambda path: fits.PrimaryHDU().writeto(path)),
        ("a.fits", lambda path: fits.PrimaryHDU(header=fits.Header({"DATAMODL": "AcmeModel"})).writeto(path)),
        ("a.asdf", lambda path: asdf.AsdfFile({"roman": {"meta": {}}}).write_to(path)),
        ("a.asdf", lambda path: asdf.AsdfFile({"meta": {"model_type": "AcmeModel"}}).write_to(path)),
        ("a.dat", lambda path: path.write_text("a table")),
        ("a.fits", lambda path: path.write_bytes(gzip.compress(b"a table"))),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [str, lambda path: path], ids=["str", "Path"])
def test_but_for_all_others_as_they_were_given(make_readers, tmp_path, name, make, kind):
    make(tmp_path / name)
    given = kind(tmp_path / name)
    seen = []

    class Spy:
        @hookimpl
        def blender_open(self, given, what):
            seen.append((given, what))

    with pytest.raises(UnknownInputError) as caught:
        blendmodels(None, [given], plugins=make_readers({PLAIN: Spy()}))
    assert seen == [(given, f"input 1 ({given})")]
    assert type(seen[0][0]) is type(given)
    assert "Nor does any plugin take it: asked was plain-fits 0.1 [plain]" in str(caught.value)


def test_hdulists_without_a_class_and_unknown_objects(make_readers):
    seen = []

    class Spy:
        @hookimpl
        def blender_open(self, given):
            seen.append(type(given))

    plugins = make_readers({PLAIN: Spy()})
    hdulist = fits.HDUList([fits.PrimaryHDU()])
    with pytest.raises(BlendErrorGroup) as caught:
        blendmodels(None, [hdulist, 7], plugins=plugins)
    assert [type(one) for one in caught.value.exceptions] == [UnknownInputError, NotADatamodelError]
    assert seen == [fits.HDUList, int]


def test_without_readers_the_message_says_that_there_may_be_one(plain):
    with pytest.raises(UnknownInputError) as caught:
        blendmodels(None, plain[:1])
    assert str(caught.value) == (
        f"input 1 ({plain[0]}) has no keyword DATAMODL in its primary header, which says of which "
        "class it is. If it is a datamodel's all the same, open it and blend the model; files of "
        "another kind can be inputs once a plugin reads them."
    )


def test_kinds_are_not_mixed(plain, plugins, jwst_file):
    with pytest.raises(
        MixedModelTypesError,
        match=r"input 2 \(.*0_flt.fits\) is a model of type plain FITS, .* first input, ImageModel:",
    ):
        blendmodels(None, [jwst_file, plain[0]], plugins=plugins)
    with pytest.raises(
        MixedModelTypesError,
        match=r"input 2 \(.*a_cal.fits\) is a model of type ImageModel, .* first input, plain FITS:",
    ):
        blendmodels(None, [plain[0], jwst_file], plugins=plugins)


def test_a_plugin_that_takes_an_input_says_what_is_wrong_with_it(plain, plugins, tmp_path):
    bad = tmp_path / "bad.dat"
    bad.write_text("a table")
    with pytest.raises(InputError, match=r"input 2 \(.*bad.dat\) has no header: ") as caught:
        blendmodels(None, [plain[0], bad], plugins=plugins)
    result = blendmodels(None, [bad, *plain], plugins=plugins, on_bad_input="skip")
    assert result.values["meta.exptime"] == 300.75
    assert [str(one).partition(": ")[0] for one in result.skipped] == [
        f"input 1 ({bad}) has no header"
    ]
    assert type(caught.value) is InputError


def test_two_plugins_that_take_the_same(plain, make_readers):
    for order in itertools.permutations([PLAIN, OTHER]):
        plugins = make_readers({provider: HeaderPlugin() for provider in order})
        with pytest.raises(ReaderConflictError) as caught:
            # It is nothing that the input could do about.
            blendmodels(None, plain, plugins=plugins, on_bad_input="skip")
        assert str(caught.value) == (
            f"input 1 ({plain[0]}) is taken by more than one plugin:\n"
            "  - other-readers 2.0 [other]\n"
            "  - plain-fits 0.1 [plain]\n"
            "Uninstall one of them, or pass block=('other',) or set MODEL_BLENDER_BLOCK=other."
        )
        assert caught.value.providers == (OTHER, PLAIN)
        assert caught.value.what == f"input 1 ({plain[0]})"


def test_one_that_takes_it_and_one_that_says_it_is_bad(make_readers):
    class Refusing:
        @hookimpl
        def blender_open(self, what):
            raise InputError(what)

    plugins = make_readers({PLAIN: HeaderPlugin(), OTHER: Refusing()})
    with pytest.raises(ReaderConflictError):
        blendmodels(None, [fits.Header()], plugins=plugins)


@pytest.mark.parametrize("error", [KeyError("lost"), SystemExit("no licence")])
def test_a_plugin_that_fails(plain, make_readers, error):
    class Failing:
        @hookimpl
        def blender_open(self):
            raise error

    # It might have been the one that takes it, so another does not help.
    for readers in ({PLAIN: Failing()}, {PLAIN: Failing(), OTHER: HeaderPlugin()}):
        plugins = make_readers(readers)
        with pytest.raises(PluginError) as caught:
            blendmodels(None, plain, plugins=plugins, on_bad_input="skip")
        assert str(caught.value) == (
            f"blender_open of plugin plain-fits 0.1 [plain] failed for input 1 ({plain[0]}): "
            f"{type(error).__name__}: {error}\n"
            "Repair or uninstall it, or pass block=('plain',) or set MODEL_BLENDER_BLOCK=plain."
        )
        assert caught.value.provider == PLAIN
        assert caught.value.__cause__ is error


def test_several_plugins_that_fail(plain, make_readers):
    class Failing:
        @hookimpl
        def blender_open(self):
            raise KeyError

    plugins = make_readers({PLAIN: Failing(), OTHER: Failing()})
    with pytest.raises(BlendErrorGroup) as caught:
        blendmodels(None, plain, plugins=plugins)
    assert [one.provider for one in caught.value.exceptions] == [OTHER, PLAIN]


class Fails:
    def __get__(self, instance, owner):
        if instance is None:
            return self
        raise RuntimeError("broken")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"read": lambda *_: []}, "read returns 0 values for 3 attributes"),
        ({"read": lambda *_: None}, "read is None, where a list or tuple is asked for"),
        ({"read": lambda *_: 1 / 0}, "read fails: ZeroDivisionError: division by zero"),
        ({"model_type": 7}, "model_type is 7, where a type or str is asked for"),
        ({"model_type": Fails()}, "model_type fails: RuntimeError: broken"),
        ({"schema": "core.schema"}, "schema is 'core.schema', where a dict is asked for"),
        ({"schema": {}}, "schema is {}, which has no properties below meta"),
        ({"schema": {"EXPTIME": {"type": "number"}}}, "schema is {'EXPTIME': .*}, which has no properties"),
        ({"schema": {"properties": {"meta": {}}}}, "schema is .* no properties below meta"),
        ({"schema": {"properties": 7}}, "schema is not a JSON schema that can be used: properties: 7 is not of"),
        ({"schema": {"properties": {"meta": 7}}}, "schema is not a JSON schema .*: meta: 7 is not of type 'object'"),
        ({"schema": Fails()}, "schema fails: RuntimeError: broken"),
        ({"paths_beyond": lambda *_: ["EXPTIME"]}, r"paths_beyond returns \['EXPTIME'\], not"),
        ({"paths_beyond": lambda *_: {}["a"]}, "paths_beyond fails: KeyError: 'a'"),
    ],
)  # fmt: skip
def test_readers_that_do_not_keep_to_the_protocol(make_readers, plugin, members, message):
    plugin.source = type("BadSource", (HeaderSource,), members)
    with pytest.raises(
        PluginError,
        match=rf"^the reader of plugin plain-fits 0.1 \[plain\] cannot be used for input 1 \(Header\): {message}",
    ) as caught:
        blendmodels(None, [fits.Header()], plugins=make_readers({PLAIN: plugin}))
    assert caught.value.provider == PLAIN


def nested_without_end():
    schema = {}
    schema["properties"] = {"a": schema}
    return schema


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"a": 7}, "meta.a: 7 is not of type 'object'"),
        ({"a": {"type": "foo"}}, r"type of meta.a: 'foo' is not one of \['array', 'boolean', .*\]"),
        ({"a": {"type": 5}}, "type of meta.a: 5 is not one of "),
        ({"a": {"enum": 5}}, "enum of meta.a: 5 is not of type 'array'"),
        ({"a": {"minimum": "b"}}, "minimum of meta.a: 'b' is not of type 'number'"),
        ({"a": {"properties": {"b": {"title": 5}}}}, "title of meta.a.b: 5 is not of type 'string'"),
        ({"a": {"anyOf": [{"type": "foo"}]}}, "anyOf.0.type of meta.a: 'foo' is not one of "),
        ({"a": {"items": {"type": "foo"}}}, "items.type of meta.a: 'foo' is not one of "),
        ({"a": {"$ref": "#/b"}}, r"\$ref of meta.a: nothing is looked up elsewhere"),
        ({"a": {"anyOf": [{"$ref": "#/b"}]}}, r"anyOf.0.\$ref of meta.a: nothing is looked up"),
        ({"a": {"pattern": "("}}, r"pattern of meta.a: '\(' is not a regular expression: missing \)"),
        ({5: {"type": "number"}}, "properties of meta: a name in it is a str, not 5"),
        ({"a": {"blend_rul": "sum"}}, r"blend_rul of meta.a: there is no such word: did you mean blend_rule\?"),
        ({"a": {"anyOf": [{"blend_of": "b"}]}}, "anyOf.0.blend_of of meta.a: there is no such word: did you mean blend_from"),
        ({"a": {"properties": {"b": {"blend_x": 3}}}}, "blend_x of meta.a.b: there is no such word: "),
    ],
)  # fmt: skip
def test_schemas_that_are_not_sound(make_readers, plugin, attributes, message):
    schema = {"properties": {"meta": {"properties": attributes}}}
    plugin.source = type("BadSource", (HeaderSource,), {"schema": schema})
    with pytest.raises(
        PluginError,
        match=r"^the reader of plugin plain-fits 0.1 \[plain\] cannot be used for input 1 \(Header\): "
        f"schema is not a JSON schema that can be used: {message}",
    ):
        blendmodels(None, [fits.Header()], plugins=make_readers({PLAIN: plugin}))


def test_a_schema_that_is_nested_without_end(make_readers, plugin):
    schema = {"properties": {"meta": nested_without_end()}}
    plugin.source = type("BadSource", (HeaderSource,), {"schema": schema})
    with pytest.raises(
        PluginError, match=r"\(Header\): schema is nested without an end, or too deep"
    ):
        blendmodels(None, [fits.Header()], plugins=make_readers({PLAIN: plugin}))


def test_an_attribute_may_be_called_like_a_word(make_readers, plugin):
    attributes = {
        "blend_mode": {"type": "number", "fits_keyword": "MODE", "default": {"blend_x": 1}}
    }
    schema = {"properties": {"meta": {"properties": attributes}}}
    plugin.source = type("GoodSource", (HeaderSource,), {"schema": schema})
    result = blendmodels(None, [fits.Header({"MODE": 3.0})], plugins=make_readers({PLAIN: plugin}))
    assert result.values == {"meta.blend_mode": 3.0}


def test_schemas_that_are_sound(make_readers, plugin):
    attributes = {
        "exptime": {"type": ("number", "string"), "enum": (1.5, "long"), "fits_keyword": "EXPTIME"},
        "$ref": {"title": "An attribute of this name", "fits_keyword": "REF"},
    }
    # The draft that it says it is of, and what is not below meta, are nobody's business.
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {"meta": {"properties": attributes}, "data": {"$ref": "#/b"}},
    }
    plugin.source = type("GoodSource", (HeaderSource,), {"schema": schema})
    given = fits.Header({"EXPTIME": 1.5})
    result = blendmodels(None, [given], plugins=make_readers({PLAIN: plugin}))
    assert result.values == {"meta.exptime": 1.5}
    assert attributes["exptime"]["enum"] == (1.5, "long")


@pytest.mark.parametrize(
    ("what", "kept"),
    [
        ({"exclusiveMinimum": 1.5}, [None, 2.5]),
        ({"exclusiveMaximum": 2.5}, [1.5, None]),
        ({"exclusiveMinimum": 1, "exclusiveMaximum": 3}, [1.5, 2.5]),
        ({"minimum": 1.5, "exclusiveMinimum": True}, [None, 2.5]),
        # These are values, and not parts of the schema.
        ({"default": {"$ref": "a"}}, [1.5, 2.5]),
        ({"enum": [{"pattern": "("}, 1.5, 2.5]}, [1.5, 2.5]),
    ],
)
@pytest.mark.filterwarnings("ignore:.*It is left out")
def test_bounds_of_newer_drafts_and_values_that_look_like_schemas(make_readers, plugin, what, kept):
    attributes = {"exptime": {"fits_keyword": "EXPTIME", **what}}
    schema = {"properties": {"meta": {"properties": attributes}}}
    plugin.source = type("GoodSource", (HeaderSource,), {"schema": schema})
    given = [fits.Header({"EXPTIME": one}) for one in (1.5, 2.5)]
    result = blendmodels(
        None, given, plugins=make_readers({PLAIN: plugin}), overrides={"meta.exptime": "last"}
    )
    assert list(result.inputs["meta.exptime"]) == kept


def test_schemas_of_datamodels_are_sound(make_readers, plugin):
    class ByName(HeaderSource):
        schema = ImageModel().schema

        def read(self, layout):
            return [self.header.get(one.keyword or "NONE") for one in layout.attributes]

    plugin.source = ByName
    given = fits.Header({"DETECTOR": "NRCA1"})
    result = blendmodels(None, [given, given], plugins=make_readers({PLAIN: plugin}))
    assert result.values["meta.instrument.detector"] == "NRCA1"


@pytest.mark.parametrize(
    ("keyword", "value", "problem"),
    [
        ("EXPTIME", "100.5 s", "'100.5 s' is not of type 'number'"),
        ("EXPTIME", True, "True is not of type 'number'"),
        ("DETECTOR", 3, "3 is not of type 'string'"),
        ("DETECTOR", "NRCA1", r"'NRCA1' is not one of \['UVIS', 'IR'\]"),
    ],
)
def test_values_that_the_schema_forbids_are_left_out(plain, plugins, keyword, value, problem):
    header = fits.Header({"EXPTIME": 2.5, "DETECTOR": "UVIS", keyword: value})
    with pytest.warns(BlendWarning) as caught:
        result = blendmodels(None, [*plain, header], plugins=plugins)
    (warning,) = caught
    assert re.fullmatch(
        rf"input 4 \(Header\) has meta.{keyword.lower()} \({keyword}\) = {value!r}, which the schema "
        rf"of plugin plain-fits 0.1 \[plain\] forbids: {problem}. It is left out.",
        str(warning.message),
    )
    assert result.table[keyword].tolist()[3] is None
    assert result.values["meta.detector"] == "UVIS"
    assert result.values["meta.exptime"] == (300.75 if keyword == "EXPTIME" else 303.25)


@pytest.mark.parametrize("given", [7, "a.fits", dict, object()])
def test_what_is_no_source(make_readers, plugin, given):
    plugin.source = lambda *_: given
    with pytest.raises(PluginError, match="which has no what") as caught:
        blendmodels(None, [fits.Header()], plugins=make_readers({PLAIN: plugin}))
    assert "blender_open gives " in str(caught.value)


def test_a_source_need_not_be_a_subclass(make_readers, plugin):
    class Alone:
        model_type = dict
        schema = SCHEMA

        def __init__(self, header, what):
            self.header, self.what = header, what

        def read(self, layout):
            return tuple(self.header.get(path[5:].upper()) for path in layout.paths)

        def paths_beyond(self, _known):
            return ["meta.nickname"]

    plugin.source = Alone
    header = fits.Header({"EXPTIME": 2.5, "NICKNAME": "Deep"})
    result = blendmodels(None, [header], plugins=make_readers({PLAIN: plugin}))
    assert result.values == {"meta.exptime": 2.5, "meta.nickname": "Deep"}


def test_blocked_plugins_read_nothing(install, plain):
    code = (
        "from astropy.io import fits\n"
        "from blender_core import Source, hookimpl\n"
        "class HeaderSource(Source):\n"
        "    model_type = 'plain FITS'\n"
        f"    schema = {SCHEMA!r}\n"
        "    def __init__(self, given, what):\n"
        "        self.header, self.what = fits.getheader(given), what\n"
        "    def read(self, layout):\n"
        "        return [self.header.get(one.keyword) for one in layout.attributes]\n"
        "@hookimpl\n"
        "def blender_open(given, what):\n"
        "    return HeaderSource(given, what)\n"
    )
    install("acme-readers", "acme", code, version="1.2")
    assert blendmodels(None, plain).values["meta.exptime"] == 300.75
    for block in ("acme", "acme-readers"):
        with pytest.raises(BlendErrorGroup) as caught:
            blendmodels(None, plain, block=(block,))
        assert {type(one) for one in caught.value.exceptions} == {UnknownInputError}


def test_a_reader_may_not_ask_for_a_place(acme):
    class First:
        @hookimpl(tryfirst=True)
        def blender_open(self):
            return None

    with pytest.raises(PluginError, match="order of calls in blender_open: tryfirst"):
        Plugins().register(First(), acme)


class TestWithoutAProduct:
    def test_values_are_validated_as_the_inputs_schema_says(self, plain, plugins):
        header = fits.Header({"DETECTOR": "IR", "EXPTIME": 1.0})
        with pytest.warns(BlendWarning) as caught:
            result = blendmodels(None, [*plain, header], plugins=plugins)
        assert str(caught[0].message).startswith(
            "the inputs' schema forbids the blended value 'MULTIPLE' of meta.detector (DETECTOR), "
            "made by the rule 'multi' of blender-rules-std "
        )
        assert "meta.detector" not in result.values
        assert result.outcomes["meta.detector"].status.name == "REFUSED"
        assert result.values["meta.exptime"] == 301.75
        assert result.table["DETECTOR"].tolist() == ["UVIS", "UVIS", "UVIS", "IR"]

    def test_overrides_hold(self, plain, plugins):
        override = Override(
            attribute="EXPTIME", rule="max", when=When(model_type="plain FITS"), reason="A test."
        )
        result = blendmodels(None, plain, plugins=plugins, overrides=[override])
        assert result.values["meta.exptime"] == 200.25

    def test_of_datamodels_it_gives_what_a_product_would_get(self, make_models):
        path = "meta.exposure.exposure_time"
        models = make_models(path, [1.5, 2.5])
        alone, whole = blendmodels(None, models), blendmodels(ImageModel(), models)
        assert alone.values == whole.values
        assert alone.values[path] == 4.0
        assert alone.product is None
        assert alone.table.pformat() == whole.table.pformat()

    def test_strict_validation_is_a_products_matter(self, plain, plugins, monkeypatch):
        monkeypatch.setenv("STRICT_VALIDATION", "true")
        with pytest.warns(BlendWarning, match="the inputs' schema forbids"):
            blendmodels(None, [plain[0], fits.Header({"DETECTOR": "IR"})], plugins=plugins)

    def test_without_inputs_either(self):
        with pytest.raises(InputError, match="no inputs are given"):
            blendmodels(None)

    def test_it_writes_nothing(self, plain, plugins, tmp_path):
        before = sorted(tmp_path.iterdir())
        with pytest.raises(OutputError, match="the blend has no product"):
            blendmodels(None, plain, plugins=plugins, output=tmp_path / "product.fits")
        assert sorted(tmp_path.iterdir()) == before


def test_plain_files_in_an_association(plain, plugins, tmp_path):
    shutil.copy(plain[0], tmp_path / "copy_flt.fits")
    members = [{"expname": str(one), "exptype": "science"} for one in plain]
    result = blendmodels(None, {"products": [{"members": members}]}, plugins=plugins)
    assert result.values["meta.exptime"] == 300.75
