"""Blending products again: as if all their exposures had been blended at once."""

import warnings

import numpy as np
import pytest
from stdatamodels.jwst.datamodels import IFUCubeModel, ImageModel

from blender_core import (
    BlendErrorGroup,
    BlendWarning,
    ExpansionError,
    InputError,
    ModelBlender,
    Override,
    RuleError,
    Status,
    When,
    blendmodels,
)

TIME = "meta.exposure.exposure_time"
MID = "meta.exposure.mid_time"
EXPOSURE = ("OBSERVTN", "EXPOSURE")


def test_what_it_is_for(make_models):
    # 10 + 20 and 60: the mean of all is 30, that of the products' means is 37.5.
    first, second = ([10.0, 20.0], [60.0])
    overrides = {TIME: "mean"}
    products = [
        blendmodels(ImageModel(), make_models(TIME, times), overrides=overrides).product
        for times in (first, second)
    ]
    assert [product[TIME] for product in products] == [15.0, 60.0]
    for expand, mean, rows in [(False, 37.5, 2), (True, 30.0, 3)]:
        result = blendmodels(ImageModel(), products, overrides=overrides, expand=expand)
        assert result.values[TIME] == mean
        assert len(result.table) == len(result.product.hdrtab) == rows
        assert result.outcomes[TIME].n_inputs == rows
    assert result.table["EFFEXPTM"].tolist() == [10.0, 20.0, 60.0]


def test_an_exposure_counts_once_though_its_detectors_are_in_two_products(make_model):
    def product(detector):
        models = [
            make_model(
                {
                    TIME: seconds,
                    "meta.instrument.detector": detector,
                    "meta.observation.observation_number": "001",
                    "meta.observation.exposure_number": number,
                }
            )
            for number, seconds in [("00001", 100.0), ("00002", 50.0)]
        ]
        return blendmodels(ImageModel(), models, overrides=once).product

    once = [Override(attribute=TIME, rule="sum", once_per=EXPOSURE)]
    products = [product("NRCA1"), product("NRCB1")]
    assert [one[TIME] for one in products] == [150.0, 150.0]
    result = blendmodels(ImageModel(), products, overrides=once, expand=True)
    assert result.values[TIME] == 150.0
    assert result.values["meta.instrument.detector"] == "MULTIPLE"


def test_exposures_among_products_stay_in_order(make_models):
    a, b, c, d = make_models("meta.filename", ["a.fits", "b.fits", "c.fits", "d.fits"])
    product = blendmodels(ImageModel(), [b, c]).product
    result = blendmodels(ImageModel(), [a, product, d], expand=True)
    assert result.table["FILENAME"].tolist() == ["a.fits", "b.fits", "c.fits", "d.fits"]
    assert repr(result).startswith("<BlendResult of 4 inputs")


def test_products_stay_as_they_are(make_models):
    product = blendmodels(
        ImageModel(), make_models("meta.exposure.zero_frame", [True, None])
    ).product
    before = product.hdrtab.tobytes(), product.to_flat_dict()
    result = blendmodels(ImageModel(), [product, product], expand=True)
    assert (product.hdrtab.tobytes(), product.to_flat_dict()) == before
    assert result.table["ZEROFRAM"].mask.tolist() == [False, True, False, True]
    assert not np.shares_memory(np.asarray(result.product.hdrtab), np.asarray(product.hdrtab))


def test_a_product_can_be_its_own_input(make_models):
    product = blendmodels(ImageModel(), make_models(TIME, [1.5, 2.5])).product
    result = blendmodels(product, [product], expand=True)
    assert product[TIME] == 4.0
    assert result.table["EFFEXPTM"].tolist() == [1.5, 2.5]


def test_no_column_means_that_no_exposure_had_it(make_model):
    name = "meta.target.proposer_name"
    product = blendmodels(make_model({name: "M 31"}), [make_model({TIME: 1.5})]).product
    assert product[name] == "M 31"
    result = blendmodels(ImageModel(), [product], expand=True)
    assert result.product[name] is None
    assert result.inputs[name] == (None,)
    assert result.outcomes[name].status is Status.KEPT


