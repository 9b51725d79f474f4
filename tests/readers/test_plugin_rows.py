"""Inputs that are several rows, and products that are read by plugins."""

import itertools

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import MaskedColumn, Table
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    BlendErrorGroup,
    BlendPlan,
    BlendWarning,
    ExpansionError,
    FitsProduct,
    InputError,
    MixedModelTypesError,
    OutputError,
    Override,
    PluginError,
    Plugins,
    ProductFile,
    Provider,
    RuleError,
    Source,
    TableError,
    blendmodels,
    hookimpl,
)
from blender_core.inputs.opener import Opener
from blender_core.report import write_report
from blender_core.report.exposures import read_exposures
from blender_core.report.model import facts_of

CHIPS = Provider("chips", "1.0", "chips")


def attribute(keyword, kind, rule, hdu="SCI"):
    return {"type": kind, "fits_keyword": keyword, "fits_hdu": hdu, "blend_rule": rule,
            "blend_table": True}  # fmt: skip


SCHEMA = {
    "properties": {
        "meta": {
            "properties": {
                "rootname": attribute("ROOTNAME", "string", "multi", "PRIMARY"),
                "exptime": attribute("EXPTIME", "number", "sum", "PRIMARY"),
                "chip": attribute("CCDCHIP", "integer", "count"),
                "gain": attribute("GAIN", "number", "mean"),
            }
        }
    }
}


class Chip(Source):
    """One chip of a file."""

    model_type = "chips"
    schema = SCHEMA

    def __init__(self, opened, version, what):
        self.what = what
        self.headers = {"PRIMARY": opened.headers[0], "SCI": opened.header("SCI", version)}

    def read(self, layout):
        return [self.headers[each.hdu].get(each.keyword) for each in layout.attributes]


def all_chips(opened, what):
    versions = [header.version for header in opened.headers if header.name == "SCI"]
    return [Chip(opened, version, what) for version in versions]


class ChipPlugin:
    """Gives what a function makes of an input."""

    def __init__(self, make=all_chips):
        self.make = make

    @hookimpl
    def blender_open(self, what, opened):
        return self.make(opened, what)


class Drizzled(FitsProduct):
    model_type = "chips"
    schema = SCHEMA


class ProductPlugin:
    @hookimpl
    def blender_product(self, given, what, opened):
        return None if opened is None else Drizzled(given, what)


def plugins_with(make=all_chips):
    plugins = Plugins.discover()
    plugins.register(ChipPlugin(make), CHIPS)
    return plugins


@pytest.fixture
def exposures(tmp_path):
    """Return the paths of exposures with two chips, one chip, and three."""
    paths = []
    for number, n_chips in enumerate((2, 1, 3), start=1):
        hdus = [fits.PrimaryHDU()]
        hdus[0].header.update(ROOTNAME=f"x{number}", EXPTIME=10.0 * number)
        for version in range(1, n_chips + 1):
            hdus.append(fits.ImageHDU(np.zeros((2, 2)), name="SCI", ver=version))
            hdus[-1].header.update(CCDCHIP=version, GAIN=float(number))
        paths.append(tmp_path / f"x{number}_flt.fits")
        fits.HDUList(hdus).writeto(paths[-1])
    return paths


