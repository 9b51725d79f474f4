"""Where this project differs from jwst on purpose: a test for each entry of the docs' page.

A test shows both behaviours. It is named after the label of its entry in
docs/explanation/differences.rst: ``test_absent_everywhere`` shows ``difference-absent-everywhere``.
"""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from asdf.exceptions import ValidationError
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning
from jwst.model_blender import ModelBlender as PeerBlender
from jwst.model_blender import blendmodels as peer_blend
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst.datamodels import AmiOIModel, CubeModel, ImageModel

import blender_core
from blender_core import blendmodels

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "differences.rst"
LABEL = re.compile(r"^\.\. _difference-([a-z0-9-]+):$", re.MULTILINE)


def x_of(product):
    return product.instance.get("meta", {}).get("x")


def test_absent_everywhere(one_attribute):
    case = one_attribute({"type": "number", "blend_rule": "sum"}, [None, None], product=5.0)
    theirs, ours = case.product(), case.product()
    peer_blend(theirs, case.inputs)
    blendmodels(ours, case.inputs)
    assert x_of(theirs) is None
    assert x_of(ours) == 5.0


def test_protected_paths(small_model):
    leaves = {
        "wcs_quality": {"type": "string", "blend_table": True},
        "wcsinfo.crval1": {"type": "number"},
        "wcs": {},
    }
    values = {"meta.wcs_quality": "good", "meta.wcsinfo.crval1": 1.0, "meta.wcs": "a WCS"}
    theirs, ours, unprotected = small_model(leaves), small_model(leaves), small_model(leaves)
    peer_blend(theirs, [small_model(leaves, values)])
    blendmodels(ours, [small_model(leaves, values)])
    lifted = {"meta.wcs": "first", "meta.wcsinfo": "first"}
    blendmodels(unprotected, [small_model(leaves, values)], overrides=lifted)
    assert theirs.meta.wcs_quality is None
    assert ours.meta.wcs_quality == "good"
    for product in theirs, ours:
        assert product.meta.wcsinfo.crval1 is None
        assert "wcs" not in product.instance["meta"]
    assert unprotected.meta.wcsinfo.crval1 == 1.0
    assert unprotected.instance["meta"]["wcs"] == "a WCS"


def test_model_type():
    inputs = [CubeModel(), CubeModel()]
    theirs, ours = ImageModel(), ImageModel()
    peer_blend(theirs, inputs)
    blendmodels(ours, inputs)
    assert theirs.meta.model_type == "CubeModel"
    assert ours.meta.model_type == "ImageModel"


def test_only_below_meta(small_model):
    leaves = {"x": {"type": "string", "blend_table": True}}
    beside = {"metaphor": {"type": "number"}}
    model = small_model(leaves, {"meta.x": "a", "metaphor": 1.0}, beside)
    theirs, ours = small_model(leaves, {}, beside), small_model(leaves, {}, beside)
    peer_blend(theirs, [model])
    blendmodels(ours, [model])
    assert theirs.metaphor == 1.0
    assert ours.metaphor is None


def test_unknown_groups(small_model):
    leaves = {"x": {"type": "string", "blend_table": True}}
    model = small_model(leaves, {"meta.x": "a", "meta.lab.site.name": "Baltimore"})
    theirs, ours = small_model(leaves), small_model(leaves)
    peer_blend(theirs, [model])
    blendmodels(ours, [model])
    assert "lab" not in theirs.instance["meta"]
    assert ours.instance["meta"]["lab"] == {"site": {"name": "Baltimore"}}


def test_similar_name_of_a_list(small_model):
    leaves = {
        "times": {"type": "array", "items": {"type": "number"}},
        "times_source": {"type": "string", "blend_table": True},
    }
    model = small_model(leaves, {"meta.times_source": "clock"})
    theirs, ours = small_model(leaves), small_model(leaves)
    peer_blend(theirs, [model])
    blendmodels(ours, [model])
    assert theirs.meta.times_source is None
    assert ours.meta.times_source == "clock"


