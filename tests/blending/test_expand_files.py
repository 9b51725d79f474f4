"""Blending products again gives what blending all their exposures at once gives."""

import contextlib
import datetime
import gzip
import json
import uuid
import warnings
from pathlib import Path

import jwst.model_blender.blendmeta
import numpy as np
import pytest
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from stdatamodels import fits_support
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.util import remove_none_from_tree
from thoroughness import all_but_exhaustive, examples

from blender_core import ExpansionError, InputError, Override, Status, blendmodels

TIME = "meta.exposure.exposure_time"
MID = "meta.exposure.mid_time"
EXPOSURE = ("OBSERVTN", "EXPOSURE")

OVERRIDES = {
    "the schema's own rules": [],
    "a sum once per exposure": [Override(attribute=TIME, rule="sum", once_per=EXPOSURE)],
    "the earliest exposure's date and time": [
        Override(attribute="meta.observation.date", rule="first", order_by="EXPSTART"),
        Override(attribute="meta.observation.time", rule="first", order_by="EXPSTART"),
    ],
    "the latest exposure's detector": [
        Override(attribute="DETECTOR", rule="last", order_by="EXPSTART")
    ],
    "what all have in common": [Override(attribute="DETECTOR", rule="common")],
    "all detectors": [Override(attribute="DETECTOR", rule="join", column="DETECTORS")],
    "other means": [
        Override(attribute=MID, rule="median", missing="propagate"),
        Override(attribute=TIME, rule="mean", default=0.5),
        Override(attribute="NINTS", rule="count_distinct"),
    ],
    "another record": [
        Override(attribute="meta.time_unit", rule="multi", record=True),
        Override(attribute="meta.target.proposer_name", column="who"),
        Override(attribute="meta.exposure.end_time", rule="drop", record=False),
    ],
}

# What a table gives back to the letter: no NaN, no text that ends with a blank, no whole number in
# an attribute of floats.
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
FLOAT = st.floats(-1e12, 1e12)
DAY = st.dates(datetime.date(2022, 1, 1)).map(str)
NUMBER_OF_THREE = st.sampled_from(["001", "002", "003"])
ALWAYS = {
    "meta.filename": st.uuids().map("{}_cal.fits".format),
    "meta.exposure.start_time": FLOAT,
}
SOMETIMES = {
    "meta.bunit_err": st.sampled_from(["MJy/sr", "DN/s"]),  # has another's keyword, no column
    "meta.note": TEXT,  # is not in the schema
    "meta.exposure.effective_exposure_time": FLOAT,
    "meta.exposure.end_time": FLOAT,
    "meta.exposure.exposure_time": FLOAT,
    "meta.exposure.mid_time": FLOAT,
    "meta.exposure.nints": st.integers(-(2**63) + 2, 2**63 - 1),
    "meta.exposure.zero_frame": st.booleans(),
    "meta.instrument.detector": st.sampled_from(["NRCA1", "NRCB4", "MIRIMAGE"]),
    "meta.observation.date": DAY,
    "meta.observation.exposure_number": NUMBER_OF_THREE,
    "meta.observation.observation_number": NUMBER_OF_THREE,
    "meta.observation.time": st.times().map(str),
    "meta.target.proposer_name": TEXT.filter(lambda text: not text.endswith(" ")),
    "meta.time_unit": st.sampled_from(["s", "ms"]),  # has a keyword, no column
    "meta.visit.tsovisit": st.booleans(),
}


EXPOSURES = st.fixed_dictionaries(ALWAYS, optional=SOMETIMES)


