"""Images of level 2 blended into the file of a mosaic, as asdf reads it then."""

from pathlib import Path

import numpy as np
import pytest
from asdf.tagged import TaggedDict
from astropy.time import Time, TimeDelta
from roman_files import LACKS, META, ORIGIN, cells, opened

from blender_core import (
    InputError,
    NotADatamodelError,
    UnknownInputError,
    amend,
    blendmodels,
)

LONG = pytest.mark.exhaustive
EXAMPLE = Path(__file__).parents[3] / "examples" / "roman"


class TestValues:
    def test_times(self, blended, write):
        """Out of time order, by hand: begun at 300, 0 and 150 seconds, and 50.25 s long."""
        info = blended(write("a", 300), write("b", 0), write("c", 150))["meta"]["coadd_info"]
        assert {name: info[name].isot for name in ("time_first", "time_last", "time_mean")} == {
            "time_first": "2027-02-01T00:00:00.000",
            "time_last": "2027-02-01T00:05:50.250",
            "time_mean": "2027-02-01T00:02:30.000",
        }
        assert info["exposure_time"] == 100.5  # nobody but who resamples knows it

    def test_what_is_common(self, blended, write):
        meta = blended(
            write("a"),
            write("b", changes={"observation.exposure": 2, "program.title": "Other"}),
            write("c", changes={"instrument.optical_element": "F062", "cal_step.flux": "SKIPPED"}),
        )["meta"]
        assert meta["observation"] == {
            "execution_plan": 1,
            "exposure": None,
            "observation": 4,
            "pass": 2,
            "program": 1,
            "segment": 3,
            "visit": 5,
            "exposure_grouping": "v01002003004005",
        }
        assert meta["program"]["title"] is None
        assert meta["program"]["investigator_name"] == "Nancy"
        assert meta["instrument"] == {"name": "WFI", "optical_element": None}
        assert meta["cal_step"] == {
            "flux": "INCOMPLETE",
            "outlier_detection": "COMPLETE",
            "resample": "INCOMPLETE",
            "skymatch": "COMPLETE",
        }

    @pytest.mark.parametrize(
        "lacking", [pytest.param(0, marks=LONG), 1, pytest.param(2, marks=LONG)]
    )
    def test_what_one_lacks_is_not_common(self, blended, write, lacking):
        images = [
            write(
                name,
                changes={"program.title": LACKS, "observation.visit": None, "cal_step": {}}
                if number == lacking
                else None,
            )
            for number, name in enumerate("abc")
        ]
        meta = blended(*images)["meta"]
        assert meta["program"]["title"] is None
        assert meta["observation"]["visit"] is None
        assert meta["observation"]["exposure_grouping"] is None
        assert meta["cal_step"]["flux"] == "INCOMPLETE"

    def test_what_nobody_has_is_null_and_not_what_the_mosaic_had(
        self, blended, write, write_mosaic
    ):
        """As MetaBlender has it, of which a new mosaic has nothing else."""
        stale = {
            "observation.visit": 7,
            "observation.exposure_grouping": "v01002003004007",
            "program.title": "Another",
            "instrument.optical_element": "F129",
            "cal_step.flux": "COMPLETE",
        }
        lacks = {
            "observation.visit": LACKS,
            "program": {},
            "instrument.optical_element": None,
            "cal_step.flux": LACKS,
        }
        product = write_mosaic("stale", stale)
        meta = blended(write("a", changes=lacks), write("b", changes=lacks), product=product)[
            "meta"
        ]
        assert meta["observation"]["visit"] is None
        assert meta["observation"]["exposure_grouping"] is None
        assert meta["observation"]["pass"] == 2
        assert set(meta["program"].values()) == {None}
        assert meta["instrument"] == {"name": "WFI", "optical_element": None}
        assert meta["cal_step"]["flux"] == "INCOMPLETE"

    def test_members_and_logs_stay_beside_each_other(self, blended, write):
        images = [
            write("a", changes={"cal_logs": ["one", "two"]}),
            write("b"),
            write("c", changes={"cal_logs": ["three"]}),
        ]
        roman = blended(*images)
        members = roman["meta"]["resample"]["members"]
        assert list(zip(members, roman["individual_image_cal_logs"], strict=True)) == [
            ("a_cal.asdf", ["one", "two"]),
            ("b_cal.asdf", []),
            ("c_cal.asdf", ["three"]),
        ]

    def test_two_programs_and_two_filters_by_an_override(self, blended, write):
        images = [
            write(name, changes={"instrument.optical_element": element})
            for name, element in zip("abc", ("F158", "F062", "F158"), strict=True)
        ]
        roman = blended(*images, overrides={"meta.instrument.optical_element": "join"})
        assert roman["meta"]["instrument"]["optical_element"] == "F158, F062"

    def test_mean_of_mid_times_once_per_exposure(self, blended, write):
        """By hand: the middles are at 10, 10 and 300 seconds; the first two are one exposure."""
        images = [
            write("a", 0, 20),
            write("b", 0, 20, {"instrument.detector": "WFI02"}),
            write("c", 200, 200, {"observation.exposure": 2}),
        ]
        rules = [EXAMPLE / "mid_times.toml"]
        info = blended(*images, rules=rules)["meta"]["coadd_info"]
        assert info["time_mean"].isot == "2027-02-01T00:02:35.000"
        info = blended(*images)["meta"]["coadd_info"]
        assert info["time_mean"].isot == "2027-02-01T00:01:06.667"

    def test_mid_times_that_are_not_told_or_are(self, blended, write):
        """One has its own, as images of early versions; one lacks its end, and does not count."""
        images = [
            write("a", 0, 20, {"exposure.mid_time": Time("2027-02-01T00:00:12.000")}),
            write("b", 40, 0, {"observation.exposure": 2, "exposure.end_time": LACKS}),
            write("c", 100, 20, {"observation.exposure": 3}),
        ]
        meta = blended(*images, rules=[EXAMPLE / "mid_times.toml"])["meta"]
        assert meta["coadd_info"]["time_mean"].isot == "2027-02-01T00:01:01.000"
        table = meta["individual_image_meta"]["exposure"]
        assert cells(table, "mid_time") == ["2027-02-01T00:00:12.000", None, None]

    def test_no_mid_times_at_all(self, blended, write):
        lacks = {"exposure.end_time": LACKS}
        meta = blended(write("a", changes=lacks), rules=[EXAMPLE / "mid_times.toml"])["meta"]
        assert meta["coadd_info"]["time_mean"].isot == "2020-01-01T00:00:00.000"

    def test_the_mosaic_keeps_all_else(self, blended, write, write_mosaic):
        product = write_mosaic("product")
        before = opened(product)["roman"]
        roman = blended(write("a"), product=product)
        assert roman["data"].dtype == np.float32
        np.testing.assert_array_equal(roman["data"], before["data"])
        assert roman["meta"]["resample"]["weight_type"] == "ivm"
        assert roman["meta"]["filename"] == "out_coadd.asdf"
        assert roman["meta"]["file_date"] != before["meta"]["file_date"]
        assert roman._tag == before._tag
        assert opened(product)["roman"]["meta"]["filename"] == "product_coadd.asdf"