def test_lists_with_a_rule(one_attribute):
    subschema = {"type": "array", "items": {"type": "integer"}, "blend_rule": "multi"}
    case = one_attribute(subschema, [[1, 2], [1, 2]])
    theirs, ours = case.product(), case.product()
    peer_blend(theirs, case.inputs)
    blendmodels(ours, case.inputs)
    assert x_of(theirs) is None
    assert x_of(ours) == [1, 2]


def test_lists_and_mappings_of_open_type(one_attribute):
    for value, error in (([1, 2], TypeError), ({"a": 1}, AttributeError)):
        case = one_attribute({"blend_table": False, "blend_rule": "multi"}, [value, value])
        with pytest.raises(error):
            peer_blend(case.product(), case.inputs)
        ours = case.product()
        blendmodels(ours, case.inputs)
        assert x_of(ours) == value


def test_times_as_instants(one_attribute):
    for rule, values, latest_text, earliest in (
        ("mintime", ["10:00:00", "9:50:00"], "10:00:00", "9:50:00"),
        (
            "mindatetime",
            ["2024-01-02T03:04:05", "2024-01-02 04:00:00"],
            "2024-01-02 04:00:00",
            "2024-01-02T03:04:05",
        ),
    ):
        case = one_attribute({"type": "string", "blend_rule": rule}, values)
        theirs, ours = case.product(), case.product()
        peer_blend(theirs, case.inputs)
        blendmodels(ours, case.inputs)
        assert x_of(theirs) == latest_text
        assert x_of(ours) == earliest


def test_texts_that_are_no_times(one_attribute):
    case = one_attribute({"type": "string", "blend_rule": "mintime"}, ["noon", "09:00:00"])
    theirs, ours = case.product(), case.product()
    peer_blend(theirs, case.inputs)
    assert x_of(theirs) == "09:00:00"
    with pytest.raises(blender_core.RuleError, match="'noon' is not a time of day"):
        blendmodels(ours, case.inputs)


def test_forbidden_values(one_attribute):
    for subschema, values, own in (
        ({"type": "integer", "blend_rule": "mean"}, [1, 2], 99),
        ({"type": "integer", "blend_rule": "multi"}, [1, 2], 99),
        ({"type": "string", "enum": ["a", "b"], "blend_rule": "multi"}, ["a", "b"], "b"),
    ):
        case = one_attribute(subschema, values, product=own)
        theirs, ours = case.product(), case.product()
        with pytest.warns(ValidationWarning):
            peer_blend(theirs, case.inputs)
        with pytest.warns(
            blender_core.BlendWarning, match=r"meta\.x \(X\).*'m\w+' of blender-rule"
        ):
            blendmodels(ours, case.inputs)
        assert x_of(theirs) == own
        assert x_of(ours) is None


def test_whole_numbers(one_attribute):
    case = one_attribute({"type": "integer", "blend_rule": "mean"}, [1, 3], product=99)
    theirs, ours = case.product(), case.product()
    with pytest.warns(ValidationWarning, match=r"2\.0 is not of type 'integer'"):
        peer_blend(theirs, case.inputs)
    blendmodels(ours, case.inputs)
    assert x_of(theirs) == 99
    assert x_of(ours) == 2
    assert type(x_of(ours)) is int


def test_nan_in_multi(one_attribute):
    # Two NaNs, as two files have them, and not one of which there are two names.
    case = one_attribute({"blend_rule": "multi"}, [float("nan"), float("nan")])
    theirs, ours = case.product(), case.product()
    peer_blend(theirs, case.inputs)
    blendmodels(ours, case.inputs)
    assert x_of(theirs) == "MULTIPLE"
    assert math.isnan(x_of(ours))


def test_nan_in_min_and_max(one_attribute):
    for rule in "min", "max":
        case = one_attribute({"type": "number", "blend_rule": rule}, [1.0, math.nan])
        theirs, ours = case.product(), case.product()
        peer_blend(theirs, case.inputs)
        blendmodels(ours, case.inputs)
        assert math.isnan(x_of(theirs))
        assert x_of(ours) == 1.0