def test_what_is_not_recorded_is_the_first_exposures(make_models):
    unit = "meta.bunit_err"
    products = [
        blendmodels(ImageModel(), make_models(unit, units)).product
        for units in (["DN/s", "MJy"], ["Jy", None])
    ]
    result = blendmodels(ImageModel(), products, expand=True)
    assert result.values[unit] == "DN/s"
    assert result.inputs[unit] == ("DN/s", None, "Jy", None)


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ({"rule": "multi"}, "its rule is multi, as the caller asks"),
        ({"rule": "multi", "record": True}, "its rule is multi, as the caller asks"),
        ({"rule": "first", "order_by": "EXPSTART"}, r"its rule is first \(order_by=meta.expo"),
        ({"rule": "last"}, "its rule is last, as the caller asks"),
    ],
)
def test_what_is_not_recorded_cannot_be_blended_by_another_rule(make_models, override, reason):
    unit = "meta.time_unit"
    with_it, without = (
        blendmodels(ImageModel(), make_models(unit, units)).product
        for units in (["s", "s"], [None])
    )
    overrides = [Override(attribute=unit, **override)]
    with pytest.raises(
        ExpansionError, match=rf"input 2 cannot be expanded(.|\n)*{reason}"
    ) as caught:
        blendmodels(ImageModel(), [without, with_it], overrides=overrides, expand=True)
    assert caught.value.attribute == unit
    result = blendmodels(
        ImageModel(), [with_it, without], overrides=overrides, expand=True, on_bad_input="skip"
    )
    assert [str(one).partition(" cannot")[0] for one in result.skipped] == ["input 1"]
    assert unit not in result.values
    assert len(result.table) == 1


def test_what_others_need_has_to_be_recorded(make_models):
    unit = "meta.bunit_err"
    product = blendmodels(ImageModel(), make_models(unit, ["DN/s"])).product
    overrides = [Override(attribute=TIME, rule="sum", once_per=unit)]
    reason = r"meta.bunit_err \(BUNIT\): meta.exposure.exposure_time \(EFFEXPTM\) is blended with"
    with pytest.raises(ExpansionError, match=reason):
        blendmodels(ImageModel(), [product], overrides=overrides, expand=True)


def test_columns_are_found_by_any_name_that_they_may_have(make_models):
    detector = "meta.instrument.detector"
    models = make_models(detector, ["NRCA1", "NRCB1"])
    named = [Override(attribute=detector, column="chip")]
    by_keyword = blendmodels(ImageModel(), models).product
    by_name = blendmodels(ImageModel(), models, overrides=named).product
    for product in (by_keyword, by_name):
        result = blendmodels(ImageModel(), [product], overrides=named, expand=True)
        assert result.table["chip"].tolist() == ["NRCA1", "NRCB1"]
    # Who does not know the name is told it by HDRRULES.
    result = blendmodels(ImageModel(), [by_name], expand=True)
    assert result.table["DETECTOR"].tolist() == ["NRCA1", "NRCB1"]
    # Without that, no column is found, and it is said so.
    by_name = blendmodels(ImageModel(), models, overrides=named, record_rules=False).product
    with pytest.warns(BlendWarning, match="no column") as caught:
        result = blendmodels(ImageModel(), [by_name], expand=True)
    assert "DETECTOR" not in result.table.colnames
    assert str(caught[0].message).splitlines()[1:] == [
        "- meta.instrument.detector (DETECTOR), which is 'MULTIPLE'",
        (
            "If the product was made with overrides, blend it with the same: they tell which "
            "columns there are."
        ),
    ]


def test_an_exposure_time_that_was_not_recorded_is_not_lost_in_silence(make_models):
    models = make_models(TIME, [10.0, 20.0])
    unrecorded = [Override(attribute=TIME, record=False)]
    product = blendmodels(ImageModel(), models, overrides=unrecorded).product
    assert product[TIME] == 30.0
    with pytest.warns(BlendWarning, match=r"\(EFFEXPTM\), which is 30\.0"):
        blendmodels(ImageModel(), [product], expand=True)
    # What has been set since, and is taken from the first exposure, is nobody's concern.
    product = blendmodels(ImageModel(), models).product
    product.meta.target.catalog_name = "NGC 1"
    blendmodels(ImageModel(), [product], expand=True)


