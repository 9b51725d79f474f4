import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Status, Tier, blendmodels
from blender_core.tables.hdrrules import recorded_rules


@pytest.fixture(scope="module")
def result():
    inputs = [ImageModel() for _ in range(4)]
    values = {
        "meta.exposure.start_time": [4.0, 2.0, None, 2.0],
        "meta.exposure.exposure_time": [1.0, 2.0, 3.0, None],
        "meta.instrument.detector": ["NRCA1", "NRCA2", "NRCA1", "NRCA1"],
        "meta.instrument.module": ["A", None, "A", "A"],
        "meta.target.ra": [1.5, 1.5, 2.5, None],
        "meta.target.dec": [0.5, 0.5, 0.5, 0.5],
        "meta.target.proposer_name": [None, "a", "b", "a"],
    }
    for path, column in values.items():
        for model, value in zip(inputs, column, strict=True):
            if value is not None:
                model[path] = value
    inputs[0].meta.nickname = "Deep"
    return blendmodels(ImageModel(), inputs, ignore=["meta.date"])


def facts(outcome):
    return outcome.value, outcome.n_inputs, outcome.n_distinct, outcome.from_input, outcome.varied


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("meta.exposure.start_time", (2.0, 3, 2, 1, False)),
        ("meta.exposure.exposure_time", (6.0, 3, 3, None, False)),
        ("meta.instrument.detector", ("MULTIPLE", 4, 2, None, False)),
        ("meta.instrument.module", ("A", 3, 1, 0, False)),
        ("meta.target.ra", (1.5, 3, 2, 0, True)),
        ("meta.target.dec", (0.5, 4, 1, 0, False)),
        ("meta.target.proposer_name", (None, 3, 2, None, False)),
        ("meta.observation.visit_id", (None, 0, 0, None, False)),
        ("meta.nickname", ("Deep", None, None, 0, False)),
    ],
)
def test_outcomes(result, path, expected):
    assert facts(result.outcomes[path]) == expected


def test_whose_doing_it_was(result):
    outcome = result.outcomes["meta.exposure.start_time"]
    assert (outcome.keyword, outcome.rule, outcome.tier) == ("EXPSTART", "min", Tier.SCHEMA)
    assert outcome.provider.distribution == "blender-rules-std"
    assert outcome.reason == "blend_rule of the schema"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("meta.target.ra", Status.SET),
        ("meta.date", Status.KEPT),
        ("meta.target.proposer_name", Status.KEPT),
        ("meta.wcsinfo.crval1", Status.KEPT),
    ],
)
def test_what_became_of_it(result, path, status):
    assert result.outcomes[path].status is status


def test_what_varied_while_nobody_asked_for_a_rule(result):
    assert [outcome.attribute for outcome in result.varied()] == ["meta.target.ra"]


def test_every_attribute_of_the_plan_has_an_outcome(result):
    assert list(result.outcomes) == list(result.plan)


def test_the_product_has_the_values_of_the_result(result):
    assert result.values["meta.exposure.exposure_time"] == 6.0
    assert all(result.product[path] == value for path, value in result.values.items())
    assert repr(result).startswith("<BlendResult of 4 inputs: ")


def test_the_source_does_not_depend_on_which_objects_python_shares():
    path = "meta.target.proposer_name"
    names = [f"Smi{end}" for end in ("thy", "th", "th")]
    inputs = [ImageModel() for _ in names]
    for model, name in zip(inputs, names, strict=True):
        model[path] = name
    target = inputs[0].schema["properties"]["meta"]["properties"]["target"]["properties"]
    target["proposer_name"]["blend_rule"] = "mode"
    target["ra"]["blend_rule"] = "last"
    for model, ra in zip(inputs, [float("nan"), 1.0, float("nan")], strict=True):
        model.meta.target.ra = ra
    target["dec"]["blend_rule"] = "last"
    for model, dec in zip(inputs, [float(2), float(1), float("1.0")], strict=True):
        model.meta.target.dec = dec
    outcomes = blendmodels(ImageModel(), inputs).outcomes
    assert outcomes[path].from_input == 1
    assert outcomes["meta.target.ra"].from_input == 0
    assert outcomes["meta.target.dec"].from_input == 1


