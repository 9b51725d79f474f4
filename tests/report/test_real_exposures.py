"""Reports of real exposures, the files that jwst carries, compared with their headers."""

import datetime
import warnings
from pathlib import Path

import jwst
import pytest
from astropy.io import fits
from astropy.time import Time
from stdatamodels.jwst import datamodels

from blender_core import blendmodels
from blender_core.report import write_report

DATA = Path(jwst.__file__).parent / "associations" / "tests" / "data"


@pytest.mark.parametrize(("folder", "count"), [("exposures", 3), ("exposures_nopsf", 18)])
def test_a_report_tells_what_the_headers_say(folder, count, tmp_path, open_page):
    files = sorted((DATA / folder).glob("*.fits"))
    assert len(files) == count
    headers = [fits.getheader(file) for file in files]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some values are none of today's
        with datamodels.open(files[0]) as first:
            result = blendmodels(type(first)(), files)
    page = open_page(write_report(result, tmp_path / "report.html"))

    def value(keyword):
        row = page.locator(f"tr.fact:has(bdi.keyword:text-is('{keyword}'))")
        return row.locator(".value bdi").text_content()

    assert page.locator("header .span").inner_text().startswith(f"{count} inputs")
    assert float(value("EXPSTART")) == min(header["EXPSTART"] for header in headers)
    assert float(value("EXPEND")) == max(header["EXPEND"] for header in headers)
    assert value("INSTRUME") == headers[0]["INSTRUME"]
    assert page.locator("#timeline rect.bar").count() == count
    page.locator("tr.fact:has(bdi.keyword:text-is('EXPSTART')) button.name").click()
    listed = page.locator(".opened .values tbody tr td:nth-child(2)").all_text_contents()
    if listed:
        assert [float(one) for one in listed] == [header["EXPSTART"] for header in headers]
    page.locator("details.inputs summary").click()
    starts = page.locator("details.inputs tbody tr td:nth-child(5)").all_text_contents()
    for shown, header in zip(starts, headers, strict=True):
        moment = datetime.datetime.fromisoformat(shown)
        assert abs((Time(moment) - Time(header["EXPSTART"], format="mjd")).sec) < 2