def test_smallest_text(one_attribute):
    case = one_attribute({"type": "string", "blend_rule": "min"}, ["b", "a"])
    ours = case.product()
    with pytest.raises(TypeError, match="ufunc 'minimum'"):
        peer_blend(case.product(), case.inputs)
    blendmodels(ours, case.inputs)
    assert x_of(ours) == "a"


def test_unorderable_values(one_attribute):
    case = one_attribute({"blend_rule": "min"}, ["b", 1])
    with pytest.raises(TypeError, match="ufunc 'minimum'"):
        peer_blend(case.product(), case.inputs)
    with pytest.raises(blender_core.RuleError, match=r"'min' .* meta\.x \(X\) .*'b' \(str\), 1"):
        blendmodels(case.product(), case.inputs)


def test_inputs_own_value(one_attribute):
    for values, there, here in (
        ([3, 1.5], 3.0, 3),
        ([2**53 + 1, 1.5], 2.0**53, 2**53 + 1),
    ):
        case = one_attribute({"blend_rule": "max", "blend_table": False}, values)
        theirs, ours = case.product(), case.product()
        peer_blend(theirs, case.inputs)
        blendmodels(ours, case.inputs)
        assert x_of(theirs) == there
        assert isinstance(x_of(theirs), float)
        assert x_of(ours) == here
        assert type(x_of(ours)) is int


def test_rounding(one_attribute):
    for rule, values, rounded_often, rounded_once in (
        ("sum", [1e16, 1.0, 1.0, -1e16], 0.0, 2.0),
        ("mean", [0.1, 0.2, 0.3], 0.20000000000000004, 0.2),
    ):
        case = one_attribute({"type": "number", "blend_rule": rule}, values)
        theirs, ours = case.product(), case.product()
        peer_blend(theirs, case.inputs)
        blendmodels(ours, case.inputs)
        assert x_of(theirs) == rounded_often
        assert x_of(ours) == rounded_once


def test_large_sums_of_integers(one_attribute):
    case = one_attribute({"type": "number", "blend_rule": "sum"}, [2**62, 2**62])
    theirs, ours = case.product(), case.product()
    for product in theirs, ours:
        # A sum this large is more than a file may hold; what matters here is which it is.
        product._validate_on_assignment = False
    with pytest.warns(ValidationWarning, match="too large"):
        peer_blend(theirs, case.inputs)
    blendmodels(ours, case.inputs)
    assert x_of(theirs) == -(2**63)
    assert x_of(ours) == 2**63


def test_missing_integers(one_attribute):
    case = one_attribute({"type": "integer"}, [2**53 + 1, None])
    theirs, ours = case.product(), case.product()
    peer_blend(theirs, case.inputs)
    result = blendmodels(ours, case.inputs)
    assert theirs.hdrtab["X"].tolist() == [float(2**53), pytest.approx(math.nan, nan_ok=True)]
    assert ours.hdrtab["X"].dtype == np.int64
    assert ours.hdrtab["X"][0] == 2**53 + 1
    assert ours.hdrtab.columns["X"].null == ours.hdrtab["X"][1]
    assert result.table["X"].tolist() == [2**53 + 1, None]


def test_missing_booleans(one_attribute, tmp_path):
    case = one_attribute({"type": "boolean"}, [True, False, None])
    theirs, ours = case.product(), case.product()
    peer_blend(theirs, case.inputs)
    result = blendmodels(ours, case.inputs)
    assert theirs.hdrtab["X"].tolist() == [1.0, 0.0, pytest.approx(math.nan, nan_ok=True)]
    assert result.table["X"].tolist() == [True, False, None]
    with pytest.warns(AstropyUserWarning, match="contains NULL"):
        assert ours.hdrtab["X"].tolist() == [True, False, False]
    ours.save(tmp_path / "ours.fits")
    with fits.open(tmp_path / "ours.fits", logical_as_bytes=True) as hdus:
        assert hdus["HDRTAB"].data["X"].tolist() == [b"T", b"F", b""]