def differences_of_blends(result, expected):
    """Compare two blends of the same exposures: all that differs of what is recorded."""
    recorded = expected.plan.columns
    hdrtab, other = result.product.hdrtab, expected.product.hdrtab
    pairs = {
        "plan": tuple(
            {
                path: str(each)
                for path, each in one.plan.items()
                # What no schema knows and the first exposure lacks, no product tells.
                if each.attribute.known or path in result.plan
            }
            for one in (result, expected)
        ),
        "values": (typed(result.values), typed(expected.values)),
        "dropped": (
            [path for path, one in result.outcomes.items() if one.status is Status.DROPPED],
            [path for path, one in expected.outcomes.items() if one.status is Status.DROPPED],
        ),
        "inputs": tuple(
            {path: typed(one.inputs[path]) for path in recorded} for one in (result, expected)
        ),
        "outcomes": tuple(
            {path: one.outcomes[path] for path in recorded} for one in (result, expected)
        ),
        "table": (described(result.table), described(expected.table)),
        "bytes of HDRTAB": (np.asarray(hdrtab).tobytes(), np.asarray(other).tobytes()),
        "columns of HDRTAB": (str(hdrtab.columns), str(other.columns)),
        "product": (typed(flat(result.product)), typed(flat(expected.product))),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def flat(model):
    return model.to_flat_dict(include_arrays=False)


def typed(values):
    """Return values with their types: 1 is not 1.0 here."""
    items = values.items() if isinstance(values, dict) else enumerate(values)
    return [(key, type(value), value) for key, value in items]


def described(table):
    return [
        (one.name, one.dtype, one.unit, one.description, one.mask.tolist(), one.tolist())
        for one in table.itercols()
    ]


def trees():
    """Which exposures make which products, and these other products: lists in lists."""
    products = st.lists(st.just("exposure"), min_size=1, max_size=3)
    return st.lists(
        st.recursive(products, lambda below: st.lists(below, min_size=1, max_size=3), max_leaves=3),
        min_size=1,
        max_size=2,
    )


def saved(product, folder, ending):
    path = folder / f"{uuid.uuid4()}.{ending}"
    with warnings.catch_warnings():
        # A missing logical value is not lost, whatever astropy says when a tree is written.
        warnings.filterwarnings("ignore", "Column .* contains NULL", AstropyUserWarning)
        product.save(path)
    return path


def saved_again(product, folder, ending="fits"):
    """Save a product that was read from a file: its table goes to the tree of the new file."""
    with datamodels.open(saved(product, folder, "fits")) as model:
        path = saved(model, folder, ending)
    if ending == "fits":
        with fits.open(path) as hdulist:
            assert "HDRTAB" not in hdulist
    return path


def compressed(product, folder):
    path = saved(product, folder, "fits")
    packed = path.with_suffix(".fits.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return packed


def edited(product, folder):
    """Change a file behind the back of its tree."""
    path = saved(product, folder, "fits")
    with fits.open(path, mode="update") as hdulist:
        hdulist[0].header["OBSERVER"] = "somebody"
    return path


def in_memory(product, folder):
    with fits.open(saved(product, folder, "fits"), lazy_load_hdus=False) as hdulist:
        return fits.HDUList([hdu.copy() for hdu in hdulist])


def never_in_a_file(product, _):
    """Make an HDUList whose tables have the byte order of the machine, and not that of FITS."""
    # As saving does: blended to nothing is None in a product of the peer, and no enum has it.
    return fits_support.to_fits(remove_none_from_tree(dict(product.instance)), product.schema)


def without_tree(product, folder):
    path = saved(product, folder, "fits")
    with fits.open(path, mode="update") as hdulist:
        del hdulist["ASDF"]
    return path


WAYS = {
    "in memory": lambda product, _: product,
    "a copy": lambda product, _: product.copy(),
    "a FITS file": lambda product, folder: saved(product, folder, "fits"),
    "a FITS file in gzip": compressed,
    "a FITS file that was edited": edited,
    "a FITS file, saved again": saved_again,
    "an ASDF file": lambda product, folder: saved(product, folder, "asdf"),
    "an ASDF file, saved again": lambda product, folder: saved_again(product, folder, "asdf"),
    "from a FITS file": lambda product, folder: datamodels.open(saved(product, folder, "fits")),
    "from a FITS file, saved again": lambda product, folder: datamodels.open(
        saved_again(product, folder)
    ),
    "from an ASDF file": lambda product, folder: datamodels.open(saved(product, folder, "asdf")),
    "an HDUList from a file": lambda product, folder: fits.open(saved(product, folder, "fits")),
    "an HDUList in memory": in_memory,
    "an HDUList that was never in a file": never_in_a_file,
}
# Only what a header has room for comes through; the table is all there.
WAYS_WITHOUT_A_TREE = {
    "a FITS file without a tree": without_tree,
    "from a FITS file without a tree": lambda product, folder: datamodels.open(
        without_tree(product, folder)
    ),
}


@pytest.fixture
def given_back():
    """Return a function that has inputs closed in the end."""
    with contextlib.ExitStack() as stack:
        yield lambda given: given if isinstance(given, Path) else stack.enter_context(given)


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tree=trees(), overrides=st.sampled_from(list(OVERRIDES)), data=st.data())
def test_products_of_products_are_those_of_all_exposures(
    tree, overrides, data, make_model, given_back, tmp_path
):
    models = []

    def made(tree):
        if isinstance(tree, list):
            way = data.draw(st.sampled_from(list(WAYS)))
            return given_back(WAYS[way](blend(map(made, tree)).product, tmp_path))
        models.append(make_model(data.draw(EXPOSURES)))
        return models[-1]

    def blend(inputs, expand=True):
        return blendmodels(ImageModel(), inputs, overrides=OVERRIDES[overrides], expand=expand)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result, expected = blend(map(made, tree)), blend(models, expand=False)
    assert not differences_of_blends(result, expected)


def make_two(make_model):
    """Two exposures that have all there is, and lack half of it each."""
    one = {
        "meta.exposure.exposure_time": 10.5,
        "meta.exposure.nints": 2**62 + 1,
        "meta.exposure.zero_frame": False,
        "meta.target.catalog_name": "",
        "meta.target.proposer_name": " M 31",
        "meta.instrument.detector": "NRCA1",
        "meta.time_unit": "ms",
        "meta.visit.tsovisit": True,
    }
    other = {"meta.exposure.mid_time": 0.1, "meta.instrument.detector": "NRCA2"}
    return [make_model(one), make_model(other)]


@pytest.mark.parametrize("way", [*WAYS, *WAYS_WITHOUT_A_TREE])
def test_every_way_to_keep_a_product(way, make_model, given_back, tmp_path):
    models = make_two(make_model)
    product = blendmodels(ImageModel(), models).product
    given = given_back({**WAYS, **WAYS_WITHOUT_A_TREE}[way](product, tmp_path))
    result = blendmodels(ImageModel(), [given, models[0]], expand=True)
    assert not differences_of_blends(result, blendmodels(ImageModel(), [*models, models[0]]))
    assert result.inputs["meta.exposure.zero_frame"] == (False, None, False)
    assert result.inputs["meta.target.catalog_name"] == ("", None, "")
    assert result.inputs["meta.exposure.nints"] == (2**62 + 1, None, 2**62 + 1)
    assert result.values["meta.exposure.exposure_time"] == 21.0
    assert result.values["meta.instrument.detector"] == "MULTIPLE"


@pytest.mark.parametrize("way", ["an HDUList from a file", "an HDUList in memory"])
def test_an_hdulist_stays_as_it_is(way, make_model, given_back, tmp_path):
    hdulist = given_back(
        WAYS[way](blendmodels(ImageModel(), make_two(make_model)).product, tmp_path)
    )
    hdrtab = hdulist["HDRTAB"]
    loaded = "data" in vars(hdrtab)
    before = str(hdrtab.header)
    blendmodels(ImageModel(), [hdulist], expand=True)
    assert ("data" in vars(hdrtab)) is loaded
    assert str(hdrtab.header) == before
    # Astropy would have made False of the missing one.
    hdulist.writeto(tmp_path / "again.fits")
    with fits.open(tmp_path / "again.fits", logical_as_bytes=True) as again:
        assert again["HDRTAB"].data["ZEROFRAM"].tolist() == [b"F", b""]


def test_a_table_in_memory_that_was_changed(make_model, given_back, tmp_path):
    product = blendmodels(ImageModel(), make_two(make_model)).product
    hdulist = given_back(WAYS["an HDUList from a file"](product, tmp_path))
    hdulist["HDRTAB"].data["EFFEXPTM"] = [1.5, 2.5]
    result = blendmodels(ImageModel(), [hdulist], expand=True)
    assert result.values["meta.exposure.exposure_time"] == 4.0


def test_files_without_a_table(make_model, tmp_path):
    paths = [saved(model, tmp_path, "fits") for model in make_two(make_model)]
    paths += [saved(make_model({"meta.target.proposer_name": "my hdrtab"}), tmp_path, "fits")]
    result = blendmodels(ImageModel(), paths, expand=True)
    assert not differences_of_blends(result, blendmodels(ImageModel(), paths))


def test_files_that_are_like_another(make_models, tmp_path):
    # After the first of its kind, a file is read in another way.
    models = make_models("meta.exposure.exposure_time", [0.5 + i for i in range(8)])
    paths = [
        saved(blendmodels(ImageModel(), [one, other]).product, tmp_path, "fits")
        for one, other in zip(models[::2], models[1::2], strict=True)
    ]
    result = blendmodels(ImageModel(), paths, expand=True)
    assert not differences_of_blends(result, blendmodels(ImageModel(), models))
    paths = [saved(model, tmp_path, "fits") for model in models]
    result = blendmodels(ImageModel(), paths, expand=True)
    assert not differences_of_blends(result, blendmodels(ImageModel(), paths))


def test_a_product_that_was_blended_as_a_file(make_model, tmp_path):
    models = make_two(make_model)
    path = saved(ImageModel((4, 4)), tmp_path, "fits")
    blendmodels(path, models, output=path)
    result = blendmodels(ImageModel(), [path, path], expand=True)
    assert not differences_of_blends(result, blendmodels(ImageModel(), models * 2))


def test_an_association_of_products(make_model, tmp_path):
    models = make_two(make_model)
    product = blendmodels(ImageModel(), models).product
    names = [saved(one, tmp_path, "fits").name for one in (product, models[0])]
    members = [{"expname": name, "exptype": "science"} for name in names]
    association = tmp_path / "asn.json"
    association.write_text(json.dumps({"products": [{"name": "all", "members": members}]}))
    result = blendmodels(ImageModel(), association, expand=True)
    assert result.values["meta.exposure.exposure_time"] == 21.0
    assert len(result.table) == 3


def test_rules_that_are_kept_beside_the_table(make_model, tmp_path):
    models = make_two(make_model)
    product = blendmodels(ImageModel(), models, record_rules=True).product
    path = saved(product, tmp_path, "fits")
    with fits.open(path) as hdulist:
        assert "HDRRULES" in hdulist
    result = blendmodels(ImageModel(), [path], expand=True)
    assert not differences_of_blends(result, blendmodels(ImageModel(), models))


# The peer's tables have floats for integers where one is missing; and whether an empty text is there
# can only be known in FITS.
OF_THE_PEER = EXPOSURES.filter(
    lambda said: (
        abs(said.get("meta.exposure.nints", 0)) < 2**53
        and said.get("meta.target.proposer_name") not in ("", "nan")
    )
)


@settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    groups=st.lists(st.lists(OF_THE_PEER, min_size=1, max_size=3), min_size=1, max_size=2),
    way=st.sampled_from(list(WAYS)),
)
@example(groups=[[{"meta.exposure.start_time": 0.0}]], way="an HDUList that was never in a file")
def test_products_of_the_peer(groups, way, make_model, given_back, tmp_path):
    groups = [[make_model(said) for said in group] for group in groups]
    products = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for group in groups:
            product = ImageModel()
            jwst.model_blender.blendmeta.blendmodels(product, group)
            products.append(given_back(WAYS[way](product, tmp_path)))
        result = blendmodels(ImageModel(), products, expand=True)
        expected = blendmodels(ImageModel(), [one for group in groups for one in group])
    assert not differences_of_blends(result, expected)