def test_a_column_that_is_anothers_is_not_taken(make_models):
    # Only the first of two attributes with the keyword has a value, and so a column.
    from stdatamodels.jwst.datamodels import AmiOIModel

    values = [1.5, 2.5]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the shared keyword
        models = make_models("meta.guidestar.fgs_roll_ref", values, model_class=AmiOIModel)
        product = blendmodels(AmiOIModel(), models).product
        result = blendmodels(AmiOIModel(), [product], expand=True)
    assert [path for path, given in result.inputs.items() if given == (1.5, 2.5)] == [
        "meta.guidestar.fgs_roll_ref"
    ]


def test_overrides_hold_for_what_the_exposures_are(make_models):
    # The product's own detector is MULTIPLE.
    overrides = [Override(attribute=TIME, rule="max", when=When(detector="NRCA*"))]
    models = make_models("meta.instrument.detector", ["NRCA1", "NRCA2"])
    product = blendmodels(ImageModel(), models).product
    result = blendmodels(ImageModel(), [product], overrides=overrides, expand=True)
    assert result.plan[TIME].name == "max"


def test_exposures_can_be_of_another_class_than_their_product(make_model):
    models = [make_model({TIME: 1.5}) for _ in range(2)]
    # What only a cube has is the product's own, and nothing that an image can have.
    own = make_model({"meta.ifu.weighting": "emsm"}, model_class=IFUCubeModel)
    blender = ModelBlender(expand=True)
    blender.accumulate(blendmodels(own, models).product)
    blender.accumulate(models[0])
    result = blender.finalize_model(IFUCubeModel())
    assert result.values[TIME] == 4.5
    assert str(result.plan) == str(blendmodels(None, models).plan)
    with pytest.raises(ValueError, match="input 3 is a model of type IFUCubeModel"):
        blender.accumulate(IFUCubeModel())


def test_a_class_that_is_not_there(make_models):
    product = blendmodels(
        ImageModel(), make_models("meta.model_type", ["DrizProductModel"])
    ).product
    with pytest.raises(InputError, match="row 1 of its HDRTAB is of the class 'DrizProductModel'"):
        blendmodels(ImageModel(), [product], expand=True)


def test_sums_of_what_is_missing_in_one_product_are_refused_alike(make_models):
    overrides = [Override(attribute=TIME, rule="sum", missing="require")]
    products = [
        blendmodels(ImageModel(), make_models(TIME, times)).product
        for times in ([1.5, 2.5], [3.5, None])
    ]
    with pytest.raises(RuleError, match="input 4 of 4 has none"):
        blendmodels(ImageModel(), products, overrides=overrides, expand=True)


def test_progress_is_of_inputs(make_models):
    product = blendmodels(ImageModel(), make_models(TIME, [1.5, 2.5, 3.5])).product
    seen = []
    blendmodels(ImageModel(), [product, product], expand=True, progress=lambda *of: seen.append(of))
    assert seen == [(1, 2), (2, 2)]


def test_a_bad_product_leaves_nothing_behind(make_models):
    good, bad = (
        blendmodels(ImageModel(), make_models(TIME, times)).product for times in ([1.5], [2.5, 3.5])
    )
    bad.instance["hdrtab"] = np.asarray(bad.hdrtab)[:0]
    with pytest.raises(BlendErrorGroup) as caught:
        blendmodels(ImageModel(), [bad, good, bad], expand=True)
    assert [str(fault).partition(",")[0] for fault in caught.value.exceptions] == [
        "the HDRTAB of input 1 has no rows",
        "the HDRTAB of input 3 has no rows",
    ]
    result = blendmodels(ImageModel(), [bad, good, bad], expand=True, on_bad_input="skip")
    assert result.values[TIME] == 1.5
    assert len(result.skipped) == 2
    # Without being asked to, nobody looks at the table.
    assert blendmodels(ImageModel(), [bad]).values[TIME] == 6.0


def test_a_product_whose_second_row_is_bad_settles_nothing(make_model, make_models):
    mixed = blendmodels(
        ImageModel(), make_models("meta.model_type", ["CubeModel", "ImageModel"])
    ).product
    result = blendmodels(
        ImageModel(), [mixed, make_model({TIME: 1.5})], expand=True, on_bad_input="skip"
    )
    assert result.values[TIME] == 1.5
    (fault,) = result.skipped
    assert "input 1, row 2 of its HDRTAB is a model of type ImageModel" in str(fault)