class TestSeveralRows:
    def test_they_are_there_in_their_order(self, exposures):
        looked_at = []
        result = blendmodels(
            None, exposures, plugins=plugins_with(), progress=lambda *done: looked_at.append(done)
        )
        assert looked_at == [(1, 3), (2, 3), (3, 3)]
        assert result.table["ROOTNAME"].tolist() == ["x1", "x1", "x2", "x3", "x3", "x3"]
        assert result.table["CCDCHIP"].tolist() == [1, 2, 1, 1, 2, 3]
        assert result.inputs["meta.gain"] == (1.0, 1.0, 2.0, 3.0, 3.0, 3.0)
        assert result.values["meta.exptime"] == 10 + 10 + 20 + 30 + 30 + 30
        assert result.values["meta.gain"] == 13 / 6

    def test_what_they_were_opened_from_is_not_replaced(self, exposures, tmp_path):
        """What is given is no file to the engine: the plugin's sources tell."""

        class Held:
            def __init__(self, path):
                self.opened = Opener().opened(path, "a file")

        class HeldPlugin:
            @hookimpl
            def blender_open(self, given, what):
                if not isinstance(given, Held):
                    return None
                chips = all_chips(given.opened, what)
                for chip in chips:
                    chip.files = [given.opened.path]
                return chips

        plugins = Plugins.discover()
        plugins.register(HeldPlugin(), CHIPS)
        product, before = ImageModel(), exposures[1].read_bytes()
        inputs = [Held(path) for path in exposures]
        with pytest.raises(OutputError, match="would replace the input"):
            blendmodels(product, inputs, plugins=plugins, output=exposures[1], overwrite=True)
        result = blendmodels(product, inputs, plugins=plugins)
        with pytest.raises(OutputError, match="would replace the input"):
            result.save(exposures[1], overwrite=True)
        assert exposures[1].read_bytes() == before
        assert set(result.files) == set(exposures)
        result.save(tmp_path / "other.fits")

    def test_once_per_exposure(self, exposures):
        override = Override(attribute="EXPTIME", rule="sum", once_per=["ROOTNAME"], reason="once")
        result = blendmodels(None, exposures, plugins=plugins_with(), overrides=[override])
        assert result.values["meta.exptime"] == 60.0

    @pytest.mark.parametrize("of", [list, tuple, iter, lambda chips: (each for each in chips)])
    def test_whatever_they_come_in(self, exposures, of):
        plugins = plugins_with(lambda opened, what: of(all_chips(opened, what)))
        assert blendmodels(None, exposures, plugins=plugins).values["meta.chip"] == 6

    def test_a_plan_is_that_of_the_first(self, exposures):
        plan = BlendPlan.for_model(exposures[2], plugins=plugins_with())
        assert plan["meta.chip"].attribute.keyword == "CCDCHIP"

    def test_beside_a_source_alone(self, exposures):
        def make(opened, what):
            chips = all_chips(opened, what)
            return chips[0] if len(chips) == 1 else chips

        result = blendmodels(None, exposures, plugins=plugins_with(make))
        assert result.table["CCDCHIP"].tolist() == [1, 2, 1, 1, 2, 3]

    def test_of_members_of_an_association(self, exposures):
        members = [{"expname": str(path), "exptype": "science"} for path in exposures[1:]]
        association = {"products": [{"name": "all", "members": members}]}
        result = blendmodels(None, [exposures[0], association], plugins=plugins_with())
        assert result.table["ROOTNAME"].tolist() == ["x1", "x1", "x2", "x3", "x3", "x3"]

    def test_of_an_iterator(self, exposures):
        result = blendmodels(None, iter(exposures), plugins=plugins_with())
        assert len(result.table) == 6

    def test_rows_of_several_kinds(self, exposures):
        def make(opened, what):
            chips = all_chips(opened, what)
            for number, chip in enumerate(chips):
                chip.model_type = f"chip {number}"
            return chips

        with pytest.raises(MixedModelTypesError, match=r"x1_flt.fits\), row 2 is a model of type "):
            blendmodels(None, exposures[:1], plugins=plugins_with(make))
        result = blendmodels(None, exposures, plugins=plugins_with(make), mixed=True)
        assert result.values["meta.chip"] == 6

    def test_a_source_that_is_iterable_is_one(self, exposures):
        class IterableChip(Chip):
            def __iter__(self):
                return iter([self, self])

            def __len__(self):
                return 2

        plugins = plugins_with(lambda opened, what: IterableChip(opened, 1, what))
        assert blendmodels(None, exposures, plugins=plugins).values["meta.chip"] == 3

    def test_one_that_is_changed_for_each(self, exposures):
        def make(opened, what):
            chip = Chip(opened, 1, what)
            for header in opened.headers[1:]:
                chip.headers["SCI"] = header
                yield chip

        result = blendmodels(None, exposures, plugins=plugins_with(make))
        assert result.table["CCDCHIP"].tolist() == [1, 2, 1, 1, 2, 3]