def test_missing_texts(one_attribute):
    case = one_attribute({"type": "string"}, ["a", None])
    theirs, ours = case.product(), case.product()
    peer_blend(theirs, case.inputs)
    result = blendmodels(ours, case.inputs)
    assert theirs.hdrtab["X"].tolist() == ["a", "nan"]
    assert theirs.hdrtab.dtype["X"].itemsize == 32
    assert ours.hdrtab["X"].tolist() == ["a", ""]
    assert ours.hdrtab.dtype["X"].itemsize == 1
    assert result.table["X"].tolist() == ["a", None]


def test_column_types(one_attribute):
    for subschema, values, there, here in (
        ({"type": "number"}, [1, 3], np.int64, np.float64),
        ({"type": "number"}, [np.float32(0.1), np.float32(0.2)], np.float32, np.float64),
        ({"type": "integer"}, [2, 2.0], np.float64, np.int64),
    ):
        case = one_attribute(subschema, values)
        theirs, ours = case.product(), case.product()
        peer_blend(theirs, case.inputs)
        blendmodels(ours, case.inputs)
        assert theirs.hdrtab.dtype["X"] == there
        assert ours.hdrtab.dtype["X"] == here
        assert theirs.hdrtab["X"].tolist() == ours.hdrtab["X"].tolist() == values


def test_cells_of_a_wrong_type(one_attribute):
    case = one_attribute({"type": "integer"}, [1, "two", 3])
    theirs, ours = case.product(), case.product()
    peer_blend(theirs, case.inputs)
    with pytest.warns(blender_core.BlendWarning, match="'two' of input 2 as missing"):
        result = blendmodels(ours, case.inputs)
    assert theirs.hdrtab["X"].tolist() == ["1", "two", "3"]
    assert result.table["X"].tolist() == [1, None, 3]


def test_unprintable_text(one_attribute):
    case = one_attribute({"type": "string"}, ["Zoë", "a"], product="own")
    theirs, ours = case.product(), case.product()
    with pytest.raises(UnicodeEncodeError):
        peer_blend(theirs, case.inputs)
    with pytest.raises(blender_core.TableError, match=r"meta\.x \(X\).*input 1 has 'Zoë'"):
        blendmodels(ours, case.inputs)
    # FITS tables have no line breaks, either.
    case = one_attribute({"type": "string"}, ["a\nb", "a"], product="own")
    peer_blend(case.product(), case.inputs)
    with pytest.raises(blender_core.TableError, match=r"input 1 has 'a\\nb'"):
        blendmodels(case.product(), case.inputs)


def test_too_large_integers(one_attribute):
    case = one_attribute({"type": "integer"}, [1, 2**63])
    theirs, ours = case.product(), case.product()
    peer_blend(theirs, case.inputs)
    assert theirs.hdrtab["X"].dtype == np.float64
    with pytest.raises(blender_core.TableError, match="int64 does not hold it, and input 2 has"):
        blendmodels(ours, case.inputs)


def test_shared_columns():
    inputs = [AmiOIModel(), AmiOIModel()]
    for model, angle in zip(inputs, (1.0, 2.0), strict=True):
        model.meta.guidestar.fgs_roll_ref = angle
        model.meta.wcsinfo.roll_ref = 10 * angle
    with pytest.raises(ValueError, match="mapping is not 1-to-1"):
        peer_blend(AmiOIModel(), inputs)
    ours = AmiOIModel()
    with pytest.warns(blender_core.BlendWarning, match="of HDRTAB is asked for by both") as caught:
        blendmodels(ours, inputs)
    assert sum("'ROLL_REF_2'" in str(warning.message) for warning in caught) == 1
    assert ours.hdrtab["ROLL_REF"].tolist() == [1.0, 2.0]
    assert ours.hdrtab["ROLL_REF_2"].tolist() == [10.0, 20.0]