OF_THE_TELESCOPE = sorted(
    (Path(jwst.__file__).parent / "associations/tests/data/exposures_nopsf").glob("*.fits")
)


@pytest.mark.parametrize(
    "blend",
    all_but_exhaustive(
        (blendmodels, jwst.model_blender.blendmeta.blendmodels),
        (jwst.model_blender.blendmeta.blendmodels,),
    ),
)
def test_exposures_of_the_telescope(blend, given_back, tmp_path):
    assert len(OF_THE_TELESCOPE) == 18
    with warnings.catch_warnings():
        # A visit type of that time is none of today's.
        warnings.filterwarnings("ignore", "While validating meta.visit.type", ValidationWarning)
        models = [given_back(datamodels.open(path)) for path in OF_THE_TELESCOPE]
    model_type = type(models[0])
    products = []
    for group in (models[:5], models[5:6], models[6:]):
        product = model_type()
        blend(product, group)
        products.append(saved(product, tmp_path, "fits"))
    result = blendmodels(model_type(), products, expand=True)
    expected = blendmodels(model_type(), models)
    differences = differences_of_blends(result, expected)
    assert not differences
    assert len(result.table) == 18
    assert len(result.table.colnames) > 100


def test_other_ways_to_say_that_an_integer_is_missing(make_model):
    # Nobody knows TNULL where the table is only an array: it is the least integer then.
    product = blendmodels(ImageModel(), make_two(make_model)).product
    product.instance["hdrtab"] = np.asarray(product.hdrtab)
    result = blendmodels(ImageModel(), [product], expand=True)
    assert result.inputs["meta.exposure.nints"] == (2**62 + 1, None)


