"""ASDF files of no datamodel as products: what asdf reads of them then, and that all else is as it was."""

import warnings
from collections import Counter

import asdf
import numpy as np
import pytest
from asdf.exceptions import AsdfWarning
from asdf.tagged import TaggedDict
from plain_products import (
    BLENDED,
    INPUTS,
    AsdfPlugin,
    Headers,
    Survey,
    plugins_with,
    schema_of,
)

from blender_core import (
    InputError,
    OutputError,
    PluginError,
    ProductDiff,
    ProductFile,
    Provider,
    amend,
    blendmodels,
    hookimpl,
)
from blender_core.formats.asdf.blocks import blocks_in
from blender_core.readers.asdf import AsdfReader

IMAGE = np.arange(600, dtype=np.float32).reshape(20, 30)
PLACES = {keyword.lower(): value for keyword, value in BLENDED.items()}


@pytest.fixture
def plugins():
    return plugins_with(AsdfPlugin())


@pytest.fixture
def product(tmp_path):
    return write(tmp_path / "product.asdf")


def write(path, more=None, **settings):
    """Write a file with values, things of a tag that nobody knows, and arrays of several kinds."""
    tree = {
        "history_of_it": ["one", {"two": 2.5}],
        "survey": {
            "filter": "CLEAR",
            "exptime": 1.0,
            "image": IMAGE,
            "flags": np.array([True, False]),
            "view": IMAGE[2:4],
            "wcs": TaggedDict({"name": "detector"}, "asdf://nobody.example/tags/wcs-9.9.9"),
        },
    }
    tree["survey"].update(more or {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AsdfWarning)
        asdf.AsdfFile(tree, **settings.pop("of_file", {})).write_to(path, **settings)
    return path


def read(path):
    """Return the whole tree as asdf reads it, and checks it, with the checksums of its blocks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AsdfWarning)
        with asdf.open(path, memmap=False, lazy_load=False, validate_checksums=True) as file:
            return file.tree


def n_blocks(path):
    raw = path.read_bytes()
    with path.open("rb") as file:
        return len(list(blocks_in(file, raw.index(b"\n...\n") + 5, len(raw))))


def check(tree):
    """Require what the inputs give, and what was there before."""
    survey = tree["survey"]
    assert {name: survey[name] for name in PLACES} == PLACES
    assert "nsamp" not in survey  # the first input has none
    assert tree["history_of_it"] == ["one", {"two": 2.5}]
    assert survey["wcs"]._tag == "asdf://nobody.example/tags/wcs-9.9.9"
    for name, array in (("image", IMAGE), ("view", IMAGE[2:4])):
        assert survey[name].dtype == array.dtype
        np.testing.assert_array_equal(survey[name], array)
    assert survey["flags"].tolist() == [True, False]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"all_array_storage": "inline"},
        {"all_array_compression": "zlib"},
        {"all_array_compression": "bzp2"},
        {"include_block_index": False},
        {"pad_blocks": True},
        {"of_file": {"version": "1.5.0"}},
        {"of_file": {"version": "1.3.0"}},
    ],
    ids=str,
)
def test_values_tables_and_all_else(tmp_path, plugins, settings):
    product = write(tmp_path / "product.asdf", **settings)
    output = tmp_path / "out.asdf"
    blendmodels(product, INPUTS, plugins=plugins, output=output, record_rules=True)
    tree = read(output)
    check(tree)
    assert tree["hdrtab"]["EXPTIME"].tolist() == [350.5, 400.25, 0.125]
    assert tree["hdrtab"]["FILTER"].tolist() == [b"F606W", b"F814W", b""]
    assert "EXPTIME" in [name.decode() for name in tree["hdrrules"]["KEYWORD"].tolist()]
    assert str(tree["asdf_library"]["name"]) == "asdf"


def test_it_is_read_again_without_a_word_of_tags(product, plugins):
    """That no package knows a tag is nothing to whoever asks what was blended."""
    blendmodels(product, INPUTS, plugins=plugins, output=product, record_rules=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        file = ProductFile(product, plugins=plugins)
        assert file.n_inputs == 3
        assert file.inputs["meta.exptime"] == [350.5, 400.25, 0.125]
        assert file.inputs["meta.filter"] == ["F606W", "F814W", None]
        assert file.inputs["meta.flash"] == [None, True, None]
        assert file.outcomes["meta.exptime"].rule == "sum"
        assert file.values["meta.exptime"] == 750.875


def test_again_and_again_it_does_not_grow(product, plugins):
    sizes, blocks = set(), set()
    for _ in range(4):
        blendmodels(product, INPUTS, plugins=plugins, output=product, record_rules=True)
        sizes.add(product.stat().st_size)
        blocks.add(n_blocks(product))
        check(read(product))
    assert len(sizes) == 1
    assert blocks == {4}  # image with its view, flags, and two tables


def test_a_table_of_another_size_takes_the_place_of_the_old_one(product, plugins):
    many = [{**INPUTS[0], "ROOTNAME": f"{i:08}"} for i in range(500)]
    for inputs in (INPUTS, many, INPUTS[:1], INPUTS):
        blendmodels(product, inputs, plugins=plugins, output=product, later="replace")
        tree = read(product)
        assert len(tree["hdrtab"]) == len(inputs)
        assert n_blocks(product) == 3
        np.testing.assert_array_equal(tree["survey"]["image"], IMAGE)


def test_rules_that_are_not_recorded_any_more_are_dropped(product, plugins):
    blendmodels(product, INPUTS, plugins=plugins, output=product, record_rules=True)
    blendmodels(product, INPUTS, plugins=plugins, output=product)
    tree = read(product)
    assert "hdrrules" not in tree
    assert len(tree["hdrtab"]) == 3
    check(tree)


def test_a_block_that_somebody_else_uses_stays(product, plugins, tmp_path):
    """The table is dropped or replaced; what shares its block is not."""
    blendmodels(product, INPUTS, plugins=plugins, output=product)
    raw = product.read_bytes()
    start = raw.index(b"hdrtab: ")
    node = raw[start + 8 : raw.index(b"\n...", start)]
    other = tmp_path / "other.asdf"
    other.write_bytes(raw.replace(b"\n...\n", b"\nkept: " + node + b"\n...\n", 1))
    kept = read(other)["kept"]
    blendmodels(other, INPUTS[:1], plugins=plugins, output=other, later="replace")
    tree = read(other)
    assert len(tree["hdrtab"]) == 1
    assert tree["kept"].tobytes() == kept.tobytes()


class Masked(Survey):
    def nodes(self, changes, tables, plan):
        given = {
            "survey.masked": np.ma.array([1, 2, 3], mask=[False, True, False]),
            "survey.below": {"list": [np.arange(4, dtype=">i2"), {"text": np.array(["ä", "b"])}]},
            "survey.empty": np.zeros((0, 3)),
            "survey.records": np.array([(1, 2.5, True)], [("a", "<i4"), ("b", ">f8"), ("c", "?")]),
            "survey.strided": np.arange(20)[::3],
        }
        return super().nodes(changes, tables, plan) | given


def test_arrays_of_all_kinds(product, tmp_path):
    output = tmp_path / "out.asdf"
    blendmodels(product, INPUTS, plugins=plugins_with(AsdfPlugin(Masked)), output=output)
    survey = read(output)["survey"]
    masked = survey["masked"]
    assert np.ma.getmaskarray(masked[:]).tolist() == [False, True, False]
    assert masked[0] == 1
    assert masked[2] == 3
    first, second = survey["below"]["list"]
    assert first.dtype == np.dtype(">i2")
    assert first.tolist() == [0, 1, 2, 3]
    assert second["text"].tolist() == ["ä", "b"]
    assert survey["empty"].shape == (0, 3)
    assert survey["records"].tolist() == [(1, 2.5, True)]
    assert survey["strided"].tolist() == [0, 3, 6, 9, 12, 15, 18]


class TestRefused:
    """What cannot be done for certain is an error, and the file stays as it was."""

    def refused(self, product, plugins, match, kind=OutputError):
        before = product.read_bytes()
        with pytest.raises(kind, match=match):
            blendmodels(product, INPUTS, plugins=plugins, output=product)
        assert product.read_bytes() == before
        assert [path.name for path in product.parent.iterdir()] == [product.name]

    def test_a_stream(self, plugins, tmp_path):
        product = tmp_path / "stream.asdf"
        stream = asdf.tags.core.Stream([4], np.float64)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            asdf.AsdfFile({"survey": {"stream": stream}}).write_to(product)
        self.refused(product, plugins, r"its last array is a stream, behind which nothing can be")

    def test_a_group_that_is_somewhere_else_as_well(self, plugins, tmp_path):
        product = tmp_path / "anchors.asdf"
        text = "#ASDF 1.0.0\n#ASDF_STANDARD 1.6.0\n%YAML 1.1\n---\n{}\n...\n"
        product.write_text(text.format("a: &a {exptime: 1.0}\nsurvey: *a"))
        self.refused(product, plugins, r"refers from one place to what is to be changed in another")

    def test_a_value_where_a_group_should_be(self, plugins, tmp_path):
        product = tmp_path / "value.asdf"
        product.write_text("#ASDF 1.0.0\n%YAML 1.1\n---\nsurvey: 5\n...\n")
        self.refused(product, plugins, r"it has a value at survey, where a group should be")

    def test_what_no_file_can_have(self, product):
        class Odd(Survey):
            def nodes(self, changes, tables, plan):
                return super().nodes(changes, tables, plan) | {"survey.odd": object()}

        plugins = plugins_with(AsdfPlugin(Odd))
        self.refused(product, plugins, "it cannot have <object", (OutputError, PluginError))

    def test_a_truncated_file(self, product, plugins):
        product.write_bytes(product.read_bytes()[:-500])
        self.refused(product, plugins, "cannot be read", InputError)

    @pytest.mark.parametrize("name", ["out.fits", "out.txt"])
    def test_names_of_other_formats(self, product, plugins, tmp_path, name):
        with pytest.raises(OutputError, match=r"it ends in \.asdf"):
            blendmodels(product, INPUTS, plugins=plugins, output=tmp_path / name)


def test_anchors_elsewhere_are_no_hindrance(plugins, tmp_path):
    product = tmp_path / "anchors.asdf"
    text = "#ASDF 1.0.0\n#ASDF_STANDARD 1.6.0\n%YAML 1.1\n---\n"
    product.write_text(f"{text}a: &a {{x: [1, 2]}}\nb: *a\nsurvey: {{exptime: 1.0}}\n...\n")
    blendmodels(product, INPUTS, plugins=plugins, output=product)
    tree = read(product)
    assert tree["a"] == tree["b"] == {"x": [1, 2]}
    assert tree["survey"]["exptime"] == 750.875


def test_changed_by_somebody_else_meanwhile(product, plugins, tmp_path):
    result = blendmodels(product, INPUTS, plugins=plugins)
    write(product, {"exptime": 2.0})
    before = product.read_bytes()
    with pytest.raises(InputError, match="has been changed by somebody else"):
        result.save(tmp_path / "out.asdf")
    assert product.read_bytes() == before
    assert not (tmp_path / "out.asdf").exists()


class HandedOver(AsdfPlugin):
    """Takes what was read of the file, and does ``before`` that."""

    def __init__(self, before=lambda: None):
        super().__init__()
        self.before = before

    @hookimpl
    def blender_product(self, given, what, opened):
        self.before()
        return None if opened is None else Survey(given, what, opened)


class TestHowOftenItIsRead:
    @pytest.fixture
    def n_readings(self, monkeypatch):
        """Count how often files are read, by how their names end."""
        counts = Counter()
        read = AsdfReader.__init__

        def counting(self, path, label):
            counts[path.suffix] += 1
            read(self, path, label)

        monkeypatch.setattr(AsdfReader, "__init__", counting)
        return counts

    def test_handed_over(self, product, tmp_path, n_readings):
        """By the engine, which finds no datamodel, for the plugin; and what was written, once."""
        output = tmp_path / "out.asdf"
        blendmodels(product, INPUTS, plugins=plugins_with(HandedOver()), output=output)
        assert n_readings.total() == 3
        check(read(output))

    def test_at_hand(self, product, tmp_path, n_readings):
        """No plugin opens what has been written, so the product does."""
        output = tmp_path / "out.asdf"
        blendmodels(Survey(product), INPUTS, plugins=plugins_with(AsdfPlugin()), output=output)
        assert n_readings.total() == 2

    def test_changed_since(self, product, tmp_path):
        plugins = plugins_with(HandedOver(lambda: write(product, {"exptime": 222.25})))
        with pytest.raises(InputError, match="has been changed by somebody else"):
            blendmodels(product, INPUTS, plugins=plugins, output=tmp_path / "out.asdf")


def test_arrays_in_files_beside_it(tmp_path, plugins):
    """They are found from the same folder, and from no other."""
    product = write(tmp_path / "product.asdf", all_array_storage="external")
    assert len(list(tmp_path.iterdir())) > 1
    blendmodels(product, INPUTS, plugins=plugins, output=tmp_path / "out.asdf")
    check(read(tmp_path / "out.asdf"))
    (tmp_path / "other").mkdir()
    output = tmp_path / "other" / "out.asdf"
    with pytest.raises(OutputError, match="would not be found from another folder"):
        blendmodels(product, INPUTS, plugins=plugins, output=output)
    assert not output.exists()
    (tmp_path / "link").symlink_to(tmp_path)
    blendmodels(product, INPUTS, plugins=plugins, output=tmp_path / "link" / "linked.asdf")
    check(read(tmp_path / "linked.asdf"))


def test_values_that_were_set_later_stay(product, plugins):
    blendmodels(product, INPUTS, plugins=plugins, output=product)
    raw = product.read_bytes()
    product.write_bytes(raw.replace(b"750.875", b"123.456"))
    result = blendmodels(product, INPUTS, plugins=plugins, output=product)
    assert result.later == {"meta.exptime": 123.456}
    assert read(product)["survey"]["exptime"] == 123.456


def test_amended_and_compared(product, plugins, tmp_path):
    blendmodels(product, INPUTS, plugins=plugins, output=product, record_rules=True)
    other = tmp_path / "other.asdf"
    result = amend(product, overrides={"EXPTIME": "max"}, plugins=plugins, output=other)
    assert [(each.before, each.after) for each in result.changes] == [(750.875, 400.25)]
    files = [ProductFile(path, plugins=plugins) for path in (product, other)]
    (difference,) = ProductDiff(*files).values
    assert (difference.here, difference.there) == (750.875, 400.25)
    assert files[1].outcomes["meta.exptime"].replaced == 750.875
    assert read(other)["hdrtab"].tobytes() == read(product)["hdrtab"].tobytes()


@pytest.mark.parametrize("name", ["ImageModel", "no such class"])
def test_amended_where_inputs_say_what_model_they_are(product, tmp_path, name):
    """Their word for it is no class of datamodels, whose schema would then be another."""
    schema = schema_of(model_type={"type": "string", "blend_table": True, "blend_rule": "keep"})
    plugins = plugins_with(AsdfPlugin(schema=schema))
    source = type("Named", (Headers,), {"schema": schema, "model_type": "plain FITS"})

    def read(self, layout):
        return [
            name if each.path == "meta.model_type" else self.header.get(each.keyword)
            for each in layout.attributes
        ]

    source.read = read
    inputs = [source(header, "input") for header in INPUTS]
    plugins.register(GivenSources(), Provider("given", "1.0", "given"))
    blendmodels(product, inputs, plugins=plugins, output=product)
    assert [each.decode() for each in read_table(product)["meta.model_type"].tolist()] == [name] * 3
    (change,) = amend(
        product, overrides={"EXPTIME": "max"}, plugins=plugins, output=tmp_path / "other.asdf"
    ).changes
    assert (change.before, change.after) == (750.875, 400.25)


class GivenSources:
    """Takes sources for inputs as they are."""

    @hookimpl
    def blender_open(self, given):
        return given if isinstance(given, Headers) else None


def read_table(path):
    return read(path)["hdrtab"]


def test_saved_twice_it_is_the_same(product, plugins, tmp_path):
    result = blendmodels(product, INPUTS, plugins=plugins, output=product, record_rules=True)
    first = product.read_bytes()
    result.save(product)
    assert product.read_bytes() == first
    result.save(tmp_path / "other.asdf")
    assert (tmp_path / "other.asdf").read_bytes() == first


class TestLies:
    """A product that writes another thing than was meant is told, and the old file is whole."""

    @pytest.mark.parametrize("lie", ["value", "table", "other bytes"])
    def test_found(self, product, lie):
        class Lying(Survey):
            def nodes(self, changes, tables, plan):
                nodes = super().nodes(changes, tables, plan)
                if lie == "value":
                    nodes["survey.exptime"] = 5.0
                elif lie == "table":
                    nodes["hdrtab"] = nodes["hdrtab"][:1]
                return nodes

            def save(self, target):
                super().save(target)
                if lie == "other bytes":
                    target.file.seek(-1, 2)
                    target.file.write(b"!")

        before = product.read_bytes()
        with pytest.raises((PluginError, OutputError)) as caught:
            blendmodels(product, INPUTS, plugins=plugins_with(AsdfPlugin(Lying)), output=product)
        assert product.read_bytes() == before
        told = {
            "value": "EXPTIME) = 5.0 instead of 750.875",
            "table": "has 1 row in its table HDRTAB instead of 3",
            "other bytes": "other bytes than were written",
        }
        assert told[lie] in str(caught.value)


def test_attributes_of_the_file_itself(tmp_path):
    class Named(Survey):
        schema = schema_of(["EXPTIME"], filename={"type": "string"})

        def own_nodes(self, target):
            return {"survey.filename": target.output.name}

    plugins = plugins_with(AsdfPlugin(Named))
    product = write(tmp_path / "product.asdf", {"filename": "old.asdf"})
    result = blendmodels(product, INPUTS, plugins=plugins, output=tmp_path / "new.asdf")
    assert read(tmp_path / "new.asdf")["survey"]["filename"] == "new.asdf"
    assert result.of_its_file["meta.filename"] == "new.asdf"
