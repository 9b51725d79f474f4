"""Mosaics blended with mosaics, and with images."""

import numpy as np
import pytest
from astropy.time import Time
from roman_files import LACKS, cells

from blender_core import (
    BlendErrorGroup,
    BlendWarning,
    InputError,
    MixedModelTypesError,
    blendmodels,
)

COADD = "coadd_info.time_"


def own(filter_, first, last, mean, **more):
    """Return what a mosaic says of itself; times are seconds of a minute."""
    day = "2027-02-01T00:00:"
    return {
        "instrument.optical_element": filter_,
        **{
            f"{COADD}{name}": Time(f"{day}{second:06.3f}")
            for name, second in (("first", first), ("last", last), ("mean", mean))
        },
        **more,
    }


@pytest.fixture
def two(write_mosaic):
    """Two mosaics as romancal leaves them, of three and of two images."""
    first = write_mosaic(
        "f158",
        own("F158", 10, 30, 20, **{
            "resample.members": ["a", "b", "c"],
            "resample.pointings": 2,
            "program.title": "A survey",
            "cal_step.flux": "COMPLETE",
        }),
        {"individual_image_cal_logs": [["log a"], ["log b"], ["log c"]]},
        {
            "basic": {"filename": ["a", "b", "c"], "file_date": Time(["2027-02-01"] * 3)},
            "instrument": {"optical_element": ["F158"] * 3, "detector": ["WFI01"] * 3},
            "exposure": {"nresultants": [1, 2, 3], "truncated": [True, False, True]},
            "program": {"title": ["A survey", "None", "MISSING_CELL"]},
        },
    )  # fmt: skip
    second = write_mosaic(
        "f062",
        own("F062", 5, 25.25, 10, **{
            "resample.members": ["d", "e"],
            "resample.pointings": 1,
            "program.title": "A survey",
        }),
        {},
        {
            "basic": {"filename": ["d", "e"], "file_date": Time(["2027-02-02T01:02:03.1234"] * 2)},
            "instrument": {"optical_element": ["F062"] * 2, "detector": ["WFI02"] * 2},
            "exposure": {"nresultants": [4, 5]},
            "background": {"level": [np.nan, 2.5]},
        },
    )  # fmt: skip
    return first, second