def with_column(path, name, column):
    """Replace a column of the HDRTAB in a file."""
    with fits.open(path) as hdulist:
        table = hdulist["HDRTAB"]
        columns = [one for one in table.columns if one.name != name]
        hdulist["HDRTAB"] = fits.BinTableHDU.from_columns([*columns, column], name="HDRTAB")
        hdulist.writeto(path, overwrite=True)


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        (fits.Column("EFFEXPTM", "4A", array=["10.5", "oops"]), "number.* '10.5' in row 1"),
        (fits.Column("EFFEXPTM", "L", array=[True, False]), "number.* True in row 1"),
        (fits.Column("EFFEXPTM", "2D", array=[[1, 2], [3, 4]]), "number.* cells of the type"),
        (fits.Column("EFFEXPTM", "PD()", array=[[1.0], [2.0, 3.0]]), "number.* cells of the type"),
        (fits.Column("EFFEXPTM", "M", array=[1j, 2]), "number.* cells of the type >c16"),
        (fits.Column("NINTS", "4A", array=["", "one"]), "integer.* 'one' in row 2"),
        (fits.Column("DETECTOR", "D", array=[np.nan, 1.5]), r"string.* 1.5 in row 2"),
        (fits.Column("TSOVISIT", "D", array=[np.nan, 0.5]), r"boolean.* 0.5 in row 2"),
        (fits.Column("TSOVISIT", "J", array=[1, 2]), r"boolean.* 2 in row 2"),
    ],
)
def test_columns_that_cannot_be_what_exposures_said(column, problem, make_model, tmp_path):
    path = saved(blendmodels(ImageModel(), make_two(make_model)).product, tmp_path, "fits")
    with_column(path, column.name, column)
    with pytest.raises(ExpansionError, match=problem) as caught:
        blendmodels(ImageModel(), [path], expand=True)
    assert caught.value.column == column.name
    assert f"column {column.name!r} of the HDRTAB of input 1 ({path})" in str(caught.value)


