"""The command `model-blender amend`."""

import json
import math
import shutil
import warnings
from pathlib import Path

import jwst.model_blender
import pytest
from astropy.io import fits
from stdatamodels.jwst import datamodels

SECONDS = 311.366  # of each of the exposures: 29 frames of 10.73677 s
TOTAL = math.fsum([SECONDS] * 4)


@pytest.fixture(scope="module")
def finished_by_jwst(saved_product, invented_exposures, tmp_path_factory):
    path = tmp_path_factory.mktemp("finished") / "product.fits"
    models = [datamodels.open(one) for one in invented_exposures[:4]]
    with datamodels.open(saved_product) as model, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jwst.model_blender.blendmodels(model, models)
        model.save(path)
    for model in models:
        model.close()
    return path


@pytest.fixture
def finished(finished_by_jwst, here):
    """A product that jwst's own blender has blended."""
    return Path(shutil.copy(finished_by_jwst, here)).relative_to(here)


@pytest.fixture
def team():
    override = "[[override]]\nattribute = 'EFFEXPTM'\nrule = 'max'\n"
    Path("team.toml").write_text(override)
    return "team.toml"


def seconds_in(path):
    return fits.getval(path, "EFFEXPTM")


def test_to_another_file(command, finished, team):
    before = finished.read_bytes()
    options = ["--rules", team, "--override", "EXPSTART=min", "-o", "new.fits"]
    lines = command("amend", finished, *options).stdout.splitlines()
    assert lines[0] == "new.fits: 1 value amended"
    assert lines[1].split() == ["keyword", "attribute", "before", "after", "rule", "provider"]
    row = ["EFFEXPTM", "meta.exposure.exposure_time", str(TOTAL), str(SECONDS), "max"]
    assert lines[2].split()[:5] == row
    assert lines[2].split()[5] == "blender-rules-std"
    assert lines[3:] == ["1 more is decided anew with the value that was there (--all shows them)."]
    assert (seconds_in(finished), seconds_in("new.fits")) == (TOTAL, SECONDS)
    assert finished.read_bytes() == before
    assert "EXPSTART" in command("amend", finished, *options, "--all", "--overwrite").stdout
    assert command("explain", "new.fits", "EFFEXPTM").stdout.splitlines()[0] == (
        f"meta.exposure.exposure_time (EFFEXPTM) is {SECONDS}, taken from input 1, amended, "
        f"instead of {TOTAL}."
    )


def test_in_place(command, refused, finished, team):
    assert "--output FILE, or --overwrite for product.fits itself" in refused(
        "amend", finished, "--rules", team
    )
    command("amend", finished, "--rules", team, "--overwrite")
    assert seconds_in(finished) == SECONDS
    command("amend", finished, "--override", "EFFEXPTM=sum", "--output", finished, "--quiet")
    assert seconds_in(finished) == TOTAL


def test_dry_run(command, printed_json, finished, team):
    before = finished.read_bytes()
    lines = command("amend", finished, "--rules", team, "--dry-run").stdout.splitlines()
    assert lines[0] == "product.fits: 1 value would be amended"
    assert lines[1].split() == ["keyword", "attribute", "now", "then", "rule", "provider"]
    assert lines[-1] == "Nothing has been written."
    told = printed_json("amend", finished, "--rules", team, "--dry-run")
    assert (told["product"], told["written"]) == ("product.fits", False)
    (value,) = told["values"]
    assert value["attribute"] == "meta.exposure.exposure_time"
    assert (value["now"], value["then"], value["changes"]) == (TOTAL, SECONDS, True)
    assert (value["rule"], value["asked_by"]) == ("max", "team.toml")
    assert finished.read_bytes() == before


def test_installed_plugins_and_the_environment(command, refused, finished, install, monkeypatch):
    install(
        "team-rules",
        "team",
        "from blender_core import Override, hookimpl\n"
        "@hookimpl\n"
        "def blender_overrides():\n"
        "    return [Override(attribute='EFFEXPTM', rule='max')]",
    )
    command("amend", finished, "-o", "new.fits")
    assert seconds_in("new.fits") == SECONDS
    assert "no override holds" in refused("amend", finished, "-o", "x.fits", "--block", "team")
    monkeypatch.setenv("MODEL_BLENDER_BLOCK", "team")
    assert "no override holds" in refused("amend", finished, "-o", "x.fits")
    assert not Path("x.fits").exists()


def test_what_it_cannot_do(refused, saved_product, finished, team):
    arguments = ["amend", finished, "--rules", team]
    assert "there is no product none.fits" in refused(
        "amend", "none.fits", "--rules", team, "-o", "a.fits"
    )
    Path("taken.fits").write_bytes(b"")
    assert "with --overwrite" in refused(*arguments, "-o", "taken.fits")
    assert "no column" in refused(*arguments, "--override", "TIMEUNIT=multi", "-o", "a.fits")
    never_blended = ["amend", saved_product, "--rules", team, "-o", "a.fits"]
    assert "no table HDRTAB" in refused(*never_blended)
    assert not Path("a.fits").exists()


def test_json_with_all(printed_json, finished):
    options = ["--override", "EXPSTART=min", "-o", "new.fits", "--all"]
    told = printed_json("amend", finished, *options)
    assert [(one["keyword"], one["changes"]) for one in told["values"]] == [("EXPSTART", False)]
    assert json.dumps(told)
    assert told["written"]