class TestTogether:
    def test_values(self, blended, two):
        """By hand: the least of 10 and 5, the greatest of 30 and 25.25, the mean of 20 and 10."""
        roman = blended(*two)
        meta = roman["meta"]
        assert {name: meta["coadd_info"][name].isot[-6:] for name in (
            "time_first", "time_last", "time_mean"
        )} == {"time_first": "05.000", "time_last": "30.000", "time_mean": "15.000"}  # fmt: skip
        assert meta["instrument"]["optical_element"] is None  # and not the first one's
        assert meta["program"]["title"] == "A survey"
        assert meta["cal_step"]["flux"] == "INCOMPLETE"
        assert meta["resample"]["pointings"] == 3
        assert meta["resample"]["members"] == ["a", "b", "c", "d", "e"]
        assert roman["individual_image_cal_logs"] == [["log a"], ["log b"], ["log c"], [], []]

    def test_the_list_of_filters_on_request(self, blended, two):
        roman = blended(*two, overrides={"meta.instrument.optical_element": "join"})
        assert roman["meta"]["instrument"]["optical_element"] == "F158, F062"

    def test_one_filter(self, blended, two, write_mosaic):
        other = write_mosaic("other", own("F158", 1, 2, 1.5))
        assert blended(two[0], other)["meta"]["instrument"]["optical_element"] == "F158"

    def test_tables(self, blended, two):
        tables = blended(*two)["meta"]["individual_image_meta"]
        assert cells(tables["basic"], "filename") == ["a", "b", "c", "d", "e"]
        assert cells(tables["basic"], "mosaic") == ["f158_coadd.asdf"] * 3 + ["f062_coadd.asdf"] * 2
        assert cells(tables["basic"], "file_date")[2:4] == [
            "2027-02-01T00:00:00.000",
            "2027-02-02T01:02:03.123",
        ]
        assert cells(tables["instrument"], "optical_element") == ["F158"] * 3 + ["F062"] * 2
        assert cells(tables["exposure"], "nresultants") == [1, 2, 3, 4, 5]
        assert tables["exposure"]["nresultants"].dtype.kind == "i"
        assert cells(tables["exposure"], "truncated") == [True, False, True, None, None]
        assert tables["exposure"]["truncated"].dtype.kind == "b"
        assert cells(tables["program"], "title") == ["A survey", None, None, None, None]
        assert cells(tables["background"], "level") == [None, None, None, None, 2.5]
        assert all(len(table) == 5 for table in tables.values())

    def test_pointings_that_are_not_known(self, blended, two, write_mosaic):
        unknown = write_mosaic("other", own("F158", 1, 2, 1.5, **{"resample.pointings": -999999}))
        assert blended(two[0], unknown)["meta"]["resample"]["pointings"] == 2

    def test_times_of_exposure(self, blended, two, write_mosaic):
        """By hand: the mean of 100 and 50, and the larger of 120 and 60; -999999 is not known."""
        times = "coadd_info.exposure_time", "coadd_info.max_exposure_time"
        mosaics = [
            write_mosaic(name, own("F158", 1, 2, 1.5, **dict(zip(times, values, strict=True))))
            for name, values in (
                ("x", (100.0, 60.0)),
                ("y", (50.0, 120.0)),
                ("z", (-999999, -999999.0)),
            )
        ]
        for order in (mosaics, mosaics[::-1]):
            info = blended(*order)["meta"]["coadd_info"]
            assert (info["exposure_time"], info["max_exposure_time"]) == (75.0, 120.0)
        info = blended(mosaics[2])["meta"]["coadd_info"]
        assert info["exposure_time"] == 100.5  # of the product
        assert "max_exposure_time" not in info
        # A mosaic has many rows, and counts once.
        assert blended(two[0], mosaics[1])["meta"]["coadd_info"]["exposure_time"] == 75.25

    def test_long_names(self, blended, write, tmp_path):
        """Columns of HDRTAB have names of up to 68 characters."""
        name = "conversion_megajanskys_uncertainty"
        blended(write("a", changes={f"photometry.{name}": 0.5}), output=tmp_path / "b_coadd.asdf")
        tables = blended(tmp_path / "b_coadd.asdf")["meta"]["individual_image_meta"]
        assert cells(tables["photometry"], name) == [0.5]

    def test_in_another_order(self, blended, two):
        one, other = blended(*two)["meta"], blended(*two[::-1])["meta"]
        for group in ("coadd_info", "observation", "program", "instrument", "cal_step"):
            assert str(one[group]) == str(other[group])
        assert other["resample"]["members"] == ["d", "e", "a", "b", "c"]
        assert other["resample"]["pointings"] == 3

    def test_what_was_blended_of_mosaics_is_blended_again(self, blended, two, tmp_path):
        first = tmp_path / "first_coadd.asdf"
        once = blended(*two, output=first)["meta"]
        again = blended(first)["meta"]
        assert again["resample"] == once["resample"]
        tables, before = again["individual_image_meta"], once["individual_image_meta"]
        assert set(tables) == set(before)
        for group, table in tables.items():
            for name in table.colnames:
                if name != "mosaic":
                    assert cells(table, name) == cells(before[group], name)
        assert cells(tables["basic"], "mosaic") == ["first_coadd.asdf"] * 5

    def test_what_was_blended_of_images_keeps_its_texts(self, blended, write, tmp_path):
        """``None`` is a subcategory; in what Model Blender writes, it is no stand-in."""
        first = tmp_path / "first_coadd.asdf"
        blended(write("a"), write("b", changes={"program.subcategory": LACKS}), output=first)
        table = blended(first)["meta"]["individual_image_meta"]["program"]
        assert cells(table, "subcategory") == ["None", None]


class TestWithoutTables:
    def test_a_mosaic_is_a_row_itself(self, blended, two, write_mosaic):
        bare = write_mosaic("bare", own("F158", 1, 40, 30, **{"resample.members": ["x", "y"]}))
        roman = blended(two[0], bare)
        meta = roman["meta"]
        tables = meta["individual_image_meta"]
        assert cells(tables["basic"], "filename") == ["a", "b", "c", "bare_coadd.asdf"]
        assert cells(tables["instrument"], "optical_element") == ["F158"] * 4
        assert cells(tables["instrument"], "detector") == ["WFI01"] * 3 + [None]
        assert meta["resample"]["members"] == ["a", "b", "c", "x", "y"]
        assert len(roman["individual_image_cal_logs"]) == 5
        assert meta["coadd_info"]["time_mean"].isot[-6:] == "25.000"

    @pytest.mark.parametrize("tables", [LACKS, None, {}])
    def test_none_of_any_kind(self, blended, write_mosaic, tables):
        bare = write_mosaic("bare", own("F158", 1, 40, 30, individual_image_meta=tables))
        tables = blended(bare)["meta"]["individual_image_meta"]
        assert cells(tables["basic"], "filename") == ["bare_coadd.asdf"]