@pytest.mark.parametrize(("byte", "name"), [(b"\xc5", "DETECTOR"), (b"X", "ZEROFRAM")])
def test_bytes_that_a_column_cannot_have(byte, name, make_model, tmp_path):
    product = blendmodels(ImageModel(), make_two(make_model)).product
    raw = np.asarray(product.hdrtab).copy()
    raw[name][0] = np.frombuffer(byte, raw[name].dtype)[0] if name == "ZEROFRAM" else byte
    path = saved(product, tmp_path, "fits")
    content = path.read_bytes()
    with fits.open(path) as hdulist:
        start = hdulist["HDRTAB"].fileinfo()["datLoc"]
        definition = hdulist["HDRTAB"].data.dtype.fields[name]
    place = start + definition[1]
    path.write_bytes(content[:place] + byte + content[place + 1 :])
    with pytest.raises(ExpansionError, match=f"column '{name}' of the HDRTAB of input 1"):
        blendmodels(ImageModel(), [path], expand=True)


def without_rows(hdulist):
    hdulist["HDRTAB"].data = hdulist["HDRTAB"].data[:0]


def image(hdulist):
    hdulist["HDRTAB"] = fits.ImageHDU(np.zeros((2, 2)), name="HDRTAB")


def without_columns(hdulist):
    hdulist["HDRTAB"] = fits.BinTableHDU(name="HDRTAB")


