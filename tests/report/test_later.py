"""A report tells what was set after the blend, what was amended, and what the file has of its own."""

import warnings

import jwst.model_blender
import pytest
from release import VERSION
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive

from blender_core import ProductFile, Status, amend, blendmodels
from blender_core.report import write_report
from blender_core.report.model import facts_of

SECONDS = (100.0, 200.0, 300.0)
STARTS = (59000.0, 59000.1, 59000.2)


@pytest.fixture
def inputs(make_model):
    """Three exposures, of 600 seconds in all."""
    return [
        make_model(
            {
                "meta.filename": f"exposure{i + 1}.fits",
                "meta.instrument.detector": f"NRCA{i + 1}",
                "meta.target.proposer_name": "M 81",
                "meta.exposure.exposure_time": SECONDS[i],
                "meta.exposure.start_time": STARTS[i],
                "meta.exposure.nints": 3,
            }
        )
        for i in range(3)
    ]


def set_later(product):
    """Do what a step does after its blend: 200 seconds of 600, another detector, no name."""
    product.meta.exposure.exposure_time = 200.0
    product.meta.exposure.start_time = 59000.05
    product.meta.instrument.detector = "NRCA2"
    product.meta.target.proposer_name = None


def of_a_product_with_rules(inputs, path):
    product = ImageModel()
    blendmodels(product, inputs, record_rules=True)
    set_later(product)
    product.save(path)
    return ProductFile(path)


def of_a_product_without(inputs, path):
    product = ImageModel()
    blendmodels(product, inputs)
    set_later(product)
    product.save(path)
    return ProductFile(path)


def of_a_product_of_jwst(inputs, path):
    product = ImageModel()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jwst.model_blender.blendmodels(product, inputs)
        set_later(product)
        product.save(path)
    return ProductFile(path)


def of_a_second_blend(inputs, path):
    of_a_product_without(inputs, path)
    return blendmodels(path, inputs)


def of_a_result_that_was_set_since(inputs, _path):
    product = ImageModel()
    result = blendmodels(product, inputs)
    set_later(product)
    return result


ALL = [
    of_a_result_that_was_set_since,
    of_a_product_with_rules,
    of_a_product_without,
    of_a_product_of_jwst,
    of_a_second_blend,
]


QUICK = (of_a_result_that_was_set_since, of_a_product_without)


@pytest.fixture(params=all_but_exhaustive(ALL, QUICK), ids=lambda one: one.__name__)
def source(request, inputs, tmp_path):
    return request.param(inputs, tmp_path / "product.fits")


@pytest.fixture
def view(open_page, tmp_path):
    """Return a function that opens the report of a product or of a result."""

    def make(source, **settings):
        return open_page(write_report(source, tmp_path / "report.html"), **settings)

    return make


def row(page, keyword):
    return page.locator(f"tr.fact:has(bdi.keyword:text-is('{keyword}'))")


def cells(page, keyword):
    return [" ".join(one.split()) for one in row(page, keyword).locator("td").all_inner_texts()]


def opened(page, keyword):
    row(page, keyword).locator("button.name").click()
    page.evaluate("() => new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))")
    return row(page, keyword).locator("xpath=following-sibling::tr[1]")


def told(page, keyword):
    """What a row opens to, by its name."""
    facts = opened(page, keyword).locator(".facts > div")
    return {
        one.locator("dt").inner_text(): " ".join(one.locator("dd").inner_text().split())
        for one in facts.all()
    }


def keywords(page):
    return page.locator("tr.fact:visible bdi.keyword").all_text_contents()


def test_values_that_were_set_later(source, view):
    page = view(source)
    sum_ = ["sum of the blend", f"blender-rules-std {VERSION}", "3", "3"]
    assert cells(page, "EFFEXPTM") == ["200.0 s set later the blend gave 600.0 s", *sum_]
    assert cells(page, "DETECTOR")[:2] == [
        "NRCA2 set later the blend gave MULTIPLE", "multi of the blend",
    ]  # fmt: skip
    assert cells(page, "TARGPROP")[:2] == [
        "none taken out later the blend gave M 81", "first of the blend",
    ]  # fmt: skip
    assert "later" not in cells(page, "NINTS")[0]
    facts = told(page, "EFFEXPTM")
    assert facts["Value"] == "Set after the blend, which gave 600.0 by sum of 3 inputs."
    assert "Rule" not in facts
    assert facts["Rule of the blend"].startswith("sum ")
    assert told(page, "TARGPROP")["Value"] == (
        "Taken out after the blend, which gave M 81 by first of 3 inputs."
    )


def test_they_have_a_filter_with_their_number(source, view):
    page = view(source)
    button = page.get_by_role("button", name="Set later")
    assert button.inner_text() == "Set later 4"
    button.focus()
    page.keyboard.press("Enter")
    assert set(keywords(page)) == {"EFFEXPTM", "EXPSTART", "DETECTOR", "TARGPROP"}
    assert button.get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Warnings").click()
    assert "EFFEXPTM" not in keywords(page)
    page.locator("[data-show=all]").click()
    page.locator("#search").fill("600.0")  # what the blend gave is found, too
    assert keywords(page) == ["EFFEXPTM"]