class TestWhatRowsAreCalled:
    """Wherever an input of one row is called by its number, one of several is called by its row."""

    @pytest.fixture
    def names(self, exposures):
        """Return what each row is called, as messages are to have it."""
        rows = [(0, 1), (0, 2), (1, 1), (2, 1), (2, 2), (2, 3)]
        return [f"input {i + 1} ({exposures[i]}), row {row}" for i, row in rows]

    @pytest.fixture
    def without_gain(self, exposures):
        """Have the second chip of the third exposure lack its gain."""
        fits.delval(exposures[2], "GAIN", ext=2)

    @staticmethod
    def blend(exposures, attribute="GAIN", rule="mean", **settings):
        overrides = [Override(attribute=attribute, rule=rule, reason="a test", **settings)]
        return blendmodels(None, exposures, plugins=plugins_with(), overrides=overrides)

    def test_in_the_result(self, exposures, names):
        result = blendmodels(None, exposures, plugins=plugins_with())
        assert list(result.row_labels) == names
        assert (result.n_inputs, len(result.table)) == (3, 6)
        assert repr(result).startswith("<BlendResult of 3 inputs of 6 rows: ")

    def test_of_inputs_of_one_row(self, exposures):
        plugins = plugins_with(lambda opened, what: Chip(opened, 1, what))
        result = blendmodels(None, exposures, plugins=plugins)
        assert list(result.row_labels) == ["input 1", "input 2", "input 3"]
        assert repr(result).startswith("<BlendResult of 3 inputs: ")

    def test_beside_inputs_of_one_row(self, exposures):
        def make(opened, what):
            if len(opened.headers) == 2:
                raise InputError(f"{what} is bad")
            return Chip(opened, 1, what) if len(opened.headers) == 4 else all_chips(opened, what)

        result = blendmodels(None, exposures, plugins=plugins_with(make), on_bad_input="skip")
        first = f"input 1 ({exposures[0]})"
        assert list(result.row_labels) == [f"{first}, row 1", f"{first}, row 2", "input 3"]

    def test_in_an_explanation(self, exposures, names):
        result = self.blend(exposures, rule="max")
        assert f"is 3.0, taken from {names[3]}.\n" in result.explain("GAIN")
        assert "6 of 6 rows have it, with 3 different values" in result.explain("GAIN")

    def test_in_a_file(self, exposures, tmp_path):
        """Which rows are of one input, a file does not tell."""
        product, output = tmp_path / "product.fits", tmp_path / "blended.fits"
        fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(name="SCI")]).writeto(product)
        plugins = plugins_with()
        plugins.register(ProductPlugin(), Provider("chip-products", "1.0", "chip-products"))
        blendmodels(product, exposures, plugins=plugins, output=output, record_rules=True,
                    overrides={"GAIN": "max"})  # fmt: skip
        file = ProductFile(output, plugins=plugins)
        assert repr(file).endswith(" of 6 rows>")
        explanation = file.explain("GAIN")
        assert "is 3.0, taken from row 4" in explanation
        assert "6 of 6 rows have it" in explanation

    @pytest.mark.usefixtures("without_gain")
    def test_where_a_value_is_missing(self, exposures, names):
        with pytest.raises(RuleError) as caught:
            self.blend(exposures, missing="require")
        assert f"but {names[4]}, 1 of 6 rows, has none" in str(caught.value)
        with pytest.raises(RuleError) as caught:
            self.blend(exposures, "EXPTIME", "first", order_by="GAIN")
        assert f"there is no meta.gain to put {names[4]} in order by" in str(caught.value)
        with pytest.warns(BlendWarning) as warned:
            self.blend(exposures, "EXPTIME", "sum", once_per=["GAIN"])
        assert f"{names[4]} lacks meta.gain, by which" in str(warned[-1].message)

    def test_where_rows_of_an_exposure_differ(self, exposures, names):
        fits.setval(exposures[0], "GAIN", value=9.0, ext=2)
        with pytest.warns(BlendWarning) as warned:
            self.blend(exposures, rule="sum", once_per=["ROOTNAME"])
        assert f"{names[0]} and {names[1]} are of one exposure and differ" in str(warned[0].message)

    def test_where_the_table_cannot_have_a_value(self, exposures, names):
        def make(opened, what):
            for chip in all_chips(opened, what):
                if chip.headers["SCI"]["CCDCHIP"] == 3:
                    chip.read = lambda layout: ["Zoë" for _ in layout.paths[:1]] + [None] * 3
                yield chip

        with pytest.raises(TableError, match="printable ASCII text only") as caught:
            blendmodels(None, exposures, plugins=plugins_with(make))
        assert f"and {names[5]} has 'Zoë'" in str(caught.value)

    def test_in_a_report(self, exposures, names, tmp_path):
        result = blendmodels(None, exposures, plugins=plugins_with())
        facts = facts_of(result)
        assert [each.name for each in read_exposures(facts)] == names
        assert facts.notes == ("There are 3 inputs of 6 rows, and each row is shown as an input.",)
        write_report(result, tmp_path / "report.html")

    def test_in_a_report_by_their_files_names(self, exposures, monkeypatch):
        named = {**SCHEMA["properties"]["meta"]["properties"],
                 "filename": attribute("FILENAME", "string", "first", "PRIMARY")}  # fmt: skip
        monkeypatch.setattr(Chip, "schema", {"properties": {"meta": {"properties": named}}})
        for path in exposures:
            fits.setval(path, "FILENAME", value=path.name)
        result = blendmodels(None, exposures, plugins=plugins_with())
        assert [each.name for each in read_exposures(facts_of(result))] == [
            "x1_flt.fits, row 1", "x1_flt.fits, row 2", "x2_flt.fits",
            "x3_flt.fits, row 1", "x3_flt.fits, row 2", "x3_flt.fits, row 3",
        ]  # fmt: skip


