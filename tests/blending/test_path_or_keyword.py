"""Wherever an attribute is asked for, its path and its keyword do."""

import pytest
from astropy.table import Table, vstack
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    AmbiguousAttributeError,
    Override,
    ProductFile,
    UnknownAttributeError,
    amend,
    blendmodels,
)

PATH = "meta.exposure.exposure_time"


@pytest.fixture(scope="module")
def result():
    inputs = []
    for seconds in (107.5, 214.5):
        model = ImageModel()
        model.meta.exposure.exposure_time = seconds
        model.meta.instrument.detector = f"NRCA{len(inputs) + 1}"
        model.meta.bunit_data = "Jy"
        inputs.append(model)
    return blendmodels(ImageModel(), inputs, record_rules=True)


@pytest.mark.parametrize("name", [PATH, "EFFEXPTM", "effexptm"])
def test_a_result(result, name):
    assert result.values[name] == 322.0
    assert list(result.inputs[name]) == [107.5, 214.5]
    assert result.outcomes[name].attribute == PATH
    assert result.plan[name].attribute.keyword == "EFFEXPTM"
    assert result.table[name].tolist() == [107.5, 214.5]
    for mapping in (result.values, result.inputs, result.outcomes, result.plan):
        assert name in mapping
        assert mapping.get(name) is mapping[name]


@pytest.mark.parametrize("of", ["values", "inputs", "outcomes", "plan", "table"])
def test_what_is_not_there(result, of):
    mapping = getattr(result, of)
    with pytest.raises(KeyError, match=r"did you mean meta\.exposure\.exposure_time \(EFFEXPTM\)"):
        mapping["EFFEXPTIM"]
    with pytest.raises(UnknownAttributeError) as caught:
        mapping["meta.exposure.exposuretime"]
    assert f"{PATH} (EFFEXPTM)" in caught.value.close


@pytest.mark.parametrize("of", ["values", "inputs", "outcomes", "plan"])
def test_a_keyword_of_two(result, of):
    with pytest.raises(AmbiguousAttributeError, match=r"meta\.bunit_data or meta\.bunit_err"):
        getattr(result, of)["BUNIT"]


def test_what_has_no_value_is_told_from_what_there_is_not(result):
    said = r"meta\.exposure\.start_time \(EXPSTART\): the product has no blended value"
    with pytest.raises(UnknownAttributeError, match=said):
        result.values["EXPSTART"]


class TestTables:
    def test_several_columns_and_parts(self, result):
        table = result.table
        part = table[PATH, "detector"]
        assert part.colnames == ["EFFEXPTM", "DETECTOR"]
        assert part[1:]["meta.instrument.detector"].tolist() == ["NRCA2"]
        assert table[1]["EFFEXPTM"] == 214.5
        assert table[table[PATH] > 200]["DETECTOR"].tolist() == ["NRCA2"]
        assert vstack([table, table.copy()])[PATH].tolist() == [107.5, 214.5] * 2

    def test_it_is_a_table_of_astropy(self, result, tmp_path):
        assert isinstance(result.table, Table)
        result.table.write(tmp_path / "table.ecsv")
        again = Table.read(tmp_path / "table.ecsv")
        assert again["EFFEXPTM"].tolist() == [107.5, 214.5]
        assert str(again["EFFEXPTM"].unit) == "s"

    def test_a_column_of_another_name(self):
        models = [ImageModel(), ImageModel()]
        for model, seconds in zip(models, [1.5, 2.5], strict=True):
            model.meta.exposure.exposure_time = seconds
        override = Override(attribute="EFFEXPTM", column="SECONDS")
        table = blendmodels(None, models, overrides=[override]).table
        assert "EFFEXPTM" not in table.colnames
        for name in ("SECONDS", "EFFEXPTM", PATH):
            assert table[name].tolist() == [1.5, 2.5]


def test_a_product_on_disk(result, tmp_path):
    file = ProductFile(result.save(tmp_path / "again.fits"))
    for name in (PATH, "EFFEXPTM"):
        assert file.values[name] == 322.0
        assert list(file.inputs[name]) == [107.5, 214.5]
        assert file.outcomes[name].rule == "sum"
        assert file.table[name].tolist() == [107.5, 214.5]
    with pytest.raises(KeyError, match=r"again\.fits.* has no value of it"):
        file.values["EXPSTART"]


def test_an_explanation_is_shown_as_its_lines(result):
    text = result.explain("EFFEXPTM")
    assert isinstance(text, str)
    assert repr(text) == str(text)
    assert text.splitlines()[0] == f"{PATH} (EFFEXPTM) is 322.0."


def test_nothing_is_shown_as_an_object_somewhere(result, tmp_path):
    amended = amend(result.save(tmp_path / "amended.fits"), overrides={"EFFEXPTM": "max"})
    shown = [
        result,
        result.plan,
        result.plan["EFFEXPTM"],
        result.outcomes,
        result.outcomes["EFFEXPTM"],
        result.plan.check(),
        result.plan.check()[0],
        result.hdrtab,
        amended,
        amended.changes[0],
    ]
    for each in shown:
        assert " object at 0x" not in f"{each!r}{each}"
        assert "\n" not in repr(each)
        assert len(repr(each).replace(str(tmp_path), "")) <= 80
    assert repr(result.outcomes["EFFEXPTM"]) == f"<Outcome {PATH} (EFFEXPTM): 322.0, set by sum>"
    assert repr(amended.changes[0]) == f"<Amendment {PATH} (EFFEXPTM): 322.0 → 214.5, by max>"
