"""The command ``preview``: what a blend gives, without a product."""

import json
import math
import shutil
from pathlib import Path

import pytest
from astropy.io import fits
from astropy.table import Table
from stdatamodels.jwst import datamodels

FRAME = 10.73677  # s; each of the exposures has 29
SECONDS = math.fsum([round(29 * FRAME, 3)] * 4)


def line(text, keyword):
    (found,) = (each for each in text.splitlines() if each.split()[:1] == [keyword])
    return found.split()


def by_attribute(content):
    return {each["attribute"]: each for each in content["outcomes"]}


def test_lines(command, exposures):
    before = {path: path.read_bytes() for path in exposures}
    text = command("preview", *exposures).stdout
    assert line(text, "EFFEXPTM")[1:4] == ["meta.exposure.exposure_time", str(SECONDS), "sum"]
    assert line(text, "EFFEXPTM")[4:7] == ["1", "in", "4"]
    assert line(text, "DETECTOR")[2:7] == ["MULTIPLE", "multi", "4", "in", "4"]
    assert line(text, "DETECTOR")[7:] == ["NRCA1,", "NRCA2,", "NRCA3,", "NRCA4"]
    assert line(text, "FILTER")[7:] == ["F115W", "(4)"]
    assert "meta.telescope" not in text
    assert "meta.telescope" in command("preview", *exposures, "--all").stdout
    assert {path: path.read_bytes() for path in exposures} == before
    assert sorted(Path().iterdir()) == sorted(exposures)


def test_it_is_what_a_blend_gives(printed_json, product, exposures):
    previewed = printed_json("preview", *exposures)
    blended = printed_json("blend", product, *exposures, "--replace-later")
    assert previewed["values"] == blended["values"]
    assert (previewed["n_inputs"], previewed["columns"]) == (4, blended["columns"])
    header = fits.getheader(product)
    assert header["EFFEXPTM"] == previewed["values"]["meta.exposure.exposure_time"] == SECONDS


def test_who_said_what(printed_json, exposures):
    with datamodels.open(str(exposures[3])) as model:
        model.meta.instrument.filter = "F200W"
        model.meta.exposure.ngroups = None
        model.save(exposures[3])
    outcomes = by_attribute(printed_json("preview", *exposures))
    found = outcomes["meta.instrument.filter"]
    assert found["said"] == [{"value": "F115W", "inputs": 3}, {"value": "F200W", "inputs": 1}]
    assert (found["value"], found["rule"], found["n_inputs"]) == ("MULTIPLE", "multi", 4)
    assert found["provider"]["distribution"] == "blender-rules-std"
    assert outcomes["meta.exposure.ngroups"]["said"] == [{"value": 6, "inputs": 3}]
    assert outcomes["meta.exposure.ngroups"]["inputs"] == [6, 6, 6, None]


def test_overrides_of_all_kinds(printed_json, exposures):
    Path("team.toml").write_text('[[override]]\nattribute = "EFFEXPTM"\nrule = "max"\n')
    options = ["--rules", "team.toml", "--override", "DETECTOR=first", "--ignore", "meta.wcsinfo"]
    content = printed_json("preview", *exposures, *options)
    assert content["values"]["meta.exposure.exposure_time"] == round(29 * FRAME, 3)
    assert content["values"]["meta.instrument.detector"] == "NRCA1"
    outcomes = by_attribute(content)
    assert outcomes["meta.exposure.exposure_time"]["asked_by"] == "team.toml"
    assert outcomes["meta.wcsinfo.crval1"]["status"] == "kept"


def test_a_table_for_astropy(command, exposures):
    text = command("preview", *exposures, "--ecsv").stdout
    table = Table.read(text, format="ascii.ecsv")
    row = table[table["keyword"] == "EFFEXPTM"][0]
    assert float(row["value"]) == SECONDS
    assert (row["rule"], row["n_inputs"], row["n_distinct"]) == ("sum", 4, 1)
    assert table["value"].mask[list(table["keyword"]).index("CRVAL1")]
    of_all = command("preview", *exposures, "--ecsv", "--all").stdout
    assert len(table) < len(Table.read(of_all, format="ascii.ecsv"))


def test_a_report(command, printed_json, refused, exposures):
    content = printed_json("preview", *exposures, "--report", "p.html")
    assert content["report"] == "p.html"
    assert "EFFEXPTM" in Path("p.html").read_text()
    assert "--overwrite" in refused("preview", *exposures, "--report", "p.html")
    command("preview", *exposures, "--report", "p.html", "--overwrite", "--quiet")
    assert "would replace" in refused(
        "preview", *exposures, "p.html", "--report", "p.html", "--overwrite"
    )


def test_patterns_lists_and_associations(printed_json, exposures):
    Path("list.txt").write_text("\n".join(map(str, exposures)))
    members = [{"expname": str(path), "exptype": "science"} for path in exposures]
    Path("asn.json").write_text(json.dumps({"products": [{"name": "p", "members": members}]}))
    expected = printed_json("preview", *exposures)["values"]
    for named in ("*_cal.fits", "@list.txt", "asn.json"):
        content = printed_json("preview", named)
        assert (content["values"], content["n_inputs"]) == (expected, 4)


def test_bad_inputs(command, refused, exposures):
    Path("bad_cal.fits").write_bytes(exposures[0].read_bytes()[:3000])
    assert "bad_cal.fits" in refused("preview", *exposures, "bad_cal.fits")
    done = command("preview", *exposures, "bad_cal.fits", "--on-bad-input", "skip")
    assert "Left out: input 5 (bad_cal.fits)" in done.stdout
    assert line(done.stdout, "EFFEXPTM")[2] == str(SECONDS)


def test_a_file_that_is_given_twice(command, exposures):
    shutil.copy(exposures[0], "a.fits")
    assert "a.fits is given 2 times" in command("preview", "a.fits", "a.fits").stderr


def test_two_forms(command, exposures):
    done = command("preview", *exposures, "--ecsv", "--json", status=2)
    assert "choose one" in json.loads(done.stderr)["error"]["message"]


@pytest.mark.parametrize("option", [[], ["--quiet"]])
def test_overrides_that_do_not_hold(command, exposures, option):
    Path("team.toml").write_text(
        '[[override]]\nattribute = "EFFEXPTM"\nrule = "max"\nwhen = { instrument = "MIRI" }\n'
    )
    done = command("preview", *exposures, "--rules", "team.toml", *option)
    assert ("does not hold here" in done.stderr) is not bool(option)
