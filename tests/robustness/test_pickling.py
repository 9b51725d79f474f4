"""What is sent to workers, and what they send back."""

import pickle

import pytest
from blends_elsewhere import told
from stdatamodels.jwst import datamodels

from blender_core import DROP, Override, Plugins, When, amend, blendmodels


def sent(thing):
    return pickle.loads(pickle.dumps(thing))  # noqa: S301


def test_what_is_asked_for():
    override = Override(attribute="EFFEXPTM", rule="max", when=When(instrument="NIRCAM"))
    assert sent(override) == override
    rules = Plugins.discover().rules()
    assert sent(rules) == rules
    assert sent(DROP) is DROP


@pytest.mark.parametrize("product", [None, datamodels.ImageModel], ids=["none", "datamodel"])
def test_a_result(plain_files, product):
    result = blendmodels(product and product(), plain_files, overrides={"EFFEXPTM": "max"})
    again = sent(result)
    assert told(again) == told(result)
    assert again.explain("EFFEXPTM") == result.explain("EFFEXPTM")
    plan = sent(result.plan)
    assert list(plan) == list(result.plan)
    assert [each.rule for each in plan.values()] == [each.rule for each in result.plan.values()]


@pytest.mark.parametrize("ending", ["fits", "asdf"])
def test_a_result_that_is_a_file(plain_files, tmp_path, ending):
    product = tmp_path / f"product.{ending}"
    with datamodels.open(plain_files[0]) as model:
        model.save(product)
    result = blendmodels(product, plain_files)
    again = sent(result)
    assert told(again) == told(result)
    again.save(tmp_path / f"again.{ending}")
    with datamodels.open(tmp_path / f"again.{ending}") as model:
        assert len(model.hdrtab) == len(plain_files)
        assert model.meta.exposure.exposure_time == result.values["meta.exposure.exposure_time"]
    amended = amend(again.save(product), overrides={"EFFEXPTM": "max"})
    assert str(sent(amended)) == str(amended)