def test_where_there_are_none_there_is_no_filter(inputs, view):
    page = view(blendmodels(ImageModel(), inputs))
    assert page.get_by_role("button", name="Set later").count() == 0
    assert page.locator("[data-show=later]").is_hidden()


def test_pictures_have_both_values(source, view):
    page = view(source)
    detail = opened(page, "EXPSTART")
    labels = {one.text_content() for one in detail.locator("svg text.label").all()}
    assert labels == {"min: 59000.0", "set later: 59000.05"}
    blended, later = (detail.locator(f"line.{one}") for one in ("blended", "later"))
    # The first dot is at the least value, and halfway to the second is what was set later.
    heights = [
        float(one.split()[1].removesuffix("h0"))
        for one in detail.locator("path.dots").get_attribute("d").split("M")[1:]
    ]
    assert float(blended.get_attribute("y1")) == pytest.approx(heights[0], abs=0.2)
    halfway = (heights[0] + heights[1]) / 2
    assert float(later.get_attribute("y1")) == pytest.approx(halfway, abs=0.2)
    assert detail.locator("circle.taken").count() == 0
    bars = opened(page, "DETECTOR")
    assert bars.locator(".is-later bdi").all_text_contents() == ["NRCA2"]
    assert "Blended: MULTIPLE, which is no input's value." in bars.inner_text()


def test_a_value_far_beyond_the_inputs(inputs, view, tmp_path):
    product = ImageModel()
    blendmodels(product, inputs)
    product.meta.exposure.exposure_time = 9000.0
    product.save(tmp_path / "product.fits")
    detail = opened(view(ProductFile(tmp_path / "product.fits")), "EFFEXPTM")
    boxes = [detail.locator(f"svg text.label.{one}").bounding_box() for one in ("later", "blended")]
    assert detail.locator("path.arrow").count() == 2
    assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]


@pytest.mark.parametrize("width", all_but_exhaustive((320, 400, 1280), (320,)))
def test_labels_do_not_meet(inputs, view, tmp_path, width):
    product = ImageModel()
    blendmodels(product, inputs)
    product.meta.exposure.start_time = 59000.0012345678
    product.save(tmp_path / "product.fits")
    page = view(ProductFile(tmp_path / "product.fits"), viewport={"width": width, "height": 900})
    detail = opened(page, "EXPSTART")
    later, blended = (
        detail.locator(f"svg text.label.{one}").bounding_box() for one in ("later", "blended")
    )
    assert later["x"] + later["width"] <= blended["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Set later").click()
    assert keywords(page) == ["EXPSTART"]


def test_the_name_and_the_date_of_the_file_are_under_no_rule(inputs, view, tmp_path):
    page = view(of_a_product_with_rules(inputs, tmp_path / "product.fits"))
    assert cells(page, "FILENAME") == ["product.fits file's own", "none", "", "3", "3"]
    facts = told(page, "FILENAME")
    assert facts["Value"] == "The file has its own."
    assert not {"Rule", "Provider", "Asked for by", "Taken from"} & set(facts)
    detail = row(page, "FILENAME").locator("xpath=following-sibling::tr[1]").inner_text()
    assert "The file's own: product.fits, which is no input's value." in detail
    assert "Blended" not in detail


def test_a_value_that_no_rule_made_is_under_none(inputs, view):
    product = ImageModel()
    product.meta.resample.pixfrac = 0.75
    page = view(blendmodels(product, inputs, ignore=["meta.exposure.nints"]))
    assert cells(page, "PIXFRAC")[:2] == ["0.75 product's own", "first gave none"]
    assert told(page, "PIXFRAC")["Value"] == "The product's own: the blend did not set it."
    assert cells(page, "NINTS")[1] == "keep"


@pytest.mark.parametrize("record_rules", [None, True])
def test_amended_values(inputs, view, tmp_path, record_rules):
    product = ImageModel()
    blendmodels(product, inputs, record_rules=record_rules)
    set_later(product)
    product.save(tmp_path / "product.fits")
    amended = tmp_path / "amended.fits"
    overrides = {"EFFEXPTM": "max", "EXPSTART": "first", "NINTS": "drop", "TARGPROP": "last"}
    amend(tmp_path / "product.fits", overrides=overrides, output=amended)
    source = ProductFile(amended)
    page = view(source)
    max_ = ["max", f"blender-rules-std {VERSION}", "3", "3"]
    assert cells(page, "EFFEXPTM") == ["300.0 s amended", *max_]
    assert told(page, "EFFEXPTM")["Value"] == "Amended after the blend: before, it was 200.0."
    assert cells(page, "NINTS")[:2] == ["none amended", "drop"]
    assert told(page, "NINTS")["Value"] == "Amended after the blend: before, it was 3."
    assert cells(page, "TARGPROP")[0] == "M 81 amended"
    assert told(page, "TARGPROP")["Value"] == "Amended after the blend."  # there was none
    # What was set later and nobody amended is still so.
    page.get_by_role("button", name="Set later").click()
    assert keywords(page) == ["DETECTOR"]
    notes = facts_of(source).notes
    assert len(notes) == (record_rules is None)
    assert all("only known of those that were amended" in one for one in notes)


