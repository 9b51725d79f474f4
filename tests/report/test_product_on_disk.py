"""A product on disk has the report that its blend had, as far as the product tells."""

import warnings

import jwst.model_blender
import pytest
from astropy.io import fits
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Plugins, ProductFile, blendmodels
from blender_core.report import write_report
from blender_core.report.model import facts_of

SECONDS = (107.5, 214.5, None)


@pytest.fixture
def inputs(make_model):
    rows = [
        {
            "meta.filename": f"{detector}.fits",
            "meta.instrument.detector": detector,
            "meta.target.proposer_name": f"AT {detector}",
            "meta.exposure.exposure_time": seconds,
            "meta.exposure.nints": 3,
        }
        for detector, seconds in zip(("NRCA1", "NRCA2", "NRCA3"), SECONDS, strict=True)
    ]
    return [make_model(one) for one in rows]


def told(facts):
    """What the report tells of each attribute that the product or an input has."""
    return {
        one.outcome.attribute: (
            one.value, one.title, one.unit, one.outcome.status, one.outcome.rule,
            one.outcome.provider, one.outcome.tier, one.outcome.reason, one.outcome.n_inputs,
            one.outcome.n_distinct, one.outcome.from_input, list(one.inputs or ()), one.warning,
            one.summary,
        )
        for one in facts.attributes
        if one.outcome.n_inputs
    }  # fmt: skip


def test_it_tells_what_the_result_told(inputs, tmp_path):
    path = tmp_path / "product.fits"
    result = blendmodels(
        ImageModel(), inputs, ignore=["meta.filename", "meta.date"], record_rules=True, output=path
    )
    expected, found = facts_of(result), facts_of(ProductFile(path), ["more"])
    assert len(told(expected)) >= 5
    assert told(found) == told(expected)
    assert (found.product, found.model_type, found.n_inputs) == ("product.fits", "ImageModel", 3)
    assert found.notes == ("more",)


@pytest.fixture
def recorded(inputs, tmp_path):
    path = tmp_path / "product.fits"
    overrides = {"EFFEXPTM": "std:max", "NINTS": "drop"}
    blendmodels(ImageModel(), inputs, overrides=overrides, record_rules=True, output=path)
    return path


def summaries(path):
    facts = facts_of(ProductFile(path))
    return {one.outcome.keyword: one.summary for one in facts.attributes}, facts.notes


def test_rules_do_what_the_installed_ones_say_that_are_the_same(recorded, open_page, tmp_path):
    said, notes = summaries(recorded)
    rules = {rule.name: rule.summary for rule, _ in Plugins.discover().rules()}
    assert said["EFFEXPTM"] == rules["max"]
    assert said["DETECTOR"] == rules["multi"]
    assert said["NINTS"] == "The product has no such attribute."
    assert notes == ()
    page = open_page(write_report(ProductFile(recorded), tmp_path / "report.html"))
    page.locator("tr.fact:has(bdi.keyword:text-is('EFFEXPTM')) button.name").click()
    assert rules["max"] in page.locator(".opened .facts").inner_text()


@pytest.mark.parametrize("column", ["PROVIDER", "VERSION", "PLUGIN"])
def test_of_rules_of_others_nothing_is_said(recorded, column):
    with fits.open(recorded, mode="update") as hdus:
        table = hdus["HDRRULES"].data
        table[column][table["KEYWORD"] == "EFFEXPTM"] = "0.1"
    said, notes = summaries(recorded)
    assert said["EFFEXPTM"] == ""
    assert said["DETECTOR"]
    assert notes == ()


def test_a_plugin_that_is_broken_today_says_nothing_against_the_product(recorded, install):
    install("acme-rules", "acme", "raise RuntimeError('not today')")
    said, (note,) = summaries(recorded)
    assert said["EFFEXPTM"] == said["DETECTOR"] == ""
    assert said["NINTS"] == "The product has no such attribute."
    assert note.startswith("What the rules do is left out: plugin acme-rules 1.0 [acme]")
    assert "not today" in note


def test_a_product_of_jwst(inputs, tmp_path, open_page):
    product = ImageModel()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jwst.model_blender.blendmodels(product, inputs)
        product.save(tmp_path / "product.fits")
        source = ProductFile(tmp_path / "product.fits")
    page = open_page(write_report(source, tmp_path / "report.html"))
    assert page.locator("header .span").inner_text() == "3 inputs blended into one ImageModel"
    assert "no table HDRRULES" in page.locator(".notes").inner_text()
    row = page.locator("tr.fact:has(bdi.keyword:text-is('EFFEXPTM'))")
    assert [" ".join(one.split()) for one in row.locator("td").all_inner_texts()] == [
        "322.0 s", "unknown", "", "2 of 3", "2",
    ]  # fmt: skip
    row.locator("button.name").click()
    assert [one.split()[1] for one in page.locator(".values tbody tr").all_inner_texts()] == [
        "107.5", "214.5", "no",
    ]  # fmt: skip
    assert "Asked for by" not in page.locator(".opened .facts").inner_text()
    assert page.locator("svg text.label").text_content() == "product: 322.0"
    assert page.locator("#rule").is_hidden()
    assert page.locator("#empty").is_hidden()
    page.get_by_role("button", name="Warnings").click()
    assert page.locator("#nothing").is_visible()


def test_a_product_without_tables(tmp_path, open_page):
    model = ImageModel()
    model.meta.target.proposer_name = "NGC 1300"
    model.save(tmp_path / "product.fits")
    page = open_page(write_report(ProductFile(tmp_path / "product.fits"), tmp_path / "a.html"))
    assert page.locator(".notes li").count() == 2
    row = page.locator("tr.fact:has(bdi.keyword:text-is('TARGPROP'))")
    assert row.locator(".value").inner_text() == "NGC 1300"
    row.locator("button.name").click()
    assert "not recorded" in page.locator(".opened").inner_text()