def test_the_source_of_a_list():
    path = "meta.exposure.read_times"
    inputs = [ImageModel() for _ in range(3)]
    for model, times in zip(inputs, [[[1.0]], [[2.0]], [[2.0]]], strict=True):
        model[path] = times
    exposure = inputs[0].schema["properties"]["meta"]["properties"]["exposure"]["properties"]
    exposure["read_times"]["blend_rule"] = "last"
    assert blendmodels(ImageModel(), inputs).outcomes[path].from_input == 1


class TestHDUs:
    """The tables of a result, for files that are written by other means."""

    @pytest.fixture
    def result(self):
        inputs = [ImageModel() for _ in range(3)]
        for path, column in {
            "meta.exposure.ngroups": [None, 7, 999999],
            "meta.exposure.exposure_time": [107.5, None, 214.5],
            "meta.visit.exp_only": [True, None, False],
            "meta.instrument.filter": ["F115W", None, ""],
        }.items():
            for model, value in zip(inputs, column, strict=True):
                if value is not None:
                    model.meta.instance.setdefault(path.split(".")[1], {})[path.split(".")[2]] = (
                        value
                    )
        return blendmodels(None, inputs, record_rules=True)

    def check(self, path):
        with fits.open(path, logical_as_bytes=True) as hdulist:
            assert [hdu.name for hdu in hdulist] == ["PRIMARY", "HDRTAB", "HDRRULES"]
            hdulist.verify("exception")
            table, columns = hdulist["HDRTAB"].data, hdulist["HDRTAB"].columns
            assert columns["EFFEXPTM"].unit == "s"
            assert columns["NGROUPS"].format == "K"
            assert table["NGROUPS"].tolist() == [columns["NGROUPS"].null, 7, 999999]
            assert columns["NGROUPS"].null not in (7, 999999)
            assert table["EXP_ONLY"].tolist() == [b"T", b"", b"F"]
            assert np.isnan(table["EFFEXPTM"]).tolist() == [False, True, False]
        raw = path.read_bytes()
        start = raw.index(b"F115W")
        length = table.dtype.itemsize
        assert raw[start + length : start + length + 5] == bytes(5)  # missing
        assert raw[start + 2 * length : start + 2 * length + 5] == b" \0\0\0\0"  # an empty text
        assert recorded_rules(fits.getdata(path, "HDRRULES"), "").outcomes

    @pytest.mark.filterwarnings("ignore:.*NULL .undefined. values")
    @pytest.mark.parametrize("looked_at", [False, True])
    def test_written_by_astropy(self, result, tmp_path, looked_at):
        hdus = result.hdus()
        if looked_at:
            for hdu in hdus:
                for name in hdu.columns.names:
                    assert len(hdu.data[name]) > 0
        fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(tmp_path / "out.fits")
        self.check(tmp_path / "out.fits")

    def test_they_are_those_of_the_product(self, tmp_path):
        """To the byte, as the engine writes them into a file."""
        inputs, path = [ImageModel(), ImageModel()], tmp_path / "product.fits"
        inputs[1].meta.exposure.exposure_time = 1.5
        ImageModel().save(path)
        result = blendmodels(path, inputs, output=path, record_rules=True)
        content = path.read_bytes()
        for hdu in result.hdus():
            fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(tmp_path / "hdu.fits", overwrite=True)
            assert (tmp_path / "hdu.fits").read_bytes()[2880:] in content

    def test_each_time_they_are_others(self, result):
        result.hdus()[0].header["EXTNAME"] = "MINE"
        assert [hdu.name for hdu in result.hdus()] == ["HDRTAB", "HDRRULES"]

    def test_rules_only_where_they_are_recorded(self):
        inputs = [ImageModel(), ImageModel()]
        for model in inputs:
            model.meta.exposure.exposure_time = 1.5

        def names(**settings):
            return [hdu.name for hdu in blendmodels(None, inputs, **settings).hdus()]

        assert names() == ["HDRTAB"]
        assert names(record_rules=False, overrides={"EFFEXPTM": "max"}) == ["HDRTAB"]
        assert names(overrides={"EFFEXPTM": "max"}) == ["HDRTAB", "HDRRULES"]

    def test_of_inputs_that_say_nothing(self):
        model = ImageModel()
        del model.meta.instance["date"], model.meta.instance["model_type"]
        assert blendmodels(None, [model]).hdus() == []