def test_amended_to_what_it_was(inputs, view, tmp_path):
    path = tmp_path / "product.fits"
    blendmodels(ImageModel(), inputs, output=path)
    amend(path, overrides={"EXPSTART": "first"}, output=tmp_path / "amended.fits")
    facts = told(view(ProductFile(tmp_path / "amended.fits")), "EXPSTART")
    assert facts["Value"] == "Amended after the blend, to what it was before."


def test_an_override_in_place_of_a_later_value(inputs, view, tmp_path):
    path = tmp_path / "product.fits"
    of_a_product_without(inputs, path)
    output = tmp_path / "blended.fits"
    result = blendmodels(path, inputs, overrides={"EFFEXPTM": "max"}, output=output)
    for source in (result, ProductFile(output)):
        fact = next(one for one in facts_of(source).attributes if one.outcome.keyword == "EFFEXPTM")
        assert (fact.outcome.status, fact.value) == (Status.SET, 300.0)
        assert fact.outcome.replaced == 200.0
    page = view(source)
    assert cells(page, "EFFEXPTM")[:2] == ["300.0 s", "max"]
    facts = told(page, "EFFEXPTM")
    assert facts["Value"] == "It replaces 200.0, which was set after an earlier blend."


def test_what_was_dropped_or_refused_and_set_since(inputs):
    inputs[0].meta.exposure.nints = 4
    product = ImageModel()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        overrides = {"NINTS": "mean", "EFFEXPTM": "drop"}
        result = blendmodels(product, inputs, overrides=overrides)
    product.meta.exposure.nints, product.meta.exposure.exposure_time = 5, 7.0
    found = {one.outcome.keyword: one for one in facts_of(result).attributes}
    for keyword, value in (("NINTS", 5), ("EFFEXPTM", 7.0)):
        outcome = found[keyword].outcome
        assert (outcome.status, outcome.value, outcome.blended) == (Status.LATER, value, None)
        assert found[keyword].warning == ""
    assert result.set_since == {"meta.exposure.nints": 5, "meta.exposure.exposure_time": 7.0}


def test_of_what_was_left_as_it_was_nothing_was_set(inputs, tmp_path):
    inputs[0].meta.wcsinfo.cd1_1 = 0.1
    result = blendmodels(ImageModel(), inputs)
    assert result.set_since == {}
    result.save(tmp_path / "product.fits")
    assert result.set_since == {}
    assert blendmodels(None, inputs).set_since == {}
    assert blendmodels(tmp_path / "product.fits", inputs).set_since == {}


def test_how_it_is_known_without_rules(inputs, tmp_path):
    without = facts_of(of_a_product_without(inputs, tmp_path / "product.fits")).notes
    assert [one.startswith("That values were set after the blend") for one in without] == [
        False, True,
    ]  # fmt: skip
    blendmodels(ImageModel(), inputs, output=tmp_path / "as_blended.fits")
    (note,) = facts_of(ProductFile(tmp_path / "as_blended.fits")).notes
    assert "no table HDRRULES" in note


def test_a_value_amended_from_some_of_the_inputs_is_partial(inputs, view, tmp_path):
    inputs[0].meta.exposure.exposure_time = None
    blendmodels(ImageModel(), inputs, output=tmp_path / "product.fits")
    amend(
        tmp_path / "product.fits", overrides={"EFFEXPTM": "mean"}, output=tmp_path / "amended.fits"
    )
    page = view(ProductFile(tmp_path / "amended.fits"))
    assert cells(page, "EFFEXPTM")[0] == "250.0 s amended partial"


def test_a_refused_value_is_told_of_a_product_on_disk(inputs, view, tmp_path):
    inputs[0].meta.exposure.nints = 4  # of 4, 3 and 3 the mean is no integer
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        blendmodels(
            ImageModel(), inputs, overrides={"NINTS": "mean"}, output=tmp_path / "product.fits"
        )
    page = view(ProductFile(tmp_path / "product.fits"))
    assert cells(page, "NINTS")[:2] == [f"{10 / 3} refused", "mean"]


def test_without_javascript_and_in_print(inputs, view, tmp_path):
    source = of_a_product_with_rules(inputs, tmp_path / "product.fits")
    page = view(source, java_script_enabled=False)
    assert cells(page, "EFFEXPTM")[0] == "200.0 s set later the blend gave 600.0 s"
    page.emulate_media(media="print")
    assert row(page, "EFFEXPTM").locator(".mark.later").is_visible()