class TestWhatIsWrongWithRows:
    def test_the_row_is_told(self, exposures):
        class Broken(Chip):
            def read(self, layout):
                if self.headers["SCI"]["CCDCHIP"] == 2:
                    raise KeyError("GAIN")
                return super().read(layout)

        def make(opened, what):
            return [Broken(opened, header.version, what) for header in opened.headers[1:]]

        message = (
            r"plugin chips 1.0 \[chips\] cannot be used for input 1 \(.*x1_flt.fits\), row 2: "
        )
        with pytest.raises(PluginError, match=message + "read fails: KeyError"):
            blendmodels(None, exposures, plugins=plugins_with(make))

    def test_nothing_of_a_bad_input_stays(self, exposures):
        def make(opened, what):
            for chip in all_chips(opened, what):
                if chip.headers["SCI"]["CCDCHIP"] == 3:
                    raise InputError(f"{what} has a third chip")
                yield chip

        plugins = plugins_with(make)
        # Of the first input, neither rows nor the kind that it would settle.
        given = [exposures[2], *exposures[:2]]
        with pytest.raises(InputError, match="has a third chip"):
            blendmodels(None, given, plugins=plugins)
        result = blendmodels(None, given, plugins=plugins, on_bad_input="skip")
        assert result.table["ROOTNAME"].tolist() == ["x1", "x1", "x2"]
        assert len(result.skipped) == 1
        assert result.values["meta.exptime"] == 40.0

    def test_the_kind_of_a_bad_first_input_is_not_settled(self, exposures):
        def make(opened, what):
            for chip in all_chips(opened, what):
                chip.model_type = "third" if len(opened.headers) == 4 else "other"
                if chip.headers["SCI"]["CCDCHIP"] == 3:
                    raise InputError(f"{what} has a third chip")
                yield chip

        given = [exposures[2], *exposures[:2]]
        result = blendmodels(None, given, plugins=plugins_with(make), on_bad_input="skip")
        assert len(result.table) == 3

    @pytest.mark.parametrize("nothing", [[], (), iter(()), {}.values()])
    def test_none_at_all(self, exposures, nothing):
        plugins = plugins_with(lambda opened, what: nothing)  # noqa: ARG005
        with pytest.raises(PluginError, match=r"chips 1.0 .*x1_flt.fits\): .* gives no source"):
            blendmodels(None, exposures, plugins=plugins, on_bad_input="skip")

    @pytest.mark.exhaustive
    def test_no_end_of_them(self, exposures):
        def make(opened, what):
            chip = Chip(opened, 1, what)
            return itertools.repeat(chip)

        with pytest.raises(PluginError, match=r"chips 1.0.*more than 100,000 sources"):
            blendmodels(None, exposures, plugins=plugins_with(make))

    @pytest.mark.parametrize("error", [KeyError("x"), SystemExit(0), KeyboardInterrupt(),
                                       GeneratorExit(), RecursionError(), MemoryError()])  # fmt: skip
    def test_a_generator_that_fails_midway(self, exposures, error):
        def make(opened, what):
            yield Chip(opened, 1, what)
            raise error

        with pytest.raises(PluginError, match=r"chips 1.0.*x1_flt.fits\): .* for row 2 fails: "):
            blendmodels(None, exposures, plugins=plugins_with(make))

    def test_what_is_no_source(self, exposures):
        plugins = plugins_with(lambda opened, what: [Chip(opened, 1, what), 7])
        with pytest.raises(PluginError, match=r"row 2: blender_open gives 7, which has no what"):
            blendmodels(None, exposures, plugins=plugins)

    @pytest.mark.parametrize("given", ["text", b"bytes", {"a": 1}, 7, Source, open])
    def test_what_is_neither_a_source_nor_several(self, exposures, given):
        plugins = plugins_with(lambda opened, what: given)  # noqa: ARG005
        with pytest.raises(
            PluginError, match=r"x1_flt.fits\): (blender_open gives|\w+ (is|fails))"
        ):
            blendmodels(None, exposures, plugins=plugins)


