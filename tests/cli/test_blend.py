"""The command `model-blender blend`."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jwst
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from stdatamodels.jwst import datamodels

from blender_core import BlendWarning
from blender_core.cli.inputs import given_inputs

SECONDS = 311.366  # of each of the exposures: 29 frames of 10.73677 s
NAMES = [f"jw01234001001_02101_00001_nrca{detector}_cal.fits" for detector in (1, 2, 3, 4)]


def values_in(path):
    with datamodels.open(str(path)) as model:
        return model.to_flat_dict(include_arrays=False)


def files_of(*arguments):
    """Return the files that arguments of the command stand for."""
    return [path for given in given_inputs(arguments) for path in given.files]


def association(path, members):
    members = [{"expname": str(one), "exptype": kind} for one, kind in members.items()]
    Path(path).write_text(json.dumps({"products": [{"name": "product", "members": members}]}))


class TestProduct:
    def test_takes_the_place_of_the_old_one(self, command, product, exposures):
        pixels = fits.getdata(product, "SCI")
        text = command("blend", product, *exposures).stdout
        values = values_in(product)
        assert values["meta.exposure.exposure_time"] == math.fsum([SECONDS] * 4)
        assert values["meta.instrument.detector"] == "MULTIPLE"
        assert values["meta.filename"] == "product.fits"
        table = Table.read(product, hdu="HDRTAB")
        assert list(table["FILENAME"]) == NAMES
        assert list(table["DETECTOR"]) == ["NRCA1", "NRCA2", "NRCA3", "NRCA4"]
        np.testing.assert_array_equal(fits.getdata(product, "SCI"), pixels)
        assert text.startswith("product.fits: 4 inputs blended\n")
        assert "NRCA1, NRCA2, NRCA3, NRCA4" in text
        with fits.open(product) as hdus:
            assert "HDRRULES" not in hdus

    def test_output(self, command, refused, product, exposures):
        before = product.read_bytes()
        command("blend", product, *exposures, "--output", "out.fits")
        assert product.read_bytes() == before
        assert values_in("out.fits")["meta.instrument.detector"] == "MULTIPLE"
        written = Path("out.fits").read_bytes()
        assert "--overwrite" in refused("blend", product, exposures[0], "-o", "out.fits")
        assert Path("out.fits").read_bytes() == written
        command("blend", product, exposures[0], "-o", "out.fits", "--overwrite")
        assert values_in("out.fits")["meta.instrument.detector"] == "NRCA1"

    def test_asdf(self, command, product, exposures):
        command("blend", product, *exposures, "-o", "out.asdf")
        with datamodels.open("out.asdf") as model:
            assert model.meta.instrument.detector == "MULTIPLE"

    def test_rules(self, command, product, exposures):
        Path("team.toml").write_text('[[override]]\nattribute = "EFFEXPTM"\nrule = "max"\n')
        Path("more.toml").write_text('[[override]]\nattribute = "NGROUPS"\nrule = "sum"\n')
        options = ["--rules", "team.toml", "--rules", "more.toml", "--override", "DETECTOR=last"]
        command("blend", product, *exposures, *options, "--ignore", "meta.filename")
        values = values_in(product)
        assert values["meta.exposure.exposure_time"] == SECONDS
        assert values["meta.exposure.ngroups"] == 4 * 6
        assert values["meta.instrument.detector"] == "NRCA4"

    def test_record_rules(self, command, product, exposures):
        command("blend", product, *exposures, "--record-rules", "--override", "EXPSTART=max")
        recorded = Table.read(product, hdu="HDRRULES")
        (row,) = recorded[recorded["ATTRIBUTE"] == "meta.exposure.start_time"]
        assert (row["RULE"], row["TIER"], row["REASON"]) == ("max", "caller", "--override")

    def test_report(self, command, refused, product, exposures):
        text = command("blend", product, *exposures, "--report", "report.html").stdout
        assert "report.html" in text
        assert NAMES[3] in Path("report.html").read_text()
        before = product.read_bytes()
        assert "--overwrite" in refused("blend", product, exposures[0], "--report", "report.html")
        assert ".html" in refused("blend", product, exposures[0], "--report", "report.pdf")
        assert product.read_bytes() == before

    def test_without_jinja(self, refused, product, exposures, monkeypatch):
        monkeypatch.setitem(sys.modules, "jinja2", None)  # as if it were not installed
        before = product.read_bytes()
        assert "blender-core[report]" in refused("blend", product, *exposures, "--report", "r.html")
        assert product.read_bytes() == before

    def test_mixed(self, command, refused, product, exposures):
        with datamodels.open(str(exposures[1])) as model:
            other = datamodels.CubeModel()
            other.update(model)
            other.save("cube.fits")
        before = product.read_bytes()
        assert "CubeModel" in refused("blend", product, exposures[0], "cube.fits")
        assert product.read_bytes() == before
        command("blend", product, exposures[0], "cube.fits", "--mixed")
        assert values_in(product)["meta.instrument.detector"] == "MULTIPLE"

    def test_expand(self, command, product, exposures):
        command("blend", product, *exposures[:2], "-o", "half.fits")
        command("blend", product, "half.fits", exposures[2], "--expand", "-o", "whole.fits")
        table = Table.read("whole.fits", hdu="HDRTAB")
        assert list(table["DETECTOR"]) == ["NRCA1", "NRCA2", "NRCA3"]
        values = values_in("whole.fits")
        assert values["meta.exposure.exposure_time"] == math.fsum([SECONDS] * 3)

    def test_block(self, refused, product, exposures):
        assert "blender-rules-std" in refused("blend", product, *exposures, "--block", "std")

    def test_quiet(self, command, product, exposures):
        done = command("blend", product, *exposures, "--quiet")
        assert (done.stdout, done.stderr) == ("", "")

    def test_json(self, printed_json, product, exposures):
        told = printed_json("blend", product, *exposures, "-o", "out.fits")
        assert told["product"] == "out.fits"
        assert told["report"] is None
        assert told["n_inputs"] == 4
        assert told["skipped"] == told["warnings"] == []
        assert told["values"]["meta.instrument.detector"] == "MULTIPLE"
        assert "meta.exposure.sca_num" in told["varied"]
        # The file has its own name and date, whatever was blended.
        for own in ("meta.filename", "meta.date"):
            assert own not in told["varied"]
            assert own not in told["values"]
        assert "EXPSTART" in told["columns"]

    def test_varied_is_told(self, command, product, exposures):
        text = command("blend", product, *exposures).stdout
        (line,) = (line for line in text.splitlines() if line.startswith("  varied"))
        assert "SCA_NUM" in line
        assert "DETECTOR" not in line
        # It would be untrue: the file has its own name, not the first input's.
        assert "FILENAME" not in line


class TestSlips:
    """What is allowed, and hardly what was meant."""

    def test_a_file_that_is_given_twice(self, command, product, exposures):
        Path("alias.fits").symlink_to(exposures[0])
        done = command("blend", product, exposures[0], "alias.fits", exposures[1])
        warning = f"Warning: {exposures[0]} is given 2 times, and counts each time\n"
        assert done.stderr == warning
        assert "3 inputs blended" in done.stdout
        assert warning in command("blend", product, *exposures, *exposures[:1], "--dry-run").stderr

    def test_ignoring_what_is_not_there(self, command, product, exposures):
        options = ["--ignore", "EXPSTART", "--ignore", "meta.exposre", "--ignore", "meta.exposure"]
        warnings = (
            "Warning: --ignore EXPSTART means nothing, as no attribute's path begins so: EXPSTART "
            "is meta.exposure.start_time\n"
            "Warning: --ignore meta.exposre means nothing, as no attribute's path begins so\n"
        )
        assert command("blend", product, *exposures, *options).stderr == warnings
        assert command("blend", product, *exposures, *options, "--dry-run").stderr == warnings
        assert command("plan", product, *options).stderr == warnings

    def test_leaving_out_a_plugin_that_is_not_there(self, command, product, exposures):
        warning = (
            "Warning: no plugin 'stt' is installed that could be left out: did you mean 'std'?\n"
        )
        for arguments in (
            ["blend", product, *exposures],
            ["plan", product],
            ["rules"],
            ["plugins"],
        ):
            assert command(*arguments, "--block", "stt").stderr == warning

    def test_no_product_yet(self, refused, exposures):
        message = refused("blend", "new_i2d.fits", *exposures)
        assert "there is no product new_i2d.fits" in message
        assert "model-blender preview INPUT..." in message

    def test_mixed_types(self, refused, product):
        datamodels.ImageModel().save("image.fits")
        datamodels.IFUCubeModel().save("cube.fits")
        message = refused("blend", product, "image.fits", "cube.fits")
        assert message.endswith("a blend has one model type, unless --mixed\n")


class TestBadInputs:
    def test_all_are_told(self, refused, product, exposures):
        Path("cut.fits").write_bytes(exposures[1].read_bytes()[:3000])
        Path("note.fits").write_text("hello")
        before = product.read_bytes()
        message = refused("blend", product, exposures[0], "cut.fits", "note.fits", "none.fits")
        assert [line[:9] for line in message.splitlines()[1:]] == [
            "- input 2",
            "- input 3",
            "- input 4",
        ]
        assert product.read_bytes() == before

    def test_skip(self, command, printed_json, product, exposures):
        arguments = [product, *exposures, "none.fits", "--on-bad-input", "skip"]
        done = command("blend", *arguments)
        assert "4 inputs blended" in done.stdout
        assert "Left out: input 5 (none.fits) cannot be read" in done.stdout
        assert len(Table.read(product, hdu="HDRTAB")) == 4
        assert printed_json("blend", *arguments)["skipped"][0].startswith("input 5 (none.fits)")

    def test_warnings_name_each_fault_once(self, command, product, exposures):
        for path in exposures:
            with fits.open(path, mode="update") as hdus:
                hdus[0].header["VISITYPE"] = "NO_SUCH_TYPE"
        done = command("blend", product, *exposures)
        lines = [line for line in done.stderr.splitlines() if "VISITYPE" in line]
        assert len(lines) == 1
        assert lines[0].startswith(
            f"Warning: {exposures[0]} and 3 more: meta.visit.type (VISITYPE)"
        )

    def test_all_are_left_out(self, refused, product):
        names = [f"none{i}.fits" for i in range(7)]
        text = refused("blend", product, *names, "--on-bad-input", "skip")
        first, second, *told, last = text.splitlines()
        assert first == "Error: nothing to blend: no input was accumulated"
        assert (second, last) == ("Left out: 7", "and 2 more")
        reason = "cannot be read: No such file or directory"
        assert told == [f"- input {i + 1} (none{i}.fits) {reason}" for i in range(5)]


class TestRefused:
    def test_no_product(self, refused, exposures):
        assert refused("blend", "none.fits", *exposures).startswith(
            "Error: there is no product none.fits"
        )

    def test_product_among_the_inputs(self, refused, product, exposures):
        os.link(product, "z_alias.fits")
        before = product.read_bytes()
        assert "z_alias.fits" in refused("blend", product, exposures[0], "z_*.fits")
        assert "leave it out" in refused("blend", product, "*.fits")
        assert product.read_bytes() == before

    def test_output_is_an_input(self, refused, product, exposures):
        before = exposures[1].read_bytes()
        message = refused("blend", product, *exposures, "-o", exposures[1], "--overwrite")
        assert exposures[1].name in message
        assert exposures[1].read_bytes() == before

    @pytest.mark.parametrize("override", ["EXPSTART", "=max", "EXPSTART=", "EXPSTRT=max", "DATE=m"])
    def test_override(self, refused, product, exposures, override):
        assert override.partition("=")[0] in refused(
            "blend", product, *exposures, "--override", override
        )

    def test_rules_file(self, refused, product, exposures):
        Path("team.toml").write_text('[[override]]\nattribut = "EFFEXPTM"\nrule = "max"\n')
        message = refused("blend", product, *exposures, "--rules", "team.toml")
        assert "team.toml, line 2, key 'attribut'" in message

    def test_usage(self, command):
        done = command("blend", status=2)
        assert "PRODUCT" in done.stderr
        assert command("blend", "a.fits", "--on-bad-input", "ignore", status=2).stdout == ""

    def test_ignoring_everything_by_a_slip(self, refused, product, exposures):
        before = product.read_bytes()
        assert "it is empty" in refused("blend", product, *exposures, "--ignore", "")
        assert "it is empty" in refused("plan", product, "--ignore", "")
        assert product.read_bytes() == before

    @pytest.mark.parametrize("there", [True, False])
    def test_report_is_the_product_or_an_input(self, here, refused, product, exposures, there):
        if there:
            shutil.copy(product, "out.fits")
        before = {path: path.read_bytes() for path in here.iterdir()}
        Path("report.html").symlink_to("out.fits")
        Path("input.html").symlink_to(exposures[1])
        Path("product.html").symlink_to(product)
        options = ["--output", "out.fits", "--overwrite", "--report"]
        for name, replaced in (
            ("report.html", "out.fits"),
            ("input.html", exposures[1]),
            ("product.html", product),
        ):
            message = refused("blend", product, *exposures, *options, name)
            assert f"the report would replace {replaced}: choose another name" in message
        assert "would replace" in refused("report", product, "-o", "product.html", "--overwrite")
        after = {path: path.read_bytes() for path in here.iterdir() if not path.is_symlink()}
        assert after == before


class TestBlendedBefore:
    @pytest.fixture
    def finished(self, command, product, exposures):
        """A product of which a step has set two values after the blend."""
        command("blend", product, *exposures)
        with datamodels.open(str(product)) as model:
            model.meta.exposure.exposure_time = SECONDS
            model.meta.photometry.pixelarea_steradians = 1e-15
            model.save(product)
        return product

    def test_what_was_set_later_stays(self, command, printed_json, finished, exposures):
        line = "2 values were set after the blend and stay: EFFEXPTM and PIXAR_SR"
        assert line in command("blend", finished, *exposures, "--dry-run").stdout
        assert line in command("blend", finished, *exposures).stdout.splitlines()
        values = values_in(finished)
        assert values["meta.exposure.exposure_time"] == SECONDS
        assert values["meta.photometry.pixelarea_steradians"] == 1e-15
        told = printed_json("blend", finished, *exposures)
        assert told["later"] == {
            "meta.exposure.exposure_time": SECONDS,
            "meta.photometry.pixelarea_steradians": 1e-15,
        }
        assert told["replaced"] == {}

    def test_unless_it_is_to_be_replaced(self, command, printed_json, finished, exposures):
        override = ["--override", "EFFEXPTM=sum", "--dry-run"]
        assert printed_json("blend", finished, *exposures, *override)["replaced"] == {
            "meta.exposure.exposure_time": SECONDS
        }
        lines = command("blend", finished, *exposures, *override).stdout.splitlines()
        assert "1 value was set after the blend and stays: PIXAR_SR" in lines
        assert "1 value was set after the blend and is replaced by overrides: EFFEXPTM" in lines
        text = command("blend", finished, *exposures, "--replace-later").stdout
        assert "set after the blend" not in text
        values = values_in(finished)
        assert values["meta.exposure.exposure_time"] == math.fsum([SECONDS] * 4)

    def test_from_its_own_table(self, command, refused, finished):
        before = values_in(finished)
        command("blend", finished, finished, "--expand", "--output", "again.fits")
        after = values_in("again.fits")
        changed = {path for path in before if before[path] != after.get(path)}
        assert {path for path in changed if path.startswith("meta.")} == {
            "meta.filename",
            "meta.date",
        }
        with fits.open("again.fits") as hdus:
            assert len(hdus["HDRTAB"].data) == 4
        command("blend", finished, finished, "--expand")
        assert "is one of the inputs, too" in refused("blend", finished, finished)

    def test_an_exposure_for_the_product(self, command, refused, finished, exposures):
        last, *others = exposures
        before = last.read_bytes(), finished.read_bytes()
        for inputs in ([finished], [*others, finished]):
            message = refused("blend", last, *inputs, "--output", "new.fits")
            assert f"{finished} is a product of {last}, by its HDRTAB" in message
            assert "are product and inputs swapped?" in message
        assert not Path("new.fits").exists()
        assert (last.read_bytes(), finished.read_bytes()) == before
        command("blend", finished, *exposures)

    def test_a_forgotten_product(self, command, refused, product, exposures):
        """As of ``blend *_cal.fits``: the first exposure would be changed."""
        first, *others = exposures
        before = first.read_bytes()
        message = refused("blend", first, *others)
        assert f"{first} would be changed, and seems to be an exposure" in message
        assert "ends in _cal.fits" in message
        assert "model-blender preview INPUT..." in message
        assert message == refused("blend", first, *others, "--dry-run")
        assert first.read_bytes() == before
        command("blend", first, *others, "--output", "new.fits")
        assert first.read_bytes() == before
        own = product.rename("product_cal.fits")
        command("blend", own, first, "--overwrite")
        # Now its table tells that it is a product.
        command("blend", own, *exposures)
        # Products are blended here.
        command("blend", shutil.copy(first, "mosaic_cal.fits"), first, own)

    def test_names_that_end_in_numbers_alone(self, command, product, exposures):
        """They say nothing of what is in a file."""
        command("blend", product.rename("combined_1.fits"), exposures[0].rename("exposure_1.fits"))

    def test_a_product_of_others_as_an_input(self, command, product, exposures):
        *others, last = exposures
        command("blend", product, *others)
        command("blend", last, product, "--output", "new.fits")

    @pytest.mark.parametrize(
        ("options", "recorded"),
        [
            ([], False),
            (["--override", "EFFEXPTM=max"], True),
            (["--override", "EFFEXPTM=max", "--no-record-rules"], False),
            (["--record-rules"], True),
        ],
    )
    def test_when_rules_are_recorded(self, command, product, exposures, options, recorded):
        command("blend", product, *exposures, *options)
        with fits.open(product) as hdus:
            assert ("HDRRULES" in hdus) is recorded


class TestDryRun:
    def test_bad_inputs_that_are_left_out(self, printed_json, refused, product, exposures):
        options = ["--dry-run", "--on-bad-input", "skip"]
        found = printed_json("blend", product, "none.fits", exposures[0], *options)
        assert found["missing"] == ["none.fits"]
        assert "none.fits) cannot be read" in refused("blend", product, "none.fits", *options)

    def test_warnings_in_json(self, command, printed_json, product, exposures):
        options = ["--dry-run", "--ignore", "EFFEXPTM"]
        (warning,) = printed_json("blend", product, *exposures, *options)["warnings"]
        assert "--ignore EFFEXPTM means nothing" in warning
        done = command("check", product, "--ignore", "EFFEXPTM", "--json")
        assert json.loads(done.stdout)["information"]
        assert "--ignore EFFEXPTM means nothing" in done.stderr

    def test_nothing_is_written(self, command, here, product, exposures):
        before = {path: path.read_bytes() for path in here.iterdir()}
        options = ["--override", "NGROUPS=mean", "--report", "report.html", "--dry-run"]
        text = command("blend", product, *exposures, *options).stdout
        assert {path: path.read_bytes() for path in here.iterdir()} == before
        assert text.startswith("Would blend 4 inputs into product.fits.\n")
        assert all(f"  {name}\n" in text for name in NAMES)
        (line,) = (line for line in text.splitlines() if line.startswith("meta.exposure.ngroups"))
        assert line.split()[1:4] == ["NGROUPS", "mean", "caller"]
        assert "may give a fraction where an integer is asked for" in text
        assert text.endswith("Nothing has been written.\n")

    def test_the_plan_then_the_values_then_the_files(self, command, product, exposures):
        for number in range(5, 9):
            shutil.copy(exposures[0], f"{number}_cal.fits")
        inputs = [*exposures, "*_cal.fits"]
        options = ["--override", "EFFEXPTM=max", "--dry-run"]
        lines = command("blend", product, *inputs, *options).stdout.splitlines()
        heads = [
            "The plan, where it is not what the schema asks for:",
            "Its check:",
            "The values that would change:",
            "The inputs:",
            "Nothing has been written.",
        ]
        assert [line for line in lines if line in heads] == heads
        files = lines[lines.index("The inputs:") + 1 : lines.index("Nothing has been written.")]
        assert len(files) == 6 + 2
        assert files[6:] == ["  and 6 more", ""]
        values = lines[
            lines.index("The values that would change:") + 1 : lines.index("The inputs:")
        ]
        assert values[0].split() == ["keyword", "attribute", "now", "then", "rule", "provider"]
        rows = {line.split()[0]: line.split()[1:] for line in values[1:] if line.strip()}
        assert rows["DETECTOR"][1:4] == ["'NRCA1'", "'MULTIPLE'", "multi"]
        assert "EFFEXPTM" not in rows  # the largest is what it has
        assert {"FILENAME", "DATE", "TELESCOP"}.isdisjoint(rows)

    def test_values(self, command, printed_json, product, exposures):
        arguments = ["blend", product, *exposures, "--dry-run"]
        values = {one["keyword"]: one for one in printed_json(*arguments)["values"]}
        seconds = values["EFFEXPTM"]
        assert (seconds["now"], seconds["then"]) == (SECONDS, math.fsum([SECONDS] * 4))
        assert (seconds["rule"], seconds["changes"]) == ("sum", True)
        assert seconds["provider"]["distribution"] == "blender-rules-std"
        assert "TELESCOP" not in values
        values = {one["keyword"]: one for one in printed_json(*arguments, "--all")["values"]}
        assert (values["TELESCOP"]["now"], values["TELESCOP"]["then"]) == ("JWST", "JWST")
        assert not values["TELESCOP"]["changes"]
        assert "would change:" in command(*arguments, "--all").stdout
        command("blend", product, *exposures, "--all", status=2)
        command("blend", product, *exposures)
        assert "No value would change." in command(*arguments).stdout

    def test_json(self, printed_json, product, exposures):
        told = printed_json("blend", product, *exposures, "--override", "NGROUPS=mean", "--dry-run")
        assert told["inputs"] == NAMES
        assert told["missing"] == []
        assert [one["attribute"] for one in told["changed"]] == ["meta.exposure.ngroups"]
        assert "type" in {one["kind"] for one in told["findings"]}

    def test_missing_files(self, command, refused, printed_json, product, exposures):
        arguments = ["blend", product, exposures[0], "none.fits", "--dry-run"]
        assert "none.fits" in refused(*arguments)
        skip = [*arguments, "--on-bad-input", "skip"]
        assert "none.fits  (there is no such file)" in command(*skip).stdout
        assert printed_json(*skip)["missing"] == ["none.fits"]

    def test_mixed(self, command, refused, printed_json, here, product, exposures):
        only_cubes = "meta.ifu.roi_spatial"
        with datamodels.open(str(exposures[1])) as model:
            other = datamodels.IFUCubeModel()
            other.update(model)
            other.meta.instrument.name = "MIRI"
            other.save("ifu.fits")
        for_cubes = f'[[override]]\nattribute = "{only_cubes}"\nrule = "last"\n'
        Path("cubes.toml").write_text(for_cubes)
        arguments = ["blend", product, exposures[0], "ifu.fits", "--dry-run", "--mixed"]
        before = {path: path.read_bytes() for path in here.iterdir()}
        options = ["--rules", "cubes.toml"]
        text = command(*arguments, *options).stdout
        assert "  ImageModel JWST NIRCAM NRC_IMAGE NRCA1\n  IFUCubeModel JWST MIRI " in text
        (line,) = (line for line in text.splitlines() if line.startswith(only_cubes))
        assert line.split()[2:4] == ["last", "rules"]
        told = printed_json(*arguments, *options)
        assert only_cubes in [one["attribute"] for one in told["changed"]]
        assert told["conflicts"] == []
        # An override of what no input has is refused, as it is with images alone.
        assert only_cubes in refused("blend", product, exposures[0], "--dry-run", *options)
        assert "unless --mixed" in refused(*arguments[:-1], *options)

        when = 'when.instrument = "MIRI"\n'
        conflict = f'[[override]]\nattribute = "EFFEXPTM"\nrule = "max"\n{when}'
        Path("both.toml").write_text(for_cubes + conflict)
        done = command(*arguments, "--rules", "both.toml", status=2)
        assert only_cubes in done.stdout
        assert "EFFEXPTM" not in done.stdout
        assert done.stdout.endswith("Nothing has been written.\n")
        assert done.stderr.splitlines()[-4:] == [
            "Error: inputs of different kinds disagree on meta.exposure.exposure_time (EFFEXPTM):",
            "  - sum for ImageModel JWST NIRCAM NRC_IMAGE NRCA1",
            "  - max by both.toml for IFUCubeModel JWST MIRI NRC_IMAGE NRCA2",
            "Settle it with an override that holds for both: in a rules file, or with --override.",
        ]
        told = printed_json(*arguments, "--rules", "both.toml", status=2)
        (one,) = told["conflicts"]
        assert one["attribute"] == "meta.exposure.exposure_time"
        assert one["asked_by"] == ["both.toml", "the schema"]
        settled = ["--rules", "both.toml", "--override", "EFFEXPTM=max"]
        assert printed_json(*arguments, *settled)["conflicts"] == []
        assert "NO_SUCH" in refused(*arguments, "--override", "NO_SUCH=max")
        for name in ("cubes.toml", "both.toml"):
            before[here / name] = (here / name).read_bytes()
        assert {path: path.read_bytes() for path in here.iterdir()} == before

    def test_what_a_blend_refuses(self, refused, product, exposures):
        Path("out.fits").write_text("mine")
        assert "--overwrite" in refused("blend", product, *exposures, "-o", "out.fits", "--dry-run")
        assert "EXPSTRT" in refused(
            "blend", product, *exposures, "--override", "EXPSTRT=max", "--dry-run"
        )


class TestInputs:
    def test_patterns(self, exposures):
        assert files_of("*nrca[34]_cal.fits", str(exposures[0])) == [
            *exposures[2:],
            exposures[0],
        ]
        assert files_of("**/*nrca1_cal.fits") == [exposures[0]]

    def test_a_name_like_a_pattern(self, exposures):
        odd = Path(shutil.copy(exposures[0], "a[1].fits"))
        shutil.copy(exposures[0], "a1.fits")
        assert files_of("a[1].fits") == [odd]
        assert files_of("a*.fits") == [Path("a1.fits"), odd]

    def test_nothing_fits(self, refused, product):
        assert "none*.fits" in refused("blend", product, "none*.fits")

    def test_list(self, here, exposures):
        association("asn.json", {exposures[2]: "science"})
        lines = ["# of the night", "", f"  {exposures[1]}  ", "*nrca4*", "asn.json"]
        (here / "night").mkdir()
        (here / "night/list.txt").write_text("\n".join(lines))
        found = files_of("@night/list.txt", str(exposures[0]))
        assert found == [exposures[1], exposures[3], exposures[2], exposures[0]]

    def test_list_relative_to_its_own_folder(self, refused, here, product):
        (here / "night").mkdir()
        (here / "night/a.fits").write_text("")
        (here / "night/list.txt").write_text("\na.fits\n")
        message = refused("blend", product, "@night/list.txt")
        assert "night/list.txt, line 2" in message
        assert "there is night/a.fits" in message

    def test_list_of_lists(self, refused, product):
        Path("list.txt").write_text("@other.txt\n")
        assert "list.txt, line 1" in refused("blend", product, "@list.txt")

    @pytest.mark.parametrize("content", [None, b"\xff\xfe"])
    def test_bad_list(self, refused, product, content):
        if content:
            Path("list.txt").write_bytes(content)
        assert "list.txt cannot be read" in refused("blend", product, "@list.txt")

    def test_association(self, command, here, product, exposures):
        (here / "asn").mkdir()
        for path in exposures[:3]:
            shutil.move(path, "asn")
        kinds = ["science", "background", "science"]
        association("asn/a.json", dict(zip(exposures[:3], kinds, strict=True)))
        with pytest.warns(BlendWarning, match="1 background member"):
            found = files_of("asn/a.json")
        assert found == [Path("asn") / exposures[i] for i in (0, 2)]
        warning = (
            "Warning: asn/a.json has 1 background member, left out: only science members are "
            "inputs\n"
        )
        arguments = ["blend", product, "asn/a.json", exposures[3]]
        assert command(*arguments, "--dry-run").stderr == warning
        assert command(*arguments).stderr == warning
        assert list(Table.read(product, hdu="HDRTAB")["DETECTOR"]) == ["NRCA1", "NRCA3", "NRCA4"]

    def test_an_association_of_several_products(self, command, refused, product, exposures):
        products = [
            {"name": name, "members": [{"expname": str(path), "exptype": "science"}]}
            for name, path in zip(["n_nrca1", "n_nrca2", "n_nrca3"], exposures, strict=False)
        ]
        Path("a.json").write_text(json.dumps({"products": products}))
        Path("list.txt").write_text("a.json\n")

        def blended(*options):
            command("blend", *options, "--dry-run")
            command("blend", *options)
            output = "n_nrca2_i2d.fits" if "-o" in options else options[0]
            return list(Table.read(output, hdu="HDRTAB")["DETECTOR"])

        for given in ("a.json", "*.json", "@list.txt"):
            assert blended(product, given, "--overwrite", "-o", "n_nrca2_i2d.fits") == ["NRCA2"]
            assert blended(product, given, "--asn-product", "n_nrca3") == ["NRCA3"]
            for dry in ([], ["--dry-run"]):
                message = refused("blend", product, given, *dry)
                assert "has the products n_nrca1, n_nrca2 and n_nrca3, and none is" in message
                assert "Say which: --asn-product n_nrca1, say" in message
        shutil.copy(product, "n_nrca1_i2d.fits")
        assert blended("n_nrca1_i2d.fits", "a.json") == ["NRCA1"]

    def test_bad_association(self, refused, product, exposures):
        Path("a.json").write_text("[]")
        message = refused("blend", product, exposures[0], "a.json", "none.fits")
        assert "- input 2 (a.json) is not an association" in message
        assert "(none.fits) cannot be read" in message
        message = refused("blend", product, exposures[0], "a.json", "--dry-run")
        assert "(a.json) is not an association with products and members" in message

    def test_the_products_own_association(self, command, refused, product, exposures):
        assert "ASNTABLE" in refused("blend", product)
        association("own.json", dict.fromkeys(exposures[1:3], "science"))
        with datamodels.open(str(product)) as model:
            model.meta.asn.table_name = "own.json"
            model.save("product.fits")
        command("blend", product)
        assert list(Table.read(product, hdu="HDRTAB")["DETECTOR"]) == ["NRCA2", "NRCA3"]

    def test_folder(self, refused, here, product):
        (here / "night").mkdir()
        assert "night/*.fits" in refused("blend", product, "night")

    def test_patterns_mean_files(self, refused, here, product, exposures):
        (here / "night").mkdir()
        shutil.move(exposures[0], "night")
        assert files_of("night/**") == [Path("night") / exposures[0]]
        message = refused("blend", product, "nig*")
        assert "no file whose name is like nig*, but there are folders" in message

    @pytest.mark.parametrize("name", ["~tilde.fits", "~nobody/a.fits", "@list.fits", "-a.fits"])
    def test_names_that_look_like_something_else(self, here, name):
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text("")
        assert files_of(name) == [Path(name)]

    def test_a_home_of_nobody(self, refused, product):
        name = "~there-is-nobody-of-this-name/a.fits"
        assert f"there is no file {name}" in refused("blend", product, name, "--dry-run")

    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    @pytest.mark.parametrize("end", [b"\n", b"\r\n"])
    def test_lists_of_other_systems(self, exposures, mark, end):
        names = [bytes(one) for one in exposures[:2]]
        Path("list.txt").write_bytes(mark + end.join([*names, b""]))
        assert files_of("@list.txt") == exposures[:2]

    def test_a_list_has_a_name_in_a_line_of_its_own(self, exposures):
        odd = Path(shutil.copy(exposures[0], "a\u2028b\x0cc.fits"))
        Path("list.txt").write_text(f"{odd}\n", "utf-8")
        assert files_of("@list.txt") == [odd]

    @pytest.mark.parametrize("options", [[], ["--dry-run"]])
    @pytest.mark.parametrize("content", ["", "# none yet\n\n"])
    def test_a_list_of_nothing(self, refused, product, content, options):
        Path("list.txt").write_text(content)
        assert "list.txt names no file" in refused("blend", product, "@list.txt", *options)

    @pytest.mark.parametrize(
        "name", ["a\0.fits", "~a\0/b.fits", "a" * 300 + ".fits", "a\0.json", "a" * 300 + ".json"]
    )
    def test_names_that_no_file_can_have(self, command, refused, product, exposures, name):
        Path("list.txt").write_text(f"{exposures[0]}\n{name}\n")
        message = refused("blend", product, "@list.txt")
        assert "input 2 (" in message
        assert "cannot be read: " in message
        done = command("blend", product, "@list.txt", "--on-bad-input", "skip")
        assert "1 input blended" in done.stdout
        assert "Left out: input 2 (" in done.stdout

    def test_patterns_that_no_file_can_have(self, refused, product):
        for name in ("a\0/*.fits", "a" * 300 + "*.fits"):
            Path("list.txt").write_text(f"{name}\n")
            assert "there is no file whose name is like" in refused("blend", product, "@list.txt")

    def test_members_that_no_file_can_have(self, command, refused, product, exposures):
        names = [str(exposures[0]), "a\0.fits", "\ud800.fits"]
        members = [{"expname": one, "exptype": "science"} for one in names]
        Path("asn.json").write_text(json.dumps({"products": [{"name": "p", "members": members}]}))
        assert refused("blend", product, "asn.json").count("cannot be read: ") == 2
        done = command("blend", product, "asn.json", "--on-bad-input", "skip")
        assert "1 input blended" in done.stdout

    def test_a_name_that_is_empty(self, refused, product):
        assert "the name of an input is empty" in refused("blend", product, "")


# Interrupts the command when it first does something: a call of the system, and on which file.
INTERRUPTED = """
import os, signal, sys
happening, _, name = sys.argv.pop(1).partition(" ")
signal.signal(signal.SIGINT, signal.default_int_handler)
sync = os.fsync
def audited_sync(file):
    sys.audit("fsync", file)
    sync(file)