def twice(hdulist):
    hdulist["HDRTAB"].header["TTYPE2"] = hdulist["HDRTAB"].header["TTYPE1"].lower()


def wrong_format(hdulist):
    hdulist["HDRTAB"].header["TFORM1"] = "99999A"


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (without_rows, "has no rows"),
        (image, "cannot be read: it is not a binary table"),
        (without_columns, "cannot be read: it has no columns"),
        (twice, "has the column 'date' twice"),
        (wrong_format, "cannot be read: "),
    ],
)
def test_broken_tables(broken, problem, make_model, tmp_path):
    path = saved(blendmodels(ImageModel(), make_two(make_model)).product, tmp_path, "fits")
    with fits.open(path, lazy_load_hdus=False) as hdulist:
        broken(hdulist)
        hdulist.writeto(tmp_path / "broken.fits", output_verify="ignore")
    whose = f"the HDRTAB of input 2 \\({tmp_path / 'broken.fits'}\\)"
    with pytest.raises(ExpansionError, match=f"{whose} {problem}"):
        blendmodels(ImageModel(), [path, tmp_path / "broken.fits"], expand=True)
    # It is of no concern to those who do not want it expanded.
    blendmodels(ImageModel(), [path, tmp_path / "broken.fits"])


def test_truncated_files(make_model, tmp_path):
    path = saved(blendmodels(ImageModel(), make_two(make_model)).product, tmp_path, "fits")
    with fits.open(path) as hdulist:
        end = hdulist["HDRTAB"].fileinfo()["datLoc"] + 100
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(InputError, match=rf"{path}\) cannot be read: HDU \d \(HDRTAB\) is trunc"):
        blendmodels(ImageModel(), [path], expand=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "File may have been truncated", AstropyUserWarning)
        with (
            fits.open(path) as hdulist,
            pytest.raises(ExpansionError, match="it is truncated: 100 of its"),
        ):
            blendmodels(ImageModel(), [hdulist], expand=True)


@pytest.mark.parametrize(
    "table", [3, "none", {"a": 1}, np.zeros(3), np.zeros((2, 2), [("A", "f8")])]
)
def test_what_is_no_table(table, make_model):
    product = make_model()
    product.instance["hdrtab"] = table
    with pytest.raises(ExpansionError, match="the HDRTAB of input 1 is not a table, but"):
        blendmodels(ImageModel(), [product], expand=True)