class TestExpansion:
    """Products that plugins read stand for their exposures where that is asked for."""

    @pytest.fixture
    def product(self, tmp_path):
        """Return a product of the exposures, with a table of their own values."""
        header = fits.Header({"ROOTNAME": "x0", "EXPTIME": 60.0})
        table = Table({"ROOTNAME": ["x1", "x2", "x3"], "EXPTIME": [10.0, 20.0, 30.0],
                       "CCDCHIP": MaskedColumn([1, 2, 3], mask=[False, True, False])})  # fmt: skip
        path = tmp_path / "x_drz.fits"
        hdus = [fits.PrimaryHDU(header=header), fits.ImageHDU(name="SCI")]
        fits.HDUList([*hdus, fits.table_to_hdu(table)]).writeto(path)
        fits.setval(path, "EXTNAME", value="HDRTAB", ext=2)
        return path

    @staticmethod
    def plugins(hdrtab, **members):
        kind = type("Product", (Chip,), {"hdrtab": hdrtab, **members})
        return plugins_with(lambda opened, what: kind(opened, 1, what))

    def test_a_source_that_does_not_tell(self, exposures):
        message = r"x1_flt.fits\), row 1 cannot be expanded: .* chips 1.0 \[chips\] .* hdrtab\(\)"
        with pytest.raises(BlendErrorGroup) as caught:
            blendmodels(None, exposures, plugins=plugins_with(), expand=True)
        assert {type(each) for each in caught.value.exceptions} == {ExpansionError}
        with pytest.raises(ExpansionError, match=message):
            blendmodels(None, exposures[:1], plugins=plugins_with(), expand=True)

    def test_so_is_one_without_the_base_class(self, exposures):
        class Duck:
            what, model_type, schema = "input", "duck", SCHEMA

            def read(self, layout):
                return [None for _ in layout.paths]

            def paths_beyond(self, known):  # noqa: ARG002
                return []

        plugins = plugins_with(lambda opened, what: Duck())  # noqa: ARG005
        with pytest.raises(ExpansionError, match="cannot be expanded"):
            blendmodels(None, exposures[:1], plugins=plugins, expand=True)
        Duck.hdrtab = lambda _: None
        assert (
            len(blendmodels(None, exposures, plugins=plugins, expand=True).inputs["meta.gain"]) == 3
        )

    def test_what_is_no_product_is_one_row(self, exposures):
        plugins = self.plugins(lambda _: None)
        result = blendmodels(None, exposures, plugins=plugins, expand=True)
        assert result.values["meta.exptime"] == 60.0

    @pytest.mark.parametrize("form", ["FITS_rec", "Table", "array"])
    def test_a_product_stands_for_its_exposures(self, exposures, product, form):
        def hdrtab(source):
            if source.headers["PRIMARY"]["ROOTNAME"] != "x0":
                return None
            if form == "Table":
                return Table.read(product, "HDRTAB")
            with fits.open(product) as hdus:
                table = hdus["HDRTAB"].data
            return table if form == "FITS_rec" else np.array(table)

        given = [product, exposures[1]]
        result = blendmodels(None, given, plugins=self.plugins(hdrtab), expand=True)
        assert result.table["ROOTNAME"].tolist() == ["x1", "x2", "x3", "x2"]
        assert result.values["meta.exptime"] == 80.0
        if form != "array":  # which has no word for what is missing
            assert result.table["CCDCHIP"].tolist() == [1, None, 3, 1]

    def test_rows_that_are_products_themselves(self, product):
        def hdrtab(_):
            return fits.getdata(product, "HDRTAB")

        kind = type("Product", (Chip,), {"hdrtab": hdrtab})
        plugins = plugins_with(lambda opened, what: [kind(opened, 1, what)] * 2)
        result = blendmodels(None, [product], plugins=plugins, expand=True)
        assert result.table["ROOTNAME"].tolist() == ["x1", "x2", "x3"] * 2

    @pytest.mark.parametrize("table", [7, "text", np.zeros(3), {"a": 1}, [1, 2]])
    def test_no_table(self, product, table):
        plugins = self.plugins(lambda _: table)
        with pytest.raises(ExpansionError, match=r"HDRTAB of .* is not a table"):
            blendmodels(None, [product], plugins=plugins, expand=True)

    @pytest.mark.parametrize("error", [KeyError("x"), SystemExit(0), KeyboardInterrupt()])
    def test_a_failure_is_the_plugins(self, product, error):
        def hdrtab(_):
            raise error

        with pytest.raises(PluginError, match=r"chips 1.0 .* hdrtab fails: "):
            blendmodels(None, [product], plugins=self.plugins(hdrtab), expand=True)

    def test_without_expansion_nobody_is_asked(self, product):
        def hdrtab(_):
            raise AssertionError

        assert (
            blendmodels(None, [product], plugins=self.plugins(hdrtab)).values["meta.exptime"] == 60
        )


