"""The report of very many inputs: it has some of them, says so, and stays small."""

import numpy as np
import pytest
from astropy.io import fits
from large_products import VARYING, cell, write_product

from blender_core import ProductFile
from blender_core.report import write_report
from blender_core.report.drawn import draw
from blender_core.report.model import facts_of

ROWS = 20_000
SPECIAL = 12_347
"""An input that is not among those that are evenly chosen, with the largest and rarest values."""


EVEN = {i * (ROWS - 1) // 1999 for i in range(2000)}
SPARSE = [7, *(i for i in range(5000, 5100) if i not in EVEN)]
"""Inputs that are not evenly chosen, which alone have some value."""


def with_extremes(attribute, i):
    if attribute.path == "meta.wcsinfo.ra_ref":
        return i * 7919 % 1009 / 4 if i in SPARSE else None
    if attribute.path == "meta.exposure.duration":
        return 1e6 if i == SPECIAL else cell(attribute, i)
    return cell(attribute, i)


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    path = tmp_path_factory.mktemp("many") / "product.fits"
    write_product(path, ROWS, len(VARYING), cell=with_extremes)
    return ProductFile(path)


def test_which_are_drawn(product):
    facts = facts_of(product)
    drawn = draw(facts)
    assert len(drawn.even) <= 2000
    assert {0, ROWS - 1, SPECIAL} <= set(drawn.rows)
    assert SPECIAL not in drawn.even
    steps = set(np.diff(drawn.even))
    assert max(steps) - min(steps) <= 1
    assert sorted(set(drawn.rows)) == list(drawn.rows)


def test_extremes_of_each_attribute_are_listed(product):
    """Found by numpy in what astropy reads: the smallest and the largest of all values."""
    facts = facts_of(product)
    drawn = draw(facts)
    numbers = {fact.outcome.keyword: i for i, fact in enumerate(facts.attributes)}
    n_compared = 0
    with fits.open(product.path) as hdulist:
        table = hdulist["HDRTAB"].data
        for column in hdulist["HDRTAB"].columns:
            cells = np.array(table[column.name])
            present = ~np.isnan(cells) if cells.dtype.kind == "f" else np.ones(ROWS, bool)
            if column.null is not None:
                present &= cells != column.null
            if cells.dtype.kind == "b" or (cells == cells[0]).all():
                continue
            number = numbers[column.name]
            listed = sorted({*drawn.even, *drawn.extremes[number]})
            of_all, of_listed = cells[present], cells[listed][present[listed]]
            assert sorted(of_all)[:1] == sorted(of_listed)[:1], column.name
            assert sorted(of_all)[-1:] == sorted(of_listed)[-1:], column.name
            n_compared += 1
    assert n_compared == len(VARYING) - 1  # TSOVISIT has two values


def test_the_page(product, open_page, tmp_path):
    path = write_report(product, tmp_path / "report.html")
    assert path.stat().st_size < 3_000_000
    page = open_page(path)
    assert "20,000 inputs blended" in page.locator("header .span").inner_text()
    assert "Of the 20,000 inputs, " in page.locator(".notes").inner_text()
    assert " of 20,000" in page.locator("details.inputs summary .count").inner_text()
    assert page.locator("details.inputs tbody tr").count() < 2200

    def opened(keyword):
        row = page.locator(f"tr.fact:has(bdi.keyword:text-is('{keyword}'))")
        row.locator("button.name").click()
        return row.locator("xpath=following-sibling::tr[1]")

    # A quarter of all inputs, not of those that are listed.
    bars = opened("DETECTOR").locator(".bars li .number").all_inner_texts()
    assert bars == ["5000"] * 4
    duration = opened("DURATION")
    duration.locator("button.more").click()
    lines = duration.locator(".values tbody tr").all_inner_texts()
    assert f"{SPECIAL + 1}\t1000000.0\tjw01234{SPECIAL:07d}_02101_00001_nrca1_cal.fits" in lines
    assert any("no value" in line for line in lines)
    # All inputs that are evenly chosen, and of the others the two extremes.
    assert len(lines) <= len(draw(facts_of(product)).even) + 3


def test_few_inputs_are_all_there(tmp_path):
    write_product(tmp_path / "few.fits", 300, len(VARYING))
    drawn = draw(facts_of(ProductFile(tmp_path / "few.fits")))
    assert drawn.is_all
    assert drawn.note == ""


def test_long_texts_leave_room_for_fewer(tmp_path):
    def long(attribute, i):
        if attribute.path == "meta.target.proposer_name":
            return f"{i:07d}" * 280
        return cell(attribute, i)

    write_product(tmp_path / "long.fits", 6000, len(VARYING), cell=long)
    path = write_report(ProductFile(tmp_path / "long.fits"), tmp_path / "report.html")
    assert 1_000_000 < path.stat().st_size < 10_000_000