def test_no_columns(small_model):
    leaves = {"x": {"type": "number"}}
    theirs, ours = small_model(leaves), small_model(leaves)
    inputs = [small_model(leaves, {"meta.x": 1.0})]
    with pytest.raises(IndexError, match="list index out of range"):
        peer_blend(theirs, inputs)
    blendmodels(ours, inputs)
    assert ours.meta.x == 1.0
    assert "hdrtab" not in ours.instance


def test_units_and_nulls(one_attribute, tmp_path):
    case = one_attribute({"type": "number", "title": "[s] Exposure time"}, [1.0, 2.0])
    theirs, ours = case.product(), case.product()
    peer_blend(theirs, case.inputs)
    result = blendmodels(ours, case.inputs)
    theirs.save(tmp_path / "theirs.fits")
    ours.save(tmp_path / "ours.fits")
    assert "TUNIT1" not in fits.getheader(tmp_path / "theirs.fits", "HDRTAB")
    assert fits.getheader(tmp_path / "ours.fits", "HDRTAB")["TUNIT1"] == "s"
    assert str(result.table["X"].unit) == "s"
    case = one_attribute({"type": "integer"}, [1, None])
    product = case.product()
    blendmodels(product, case.inputs)
    product.save(tmp_path / "nulls.fits")
    assert "TNULL1" in fits.getheader(tmp_path / "nulls.fits", "HDRTAB")


def test_later_values(make_models):
    seconds, area = "meta.exposure.exposure_time", "meta.photometry.pixelarea_steradians"
    inputs = make_models(seconds, [150.25, 150.25])
    for model in inputs:
        model.meta.photometry.pixelarea_steradians = 9e-14
    for blend, kept in (peer_blend, False), (blendmodels, True):
        product = ImageModel()
        peer_blend(product, inputs)
        product[seconds], product[area] = 150.25, 2.25e-14
        blend(product, inputs)
        assert product[seconds] == (150.25 if kept else 300.5)
        assert product[area] == (2.25e-14 if kept else 9e-14)


def test_own_processing(make_models):
    path = "meta.calibration_software_version"
    inputs = make_models(path, ["1.20.0", "1.20.0"])
    for blend, version in (peer_blend, "1.20.0"), (blendmodels, "3.0.0"):
        product = ImageModel()
        peer_blend(product, make_models(path, ["3.0.0", "3.0.0"]))
        blend(product, inputs)
        assert product[path] == version


def test_no_inputs():
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'copy'"):
        peer_blend(ImageModel(), [])
    with pytest.raises(blender_core.NoInputsError, match="nothing to blend"):
        blendmodels(ImageModel(), [])


def test_no_datamodel():
    with pytest.raises(AttributeError, match="has no attribute 'schema'"):
        peer_blend(ImageModel(), ["a_cal.fits"])
    with pytest.raises(blender_core.InputError, match="No such file"):
        blendmodels(ImageModel(), ["a_cal.fits"])
    with pytest.raises(
        blender_core.NotADatamodelError, match=r"input 1 is neither a datamodel.* but dict"
    ):
        blendmodels(ImageModel(), [{}])


def test_unknown_rules(one_attribute):
    case = one_attribute({"blend_rule": "average"}, [1, 2])
    with pytest.raises(KeyError, match=r"^'average'$"):
        peer_blend(case.product(), case.inputs)
    with pytest.raises(
        blender_core.UnknownRuleError, match=r"'average'.*asked for by meta\.x \(X\)"
    ):
        blendmodels(case.product(), case.inputs)


def test_more_rules(one_attribute):
    case = one_attribute({"type": "number", "blend_rule": "last"}, [1.0, 2.0])
    with pytest.raises(KeyError, match="last"):
        peer_blend(case.product(), case.inputs)
    ours = case.product()
    blendmodels(ours, case.inputs)
    assert x_of(ours) == 2.0