class TestMembersOfAnInstance:
    """What a source is may be found out when it is made."""

    def test_type_and_schema(self, exposures):
        class Own(Source):
            def __init__(self, opened, what):
                self.what = what
                self.header = opened.headers[0]
                self.model_type = f"kind {self.header['ROOTNAME']}"
                self.schema = SCHEMA

            def read(self, layout):
                return [self.header.get(each.keyword) for each in layout.attributes]

        result = blendmodels(None, exposures, plugins=plugins_with(Own), mixed=True)
        assert result.values["meta.exptime"] == 60.0
        assert Own.model_type is Source.model_type

    def test_a_class_of_datamodels_has_its_own_schema(self, exposures):
        class Own(Source):
            def __init__(self, what):
                self.what, self.model_type = what, ImageModel

            def read(self, layout):
                return [1.5 if path.endswith("exposure_time") else None for path in layout.paths]

        plugins = plugins_with(lambda opened, what: Own(what))  # noqa: ARG005
        values = blendmodels(None, exposures, plugins=plugins).values
        assert values["meta.exposure.exposure_time"] == 4.5

    @pytest.mark.parametrize("member", ["model_type", "schema"])
    def test_one_that_is_missing(self, exposures, member):
        class Own(Source):
            model_type, schema = "own", SCHEMA

            def __init__(self, what):
                self.what = what

        setattr(Own, member, vars(Source)[member])
        plugins = plugins_with(lambda opened, what: Own(what))  # noqa: ARG005
        with pytest.raises(PluginError, match=f"chips 1.0 .* Own has no {member}"):
            blendmodels(None, exposures, plugins=plugins)
