"""What is different between two products."""

import shutil
from collections import defaultdict

import pytest
from astropy.io import fits
from release import VERSION

from blender_core import ProductFile, amend
from blender_core.products.diff import ProductDiff


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Products that several tests compare: what they were made with → a copy."""
    return defaultdict(lambda: tmp_path_factory.mktemp("kept") / "product.fits")


@pytest.fixture
def blended(command, product, exposures, kept):
    """Return a function that blends some of the exposures into a file."""

    def blend(name, *options, first=0, last=4):
        copy = kept[name, options, first, last]
        if copy.exists():
            shutil.copy(copy, name)
            return name
        chosen = exposures[first:last]
        command("blend", product, *chosen, "--output", name, "--overwrite", *options, "--quiet")
        shutil.copy(name, copy)
        return name

    return blend


def test_products_of_the_same_exposures_by_another_rule(blended, command, printed_json):
    blended("a.fits", "--record-rules")
    blended("b.fits", "--record-rules", "--override", "EFFEXPTM=max")
    times = [fits.getval(name, "EFFEXPTM") for name in ("a.fits", "b.fits")]
    assert times[0] == pytest.approx(4 * times[1])  # four detectors, of equal times
    (change,) = printed_json("diff", "a.fits", "b.fits", status=1)["values"]
    assert (change["a"], change["b"]) == tuple(times)
    assert change["keyword"] == "EFFEXPTM"
    assert change["rule_a"].startswith("sum of blender-rules-std ")
    assert change["rule_a"].endswith(", by the schema")
    assert change["rule_b"].endswith(", by the caller")
    lines = command("diff", "a.fits", "b.fits", status=1).stdout.splitlines()
    assert lines[0].split() == ["keyword", "attribute", "a.fits", "b.fits"]
    assert len(lines) == 2


def test_inputs_of_one_name(command, product, exposures):
    command("blend", product, *[exposures[0]] * 3, "-o", "a.fits", "--quiet")
    command("blend", product, exposures[0], "-o", "b.fits", "--quiet")
    printed = command("diff", "a.fits", "b.fits", status=1).stdout
    assert printed.endswith(
        f"Only in a.fits: 2 inputs\n  {exposures[0]} (2)\n  {exposures[0]} (3)\n"
    )


def test_rules_that_come_to_the_same(blended, printed_json):
    blended("a.fits", "--record-rules")
    blended("b.fits", "--record-rules", "--override", "INSTRUME=last")
    (change,) = printed_json("diff", "a.fits", "b.fits", status=1)["values"]
    assert (change["keyword"], change["a"], change["b"]) == ("INSTRUME", "NIRCAM", "NIRCAM")


def test_rules_are_compared_only_if_both_tell(finished, command):
    finished("a.fits", record_rules=True)
    finished("b.fits", overrides={"INSTRUME": "last"}, record_rules=False)
    assert command("diff", "a.fits", "b.fits").stdout == "a.fits and b.fits say the same.\n"
    finished("b.fits", {"meta.cal_step.resample": "SKIPPED"}, record_rules=False)
    for names in (("a.fits", "b.fits"), ("b.fits", "a.fits")):
        _, line = command("diff", *names, status=1).stdout.splitlines()
        assert line.split()[:2] == ["S_RESAMP", "meta.cal_step.resample"]
        assert sorted(line.split()[2:]) == ["'SKIPPED'", "none"]


def test_inputs_that_only_one_has(blended, exposures, printed_json, command):
    blended("a.fits", last=3)
    blended("b.fits", first=1)
    found = printed_json("diff", "a.fits", "b.fits", status=1)
    assert found["inputs_only_in_a"] == [exposures[0].name]
    assert found["inputs_only_in_b"] == [exposures[3].name]
    assert found["cells"] == []
    printed = command("diff", "a.fits", "b.fits", status=1).stdout
    assert f"Only in a.fits: 1 input\n  {exposures[0].name}\n" in printed
    assert command("diff", "a.fits", "b.fits", "--quiet", status=1).stdout == ""


def test_tables_that_say_otherwise_of_the_same_inputs(blended, printed_json, command):
    blended("a.fits")
    blended("b.fits")
    with fits.open("b.fits", mode="update") as hdus:
        hdus["HDRTAB"].data["EXPSTART"][1:3] += 1
    (cell,) = printed_json("diff", "a.fits", "b.fits", status=1)["cells"]
    assert cell["attribute"] == "meta.exposure.start_time"
    assert len(cell["inputs"]) == 2
    assert cell["b"] == cell["a"] + 1
    assert (
        "meta.exposure.start_time  2 inputs" in command("diff", "a.fits", "b.fits", status=1).stdout
    )


def test_what_any_two_files_differ_in(blended, printed_json):
    blended("a.fits")
    blended("b.fits")
    assert printed_json("diff", "a.fits", "b.fits")["values"] == []
    changes = printed_json("diff", "a.fits", "b.fits", "--all", status=1)["values"]
    assert "meta.filename" in [one["attribute"] for one in changes]


@pytest.fixture
def other_time_and_day(blended):
    """Products that differ in EFFEXPTM and in their day, and in two columns of their tables."""
    blended("a.fits")
    blended("b.fits", "--override", "EFFEXPTM=max", "--override", "DATE-OBS=drop")
    with fits.open("b.fits", mode="update") as hdus:
        hdus["HDRTAB"].data["EXPSTART"][1:3] += 1
        hdus["HDRTAB"].data["DATE-OBS"][0] = "2031-02-03"


@pytest.mark.usefixtures("other_time_and_day")
@pytest.mark.parametrize(
    ("ignore", "values", "cells"),
    [
        ([], ["DATE-OBS", "EFFEXPTM"], ["observation.date", "exposure.start_time"]),
        (["EFFEXPTM"], ["DATE-OBS"], ["observation.date", "exposure.start_time"]),
        (["DATE-OBS"], ["EFFEXPTM"], ["exposure.start_time"]),
        (["date-obs,effexptm"], [], ["exposure.start_time"]),
        (["EFFEXPTM", "EXPSTART"], ["DATE-OBS"], ["observation.date"]),
        (["meta.exposure"], ["DATE-OBS"], ["observation.date"]),
        (["meta.*.start_time"], ["DATE-OBS", "EFFEXPTM"], ["observation.date"]),
        (["E*", "DATE*"], [], []),
        (["NO_SUCH", "meta.none"], ["DATE-OBS", "EFFEXPTM"], ["observation.date", "exposure.start_time"]),
    ],
)  # fmt: skip
def test_what_is_to_be_ignored(printed_json, ignore, values, cells):
    options = [part for one in ignore for part in ("--ignore", one)]
    status = 1 if values or cells else 0
    found = printed_json("diff", "a.fits", "b.fits", *options, status=status)
    assert sorted(one["keyword"] for one in found["values"]) == values
    assert {one["attribute"] for one in found["cells"]} == {f"meta.{one}" for one in cells}


@pytest.mark.usefixtures("other_time_and_day")
def test_nothing_but_what_is_ignored_differs(command):
    done = command("diff", "a.fits", "b.fits", "--ignore", "DATE-OBS,meta.exposure")
    assert done.stdout == "a.fits and b.fits say the same.\n"


def test_a_column_is_ignored_by_its_name_where_nothing_tells_whose_it_is(blended):
    for name, value in (("a.fits", 1), ("b.fits", 2)):
        blended(name)
        with fits.open(name, mode="update") as hdus:
            own = fits.ColDefs([fits.Column("OWN", "K", array=[value] * 4)])
            table = fits.BinTableHDU.from_columns(hdus["HDRTAB"].columns + own, name="HDRTAB")
            hdus["HDRTAB"] = table
    products = ProductFile("a.fits"), ProductFile("b.fits")
    assert [one.attribute for one in ProductDiff(*products).cells] == ["OWN"]
    assert not ProductDiff(*products, ignore=["own", "DATE", "FILENAME"])


def test_a_text_is_no_collection_of_attributes(blended):
    product = ProductFile(blended("a.fits"))
    with pytest.raises(TypeError, match=r"ignore takes a collection of attributes, such as"):
        ProductDiff(product, product, ignore="DATE")


def test_what_cannot_be_compared(refused, product):
    assert "nothing.fits" in refused("diff", product, "nothing.fits")


def test_inputs_of_one_name_are_told_apart(blended, exposures):
    blended("a.fits")
    with fits.open("a.fits", mode="update") as hdus:
        hdus["HDRTAB"].data["FILENAME"][:2] = exposures[0].name
    product = ProductFile("a.fits")
    assert not ProductDiff(product, product)


TIME = "meta.exposure.exposure_time"
SECONDS = 311.366  # of each of the four exposures
RULE = f"sum of blender-rules-std {VERSION} [std], by the schema"


class TestLaterValues:
    """A value that was set after the blend is not the rule's."""

    @pytest.mark.parametrize("record_rules", [None, True])
    def test_one_value_was_set_later(self, finished, printed_json, command, record_rules):
        finished("a.fits", record_rules=record_rules)
        finished("b.fits", {TIME: 2 * SECONDS}, record_rules=record_rules)
        (change,) = printed_json("diff", "a.fits", "b.fits", status=1)["values"]
        assert (change["attribute"], change["a"], change["b"]) == (TIME, 4 * SECONDS, 2 * SECONDS)
        assert (change["later_a"], change["blended_a"]) == (False, None)
        assert (change["later_b"], change["blended_b"]) == (True, 4 * SECONDS)
        later = f"set after the blend, which gave {4 * SECONDS} by {RULE}"
        assert change["rule_a"] == (RULE if record_rules else "")
        assert change["rule_b"] == later
        for first, second in (("a.fits", "b.fits"), ("b.fits", "a.fits")):
            _, line = command("diff", first, second, status=1).stdout.splitlines()
            assert f"{2 * SECONDS}, {later}" in line
            assert (f"{4 * SECONDS}, {RULE}" in line) == bool(record_rules)

    def test_one_was_taken_out(self, finished, printed_json):
        finished("a.fits")
        finished("b.fits", {TIME: None})
        (change,) = printed_json("diff", "a.fits", "b.fits", status=1)["values"]
        assert (change["b"], change["later_b"]) == (None, True)
        assert change["rule_b"] == f"taken out after the blend, which gave {4 * SECONDS} by {RULE}"

    def test_the_same_value_by_a_rule_and_by_hand(self, finished, printed_json):
        """Also where one of them has no HDRRULES: what was set later is known of it, too."""
        finished("a.fits", overrides={"EFFEXPTM": "max"})
        finished("b.fits", {TIME: SECONDS})
        assert [ProductFile(name).has_rules for name in ("a.fits", "b.fits")] == [True, False]
        (change,) = printed_json("diff", "a.fits", "b.fits", status=1)["values"]
        assert (change["a"], change["b"]) == (SECONDS, SECONDS)
        assert (change["later_a"], change["later_b"]) == (False, True)
        assert change["rule_a"].endswith(", by the caller")

    def test_both_were_set_later(self, finished, printed_json, command):
        for name in ("a.fits", "b.fits"):
            finished(name, {TIME: 1.0}, record_rules=True)
        assert command("diff", "a.fits", "b.fits").stdout == "a.fits and b.fits say the same.\n"
        finished("b.fits", {TIME: 2.0}, record_rules=True)
        (change,) = printed_json("diff", "a.fits", "b.fits", status=1)["values"]
        assert (change["later_a"], change["later_b"]) == (True, True)
        _, line = command("diff", "a.fits", "b.fits", status=1).stdout.splitlines()
        assert line.count("set after the blend") == 2

    def test_a_product_that_tells_of_amended_values_only(self, finished, printed_json):
        """What it does not tell is not what is different."""
        finished("a.fits", record_rules=True)
        finished("bare.fits")
        amend("bare.fits", overrides={"EFFEXPTM": "max"}, output="b.fits")
        (change,) = printed_json("diff", "a.fits", "b.fits", status=1)["values"]
        assert (change["keyword"], change["b"]) == ("EFFEXPTM", SECONDS)
        assert change["rule_b"].startswith("max of ")
        assert change["later_b"] is False

    def test_a_later_value_and_what_it_was_amended_to(self, finished, command):
        """What the one tells of its rules is told where the other is known to have none."""
        finished("a.fits", {TIME: 1.0})
        amend("a.fits", overrides={"EFFEXPTM": "max"}, output="b.fits")
        _, line = command("diff", "a.fits", "b.fits", status=1).stdout.splitlines()
        assert f"1.0, set after the blend, which gave {4 * SECONDS} by {RULE}" in line
        assert line.endswith(f"{SECONDS}, max of blender-rules-std {VERSION} [std], by the caller")