def test_text_for_ignore(one_attribute):
    case = one_attribute({"type": "number"}, [1.0, 2.0])
    theirs = case.product()
    # Its letters are ignored one by one, and every path begins with "m".
    peer_blend(theirs, case.inputs, ignore="meta.y")
    assert x_of(theirs) is None
    with pytest.raises(TypeError, match=r"collection of paths, such as \['meta\.y'\]"):
        blendmodels(case.product(), case.inputs, ignore="meta.y")


def test_result(one_attribute):
    case = one_attribute({"type": "number"}, [1.0, 2.0])
    assert peer_blend(case.product(), case.inputs) is None
    result = blendmodels(case.product(), case.inputs)
    assert isinstance(result, blender_core.BlendResult)
    assert result.values["meta.x"] == 1.0
    for blender, kind in (
        (PeerBlender(), type(None)),
        (blender_core.ModelBlender(), blender_core.BlendResult),
    ):
        blender.accumulate(case.inputs[0])
        assert isinstance(blender.finalize_model(case.product()), kind)


def test_half_written_products(small_model):
    leaves = {
        "a": {"type": "string"},
        "name": {"type": "string", "blend_table": True},
    }
    inputs = [small_model(leaves, {"meta.a": "new", "meta.name": "Zoë"})]
    theirs, ours = (small_model(leaves, {"meta.a": "old"}) for _ in range(2))
    with pytest.raises(UnicodeEncodeError):
        peer_blend(theirs, inputs)
    with pytest.raises(blender_core.TableError):
        blendmodels(ours, inputs)
    assert theirs.instance["meta"]["a"] == "new"
    assert ours.instance["meta"] == {"a": "old"}


def test_strict_validation(one_attribute):
    case = one_attribute({"type": "integer", "blend_rule": "multi"}, [1, 2], 99)
    theirs, ours = case.product(), case.product()
    theirs._strict_validation = ours._strict_validation = True
    with pytest.raises(ValidationError, match="'MULTIPLE' is not of type 'integer'"):
        peer_blend(theirs, case.inputs)
    with pytest.raises(blender_core.InvalidValueError, match=r"'MULTIPLE' of meta\.x \(X\)"):
        blendmodels(ours, case.inputs)
    assert x_of(ours) == 99


def test_value_in_the_place_of_a_group(small_model):
    leaves = {"g.y": {"type": "number", "blend_table": True}}
    inputs = [small_model(leaves, {"meta.g.y": 1.0})]
    theirs, ours = (small_model({}, {"meta.g": 5}) for _ in range(2))
    with pytest.raises(AttributeError, match="'int' object has no attribute 'y'"):
        peer_blend(theirs, inputs)
    with pytest.raises(
        blender_core.InputError, match=r"the value 5 where the group meta\.g should"
    ):
        blendmodels(ours, inputs)


def test_several_faults_at_once(small_model):
    leaves = {name: {"type": "string", "blend_table": True} for name in ("a", "b")}
    inputs = [small_model(leaves, {"meta.a": "Zoë", "meta.b": "Noël"})]
    with pytest.raises(UnicodeEncodeError):
        peer_blend(small_model(leaves), inputs)
    with pytest.raises(blender_core.BlendErrorGroup) as caught:
        blendmodels(small_model(leaves), inputs)
    assert [fault.attribute for fault in caught.value.exceptions] == ["meta.a", "meta.b"]


def test_page_has_an_entry_for_each_test_and_only_those():
    entries = LABEL.findall(PAGE.read_text(encoding="utf-8"))
    assert len(entries) == len(set(entries))
    # The source, because a second function of one name would replace the first.
    source = Path(__file__).read_text(encoding="utf-8")
    *tests, this = re.findall(r"^def test_(\w+)\(", source, re.MULTILINE)
    assert this == "page_has_an_entry_for_each_test_and_only_those"
    # In one order, so that who reads the one finds the other.
    assert [name.replace("_", "-") for name in tests] == entries