os.fsync = audited_sync
waiting = [True]
def interrupt(event, arguments):
    if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        event = "write"
    if waiting and event == happening and str(arguments[0]).endswith(name):
        waiting.clear()
        os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(interrupt)
from blender_core.cli import main
sys.argv[0] = "model-blender"
main()
"""


@pytest.mark.parametrize(
    "moment", ["open product.fits", "open nrca4_cal.fits", "write", "fsync", "os.rename"]
)
def test_interrupted(here, warm_programs, product, exposures, moment):
    before = {path: path.read_bytes() for path in here.iterdir()}
    done = subprocess.run(
        [warm_programs.folder / "python", "-c", INTERRUPTED, moment, "blend", product, *exposures],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert done.stderr == "Interrupted.\n"
    assert {path: path.read_bytes() for path in here.iterdir()} == before


def test_real_exposures(command):
    folder = Path(jwst.__file__).parent / "associations/tests/data/exposures_nopsf"
    paths = sorted(folder.glob("*.fits"))
    with datamodels.ImageModel(np.zeros((4, 4), np.float32)) as model:
        model.save("product.fits")
    done = command("blend", "product.fits", folder / "*.fits")
    assert "exp_0.fits and 17 more: meta.visit.type (VISITYPE) = 'PRIME'" in done.stderr
    ends = [fits.getheader(path)["EXPEND"] for path in paths]
    assert values_in("product.fits")["meta.exposure.end_time"] == max(ends)
    assert len(Table.read("product.fits", hdu="HDRTAB")) == 18