class TestWithImages:
    def test_mixed(self, blended, two, write):
        """By hand: the mosaic's mean is at 20 s, the image begins at 100 s."""
        image = write("z", 100, 20, {"instrument.optical_element": "F158", "cal_logs": ["log z"]})
        roman = blended(two[0], image, mixed=True)
        meta = roman["meta"]
        assert meta["coadd_info"]["time_first"].isot[-9:] == "00:10.000"
        assert meta["coadd_info"]["time_last"].isot[-9:] == "02:00.000"
        assert meta["coadd_info"]["time_mean"].isot[-9:] == "01:00.000"
        assert meta["instrument"]["optical_element"] == "F158"
        assert meta["resample"]["members"] == ["a", "b", "c", "z_cal.asdf"]
        assert roman["individual_image_cal_logs"][2:] == [["log c"], ["log z"]]
        tables = meta["individual_image_meta"]
        assert cells(tables["basic"], "mosaic") == ["f158_coadd.asdf"] * 3 + [None]
        assert cells(tables["exposure"], "nresultants") == [1, 2, 3, 6]
        assert tables["exposure"]["nresultants"].dtype.kind == "i"
        assert cells(tables["exposure"], "hga_move") == [None, None, None, False]
        assert cells(tables["program"], "title") == ["A survey", None, None, "A survey"]

    def test_pointings(self, blended, two, write, write_mosaic):
        """By hand: 2 of the mosaic, and an exposure of two detectors, one more, and one untold."""
        name = "observation.observation_id"
        images = [
            write("v", changes={name: "0001"}),
            write("w", changes={name: "0001", "instrument.detector": "WFI02"}),
            write("x", changes={name: "0002"}),
            write("y", changes={name: LACKS}),
        ]
        for order in ([two[0], *images], [*images, two[0]], [*images[:2], two[0], *images[2:]]):
            assert blended(*order, mixed=True)["meta"]["resample"]["pointings"] == 5
        # Of an exposure that the mosaic has, another detector is none more.
        tables = {
            "basic": {"filename": ["a", "b"]},
            "observation": {"observation_id": ["0001", "0003"]},
        }
        mosaic = write_mosaic(
            "own", own("F158", 1, 2, 1.5, **{"resample.pointings": 2}), {}, tables
        )
        assert blended(mosaic, *images[1:3], mixed=True)["meta"]["resample"]["pointings"] == 3

    def test_pointings_of_which_no_mosaic_tells(self, blended, write, write_mosaic):
        """Those of the product stay, as where there are images alone."""
        unknown = write_mosaic("u", own("F158", 1, 2, 1.5, **{"resample.pointings": -999999}))
        product = write_mosaic("p", {"resample.pointings": 9})
        for inputs in ([unknown, write("a")], [write("a")]):
            meta = blended(*inputs, product=product, mixed=True)["meta"]
            assert meta["resample"]["pointings"] == 9

    def test_times_of_exposure_stay(self, blended, two, write, write_mosaic):
        product = write_mosaic("p", {"coadd_info.exposure_time": 7.5})
        meta = blended(two[0], write("z"), product=product, mixed=True)["meta"]
        assert meta["coadd_info"]["exposure_time"] == 7.5

    def test_only_where_it_is_asked_for(self, roman, two, write):  # noqa: ARG002
        with pytest.raises((MixedModelTypesError, BlendErrorGroup)):
            blendmodels(None, [two[0], write("z")])


class TestBadMosaics:
    def refused(self, path, match):
        with pytest.raises(InputError, match=match):
            blendmodels(None, [path])

    def test_tables_of_different_lengths(self, roman, write_mosaic):  # noqa: ARG002
        tables = {"basic": {"filename": ["a"]}, "exposure": {"type": ["x", "y"]}}
        self.refused(
            write_mosaic("bad", {}, {}, tables),
            r"bad_coadd.asdf\) cannot be read: its tables of images have different numbers of "
            "rows: basic has 1, exposure has 2",
        )

    def test_tables_that_are_none(self, roman, write_mosaic):  # noqa: ARG002
        path = write_mosaic("bad", {"individual_image_meta": {"basic": [1, 2]}})
        self.refused(path, r"bad_coadd.asdf\) cannot be read: its tables of images")

    def test_arrays_that_are_not_there(self, roman, write_mosaic):  # noqa: ARG002
        tables = {"basic": {"filename": ["a"] * 50, "x": np.arange(50)}}
        path = write_mosaic("bad", {}, {}, tables)
        raw = path.read_bytes()
        path.write_bytes(raw[: raw.rindex(b"\xd3BLK")])
        self.refused(path, r"bad_coadd.asdf\) cannot be read: ")

    @pytest.mark.parametrize("name", ["members", "logs"])
    def test_lists_that_are_none(self, roman, write_mosaic, name):  # noqa: ARG002
        changes = {"resample.members": "a"} if name == "members" else {}
        arrays = {"individual_image_cal_logs": {"a": 1}} if name == "logs" else {}
        self.refused(write_mosaic("bad", changes, arrays), "is no list")

    def test_logs_of_which_it_is_not_told_whose_they_are(self, blended, write_mosaic):
        path = write_mosaic(
            "odd", {"resample.members": ["a", "b"]}, {"individual_image_cal_logs": [["log"]]}
        )
        with pytest.warns(BlendWarning, match="has logs of 1 images and 2 members"):
            assert blended(path)["individual_image_cal_logs"] == [["log"]]