class TestTables:
    def test_of_each_group(self, blended, write):
        tables = blended(write("a"), write("b"))["meta"]["individual_image_meta"]
        assert set(tables) == {
            *("basic", "cal_step", "coordinates", "exposure", "guide_star", "instrument"),
            *("observation", "photometry", "pointing", "program", "ref_file", "visit", "wcsinfo"),
        }
        assert set(tables["basic"].colnames) == {
            name for name, value in META.items() if not isinstance(value, dict)
        } | {"filename"}
        assert set(tables["observation"].colnames) == set(META["observation"])
        assert cells(tables["basic"], "filename") == ["a_cal.asdf", "b_cal.asdf"]
        assert cells(tables["exposure"], "read_pattern") == ["[[1], [2, 3], [4]]"] * 2
        assert cells(tables["visit"], "start_time") == ["2027-01-01T00:00:00.000"] * 2
        assert isinstance(tables["exposure"]["end_time"], Time)
        assert isinstance(tables["basic"]["file_date"], Time)

    @pytest.mark.parametrize(
        "lacking", [0, pytest.param(1, marks=LONG), pytest.param(2, marks=LONG)]
    )
    @pytest.mark.parametrize("how", [LACKS, pytest.param(None, marks=LONG)])
    def test_missing_cells_are_masked_and_types_stay(self, blended, write, lacking, how):
        """Missing in the first, in the middle, and in the last; the key, or its value."""
        lacks = {
            f"exposure.{name}": how
            for name in ("nresultants", "truncated", "exposure_time", "type")
        }
        images = [
            write(name, changes=lacks if number == lacking else {"exposure.truncated": True})
            for number, name in enumerate("abc")
        ]
        table = blended(*images)["meta"]["individual_image_meta"]["exposure"]
        for name, value, kind in (
            ("nresultants", 6, "i"),
            ("truncated", True, "b"),
            ("exposure_time", 50.25, "f"),
            ("type", "WFI_IMAGE", "U"),
        ):
            assert table[name].dtype.kind == kind
            assert cells(table, name) == [None if i == lacking else value for i in range(3)]
        assert table["hga_move"].dtype.kind == "b"
        assert not hasattr(table["hga_move"], "mask")

    def test_moments_of_which_some_are_missing_are_texts(self, blended, write):
        images = [write("a", changes={"visit.start_time": LACKS}), write("b")]
        table = blended(*images)["meta"]["individual_image_meta"]["visit"]
        assert cells(table, "start_time") == [None, "2027-01-01T00:00:00.000"]

    def test_groups_that_the_first_lacks(self, blended, write):
        later = {"rcs": {"active": True, "counts": 3}, "background": {"level": 2.5}}
        images = [write("a"), write("b", changes=later), write("c", changes={"rcs.counts": 4})]
        tables = blended(*images)["meta"]["individual_image_meta"]
        assert cells(tables["rcs"], "active") == [None, True, None]
        assert cells(tables["rcs"], "counts") == [None, 3, 4]
        assert cells(tables["background"], "level") == [None, 2.5, None]

    def test_what_nobody_has_is_left_out(self, blended, write):
        tables = blended(write("a"), write("b"))["meta"]["individual_image_meta"]
        assert "pixel_area" not in tables["photometry"].colnames
        assert "visit_file_group" not in tables["observation"].colnames

    def test_numbers_and_texts_in_one_column(self, blended, write):
        images = [write("a"), write("b", changes={"guide_star.guide_star_id": 7})]
        table = blended(*images)["meta"]["individual_image_meta"]["guide_star"]
        assert cells(table, "guide_star_id") == ["123", "7"]


