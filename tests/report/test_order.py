"""The table of attributes in the order of a column."""

import pytest
from stdatamodels.jwst.datamodels import ImageModel

COLUMNS = ["Attribute", "Product's value", "Rule", "Provider", "Inputs", "Values"]
AS_IN_THE_SCHEMA = ["TARGPROP", "DETECTOR", "EFFEXPTM", "NINTS", "NGROUPS", "GROUPGAP"]


@pytest.fixture(scope="module")
def report(make_report):
    """Three exposures: a detector each, times of 9, 10 and 100 seconds, of which two are known."""
    rows = [
        {
            "meta.instrument.detector": detector,
            "meta.exposure.exposure_time": seconds,
            "meta.exposure.nints": nints,
            "meta.exposure.ngroups": 10,
            "meta.exposure.groupgap": 2,
            "meta.target.proposer_name": "M 81",
        }
        for detector, seconds, nints in [("NRCA1", 9.0, 1), ("NRCA2", 100.0, 2), ("NRCA3", None, 1)]
    ]
    product = ImageModel()
    product.meta.exposure.nframes = 4
    return make_report(
        rows, product=product, ignore=["meta.filename", "meta.date", "meta.model_type"]
    )


@pytest.fixture
def page(report, open_page):
    return open_page(report)


def keywords(page):
    """The keywords of the rows that are shown, but for those that every file has."""
    found = page.locator("tr.fact:visible bdi.keyword").all_text_contents()
    return [one for one in found if one not in ("DATE", "DATAMODL", "FILENAME", "TELESCOP")]


def head(page, name):
    return page.locator("table.attributes thead button", has_text=name)


def sorts(page):
    """The heads' aria-sort, by name, as far as they have one."""
    heads = page.locator("table.attributes thead th").all()
    return {one.inner_text(): said for one in heads if (said := one.get_attribute("aria-sort"))}


def test_every_head_is_a_button_that_says_nothing_of_an_order_yet(page):
    assert page.locator("thead button.order").all_inner_texts() == COLUMNS
    assert sorts(page) == {}
    assert page.locator("tr.group:visible").count() > 1


def test_up_and_down_and_as_before(page):
    before = keywords(page)
    assert sorted(before) == sorted([*AS_IN_THE_SCHEMA, "NFRAMES"])
    head(page, "Values").click()
    # DETECTOR has three values, EFFEXPTM and NINTS two; of NFRAMES no input has any.
    assert sorts(page) == {"Values": "ascending"}
    assert keywords(page)[0] == "NFRAMES"
    assert set(keywords(page)[-3:-1]) == {"EFFEXPTM", "NINTS"}
    assert keywords(page)[-1] == "DETECTOR"
    assert page.locator("tr.group:visible").count() == 0
    head(page, "Values").click()
    assert sorts(page) == {"Values": "descending"}
    assert keywords(page)[0] == "DETECTOR"
    assert keywords(page)[-1] == "NFRAMES"
    head(page, "Values").click()
    assert sorts(page) == {}
    assert keywords(page) == before
    assert page.locator("tr.group:visible").count() > 1


def test_another_column_takes_over(page):
    head(page, "Values").click()
    head(page, "Attribute").click()
    assert sorts(page) == {"Attribute": "ascending"}
    assert keywords(page) == [
        "EFFEXPTM", "GROUPGAP", "NFRAMES", "NGROUPS", "NINTS", "DETECTOR", "TARGPROP",
    ]  # fmt: skip


def test_numbers_are_ordered_as_numbers_before_texts(page):
    page.locator("#search").fill("meta.exposure")
    head(page, "Product's value").click()
    # 1, 2, 4, 10 and 109, of which texts would have the 10 second.
    assert keywords(page) == ["NINTS", "GROUPGAP", "NFRAMES", "NGROUPS", "EFFEXPTM"]
    page.locator("#search").fill("")
    assert [one for one in keywords(page) if one in AS_IN_THE_SCHEMA][-2:] == [
        "TARGPROP", "DETECTOR",
    ]  # fmt: skip  # M 81, MULTIPLE


@pytest.mark.parametrize("presses", [1, 2])
def test_what_has_no_value_comes_last(page, presses):
    page.locator("#empty").check()
    for _ in range(presses):
        head(page, "Product's value").click()
    values = page.locator("tr.fact td.value").all_inner_texts()
    first = values.index("none")
    assert first >= 7
    assert set(values[first:]) == {"none"}


def test_names_are_whole_paths_outside_of_their_groups(page):
    row = page.locator("tr.fact:has(bdi.keyword:text-is('NINTS')) button.name")
    assert row.inner_text() == "nints"
    head(page, "Rule").click()
    assert row.inner_text() == "meta.exposure.nints"
    for _ in range(2):
        head(page, "Rule").click()
    assert row.inner_text() == "nints"


def test_what_is_open_goes_with_its_row(page):
    row = page.locator("tr.fact:has(bdi.keyword:text-is('EFFEXPTM'))")
    row.locator("button.name").click()
    for _ in range(3):
        head(page, "Product's value").click()
        below = row.locator("xpath=following-sibling::tr[1]")
        assert below.get_attribute("class") == "detail"
        assert "meta.exposure.exposure_time" in below.inner_text()
        assert below.is_visible()


def test_filters_hold_in_any_order(page):
    page.get_by_role("button", name="Varied").click()
    head(page, "Inputs").click()
    assert keywords(page)[0] == "EFFEXPTM"  # of two inputs
    assert set(keywords(page)) == {"DETECTOR", "EFFEXPTM", "NINTS"}
    page.get_by_role("button", name="All").click()
    assert len(keywords(page)) == 7
    assert sorts(page) == {"Inputs": "ascending"}


def test_by_keyboard(page):
    head(page, "Attribute").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert sorts(page) == {"Product's value": "ascending"}
    page.keyboard.press("Space")
    assert sorts(page) == {"Product's value": "descending"}
    assert page.evaluate("document.activeElement.textContent") == "Product's value"


def test_where_there_is_no_room_for_heads_there_is_a_list(report, open_page):
    page = open_page(report, viewport={"width": 390, "height": 800})
    assert head(page, "Values").is_hidden()
    page.get_by_label("Order").select_option("Values, descending")
    assert keywords(page)[0] == "DETECTOR"
    page.get_by_label("Order").select_option("As in the schema")
    assert keywords(page)[0] != "DETECTOR"
    assert page.locator("tr.group:visible").count() > 1
    wide = open_page(report)
    assert wide.get_by_label("Order").is_hidden()


def test_without_javascript_there_is_nothing_to_press(report, open_page):
    page = open_page(report, java_script_enabled=False)
    assert page.locator("thead button").count() == 0
    assert page.locator("table.attributes thead th").all_inner_texts() == COLUMNS


@pytest.mark.exhaustive
def test_a_large_report(make_report, open_page):
    rows = [
        {"meta.filename": f"exposure{i}.fits", "meta.exposure.exposure_time": float(i % 10)}
        for i in range(1000)
    ]
    page = open_page(make_report(rows))
    page.locator("#empty").check()
    n_rows = page.locator("tr.fact").count()
    assert n_rows > 400
    head(page, "Values").click()
    head(page, "Values").click()
    assert keywords(page)[0] == "EFFEXPTM"  # FILENAME has more
    assert page.locator("tbody.in-order tr.fact").count() == n_rows
    head(page, "Values").click()
    assert page.locator("tr.fact").count() == n_rows