def test_blended_again_and_amended(roman, write, write_mosaic, tmp_path):  # noqa: ARG001
    """What was amended is decided anew, and members and logs are those of the last blend."""
    images = [
        write("a", 100),
        write("b", 0, changes={"instrument.optical_element": "F062", "program.title": "Other"}),
    ]
    first, amended, again = (tmp_path / f"{name}_coadd.asdf" for name in ("one", "two", "three"))
    blendmodels(write_mosaic("product"), images, output=first)
    amend(first, overrides={"meta.program.title": "join"}, output=amended)
    result = blendmodels(amended, images[::-1], output=again)
    assert result.later == {}
    meta = opened(again)["roman"]["meta"]
    assert meta["program"]["title"] is None
    assert meta["resample"]["members"] == ["b_cal.asdf", "a_cal.asdf"]
    assert opened(amended)["roman"]["meta"]["program"]["title"] == "A survey, Other"
    # And as an input, for what it says of itself.
    mosaic = tmp_path / "four_coadd.asdf"
    blendmodels(write_mosaic("product"), [amended], output=mosaic)
    meta = opened(mosaic)["roman"]["meta"]
    assert meta["program"]["title"] == "A survey, Other"
    assert cells(meta["individual_image_meta"]["program"], "title") == ["A survey", "Other"]


@pytest.mark.parametrize("number", [1, pytest.param(300, marks=LONG)])
def test_one_and_many(blended, write, number):
    """By hand: they begin each second, from the last to the first, and take 10 s."""
    images = [write(f"r{i:03}", number - 1 - i, 10) for i in range(number)]
    roman = blended(*images)
    info = roman["meta"]["coadd_info"]
    assert info["time_first"].isot == "2027-02-01T00:00:00.000"
    assert info["time_last"] == ORIGIN + TimeDelta(number + 9, format="sec")
    assert abs((info["time_mean"] - ORIGIN).sec - (number - 1) / 2) < 1e-3
    assert roman["meta"]["resample"]["members"] == [path.name for path in images]
    assert all(len(t) == number for t in roman["meta"]["individual_image_meta"].values())


def test_the_order_of_images_is_that_of_rows_and_nothing_else(blended, write):
    changes = [
        {"program.title": LACKS, "rcs": {"active": True}, "observation.exposure": 2},
        {"exposure.nresultants": None, "cal_step.flux": "SKIPPED", "photometry.pixel_area": 1},
        {"exposure.type": LACKS, "photometry.pixel_area": 0.5},
    ]
    images = [write(name, i * 70.001, 50, changes[i]) for i, name in enumerate("abc")]
    seen = []
    for order in [(0, 1, 2), (2, 0, 1), (1, 2, 0)]:
        roman = blended(*(images[i] for i in order))
        meta = roman["meta"]
        members = meta["resample"].pop("members")
        assert members == [images[i].name for i in order]
        tables = meta.pop("individual_image_meta")
        rows = {
            (group, name): dict(zip(members, cells(table, name), strict=True))
            for group, table in tables.items()
            for name in table.colnames
        }
        del meta["file_date"]
        seen.append((str(sorted(meta.items())), sorted(rows.items())))
    assert all(each == seen[0] for each in seen)


class TestBadInput:
    @pytest.fixture
    def refused(self, roman, write):  # noqa: ARG002
        def run(path, kind=InputError):
            with pytest.raises(kind) as caught:
                blendmodels(None, [write("good"), path])
            return str(caught.value)

        return run

    def test_truncated(self, refused, write):
        path = write("a", all_array_storage="internal")
        path.write_bytes(path.read_bytes()[:-100])
        assert "a_cal.asdf) cannot be read" in refused(path)

    @pytest.mark.parametrize(
        ("tree", "told"),
        [
            ("roman: 5", "its tree has a roman that is no mapping"),
            ("roman: [1]", "its tree has a roman that is no mapping"),
            ("roman: {data: 1}", "its tree has no meta, or one that is no mapping"),
            ("roman: {meta: [1]}", "its tree has no meta, or one that is no mapping"),
        ],
    )
    def test_trees_without_metadata(self, refused, tmp_path, tree, told):
        path = tmp_path / "x.asdf"
        path.write_text(f"#ASDF 1.0.0\n#ASDF_STANDARD 1.6.0\n%YAML 1.1\n---\n{tree}\n...\n")
        assert f"input 2 ({path}) cannot be read: {told}" in refused(path)

    def test_arrays_in_another_file(self, blended, write, tmp_path):
        """Whoever blends needs none."""
        path = write("a", all_array_storage="external")
        (array,) = tmp_path.glob("a_cal0*.asdf")
        array.unlink()
        assert blended(path)["meta"]["resample"]["members"] == ["a_cal.asdf"]

    def test_tags_that_nobody_knows(self, blended, write):
        """Of another version, and of what no package has: the values are below them."""
        tag = "asdf://nobody.example/tags/time-9.9.9"
        strange = TaggedDict({"value": "F158", "unit": "none"}, tag)
        path = write("a", changes={"visit.note": strange, "instrument": TaggedDict(
            {"name": "WFI", "optical_element": "F129"}, "asdf://nobody.example/tags/wfi_mode-9.0.0"
        )})  # fmt: skip
        raw = path.read_bytes()
        assert raw.count(b"wfi_image-2.1.0") == 1
        path.write_bytes(raw.replace(b"wfi_image-2.1.0", b"wfi_image-9.9.9"))
        meta = blended(path)["meta"]
        assert meta["instrument"]["optical_element"] == "F129"
        assert "F158" in cells(meta["individual_image_meta"]["visit"], "note")[0]

    def test_of_another_telescope(self, refused, write):
        path = write("a", changes={"telescope": "OTHER"})
        assert "a_cal.asdf" in refused(path, (UnknownInputError, NotADatamodelError, InputError))

    def test_an_image_is_no_product(self, roman, write):  # noqa: ARG002
        with pytest.raises((UnknownInputError, NotADatamodelError), match="can be an input"):
            blendmodels(write("a"), [write("b")])

    def test_metadata_of_odd_kinds(self, blended, write):
        """What is no group where one should be is nobody's, and stops nothing."""
        odd = {"observation": [1], "exposure": {"start_time": LACKS}, "cal_logs": "a line"}
        del odd["exposure"]
        roman = blended(write("a", changes=odd), write("b"))
        assert roman["individual_image_cal_logs"] == [["a line"], []]
        assert roman["meta"]["observation"]["visit"] is None
