"""Whatever is told of a file that is like one before is what would be told of it alone.

Mutants of a small file, aimed at its tree and at its cards, many of them with a checksum that says
that nobody has touched them. ``ALIKE_MUTANTS`` is how many to try.
"""

import hashlib
import os
import random
import re
import warnings

import pytest
from astropy.io import fits
from reading_fixtures import same
from stdatamodels.fits_support import fits_hash
from stdatamodels.jwst import datamodels
from thoroughness import examples

from blender_core import BlendWarning, InputError
from blender_core.readers.datamodel import DatamodelReader
from blender_core.readers.fits import FitsReader
from blender_core.readers.similar.cache import ReaderCache
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout

CARD, BLOCK = 80, 2880
MUTANTS = int(os.environ.get("ALIKE_MUTANTS", "0")) or examples(2000)
COMPARED = 40
"""One in so many is read by stdatamodels, too, which takes long."""
PATHS = (
    *("meta.date", "meta.filename", "meta.model_type", "meta.exposure.nints", "meta.exposure.start_time", "meta.target.ra"),
    *("meta.target.catalog_name", "meta.target.proposer_name", "meta.program.title", "meta.program.pi_name"),
    *("meta.instrument.detector", "meta.exposure.groupgap", "meta.wcsinfo.crpix1", "meta.wcsinfo.s_region"),
)  # fmt: skip
LAYOUT = Layout(read_attributes(datamodels.ImageModel().schema)[path] for path in PATHS)
HASH = re.compile(rb"(?<=\n_fits_hash: )[0-9a-f]{64}")

# Pieces of YAML, to be put where a value is passed over, or anywhere.
PIECES = (
    *("'", '"', "''", '""', "\\", '\\"', "\\x41", "\n", "\n\n", "\n  ", "\n    ", "\n- ", "\n  - ", "- ", ": ", " #", "# x\n", "|", ">", "|\n  x"),
    *(">-\n   y", "[", "]", "{", "}", ", ", ",\n  ", "&a ", "*a", "&id001 [1]", "*id001", "!t ", "!!int ", "!!str ", "!<tag:x> ", "? ", "<<: "),
    *("---", "\n---\n", "\n...", "\n...\n", "\n...x", "\t", "\r", "\r\n", "\x85", "\u2028", "\ufeff", "\x00", "\x07", "\x7f", "\xe9", "\xa4"),
    *("x", "it's", "1.5", "0b_", "2026-99-99", "2026-01-02 03:04:05", "1_000", "~", "null", "=", "a: b", "\n  a: b", "\n  c: 'd", "%", "@", "`"),
    *("\nmeta: {}", "\nmeta:\n  target: {ra: 9.0}", "\n  target: {ra: 5}", "\n_fits_hash: " + "0" * 64, "\nalog: x", "[" * 30, "{a: " * 30),
    *("['a', b, \"c\"]", "\n- 'x: ''y'''\n- z, it's", "\n  k:\n  - a\n  - 'b\n    c'", " {a: [1, 2], b: x}", "- " * 20, "\n  - - a", "a, b", "<"),
)  # fmt: skip
# What a card may become: some are mended by astropy, some are not read by it at all.
FIELDS = (
    *(b"= 1.5e3", b"=1.5", b"= 'open", b"= 'it's'", b"= 'a' b", b"= 0x1", b"= 1,5", b"= T", b"= F", b"= t", b"= ''", b"= ' '", b"= '/'", b"  5"),
    *(b"= 'a: 5'", b"= 007", b"= +1.", b"= .5", b"= 1D5", b"= 1d5", b"= 1E", b"= (1, 2)", b"= NaN", b"= \xe9", b"= '\xe9'", b"= 'a\nb'", b"= 'a\0'"),
    *(b"= 'x&'", b"= 5 / \xe9", b"= 5 /\t", b"= 5/c", b"= 5 c", b"=  ", b"", b"= 'END'", b"= 'long long long long long' / and a comment that goes on"),
)  # fmt: skip
KEYWORDS = (
    *(b"END     ", b"CONTINUE", b"HIERARCH", b"COMMENT ", b"        ", b"DATAMODL", b"EXTNAME ", b"NAXIS3  ", b"ZIMAGE  ", b"GROUPS  ", b"TARG_RA "),
    *(b"targ_ra ", b"TARG RA ", b" TARG_RA", b"TARG.RA ", b"XTENSION", b"SIMPLE  ", b"PCOUNT  ", b"NAXIS1  ", b"TFORM1  ", b"NEW_KEY ", b"END"),
)  # fmt: skip


def parts(raw):
    """Return the headers of a file, its last one, and its tree."""
    start = raw.index(b"XTENSION= 'BINTABLE'")
    return raw[:start], raw[start : start + BLOCK], raw[start + BLOCK :].partition(b"\n...\n")[0]


def joined(headers, last, tree):
    """Return a file with another tree."""
    tree += b"\n...\n"
    last = re.sub(rb"NAXIS1  = .{20}", b"NAXIS1  = %20d" % len(tree), last)
    last = re.sub(rb"TFORM1  = .{20}", b"TFORM1  = %-20s" % (b"'%dB'" % len(tree)), last)
    return headers + last + tree + bytes(-len(tree) % BLOCK)


def printed_checksum(path):
    """Return the checksum of the headers as stdatamodels computes it."""
    with fits.open(path) as hdus:
        return fits_hash(hdus).encode()


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The file that all are like, with logs and a part that nobody wants before and after."""
    path = tmp_path_factory.mktemp("like") / "a_cal.fits"
    with datamodels.ImageModel() as model:
        for name, value in (
            *(("target.ra", 1.5), ("target.catalog_name", "NGC 1300"), ("target.proposer_name", "N"), ("program.title", "Deep")),
            *(("program.pi_name", "Blender, Model"), ("exposure.nints", 2), ("exposure.start_time", 59000.5), ("exposure.groupgap", 3)),
            *(("wcsinfo.crpix1", 12.5), ("wcsinfo.s_region", "POLYGON ICRS " + "24.168501991 " * 6), ("instrument.detector", "NRCA1")),
        ):  # fmt: skip
            model[f"meta.{name}"] = value
        model.save(path)
    raw = path.read_bytes()
    headers, last, tree = parts(raw)
    # Nothing that is the same in all files, which would only take time.
    tree = re.sub(
        rb"(?s)\nasdf_library:.*?(?=\n_fits_hash)",
        b"\nalog: x\ncal_logs: ['a', b]\nmlog:\n- a, 'b'\n- {c: 1.5, d: [e, 'f g', 2]}\n- h: i j\n  k: 'l'",
        tree,
    )
    path.write_bytes(joined(headers, last, tree + b"\n  wcs: {a: b}\nzlog: y"))
    # What is made by hand is as a datamodel saved it all the same.
    assert printed_checksum(path) == HASH.search(path.read_bytes())[0]
    return path


def mutated_tree(random_, tree):
    """Return a tree with pieces of YAML in it, mostly in what is passed over."""
    for _ in range(random_.choice((1, 1, 2, 2, 3))):
        piece = "".join(random_.choices(PIECES, k=random_.choice((1, 1, 2, 3, 4, 6))))
        encoded = piece.encode("utf8")
        place = random_.choice((b"alog: ", b"zlog: ", b"wcs: ", b"cal_logs: ", None))
        if place is None:
            start = random_.randrange(tree.index(b"alog"), len(tree))
            end = min(start + random_.choice((0, 0, 1, 2)), len(tree))
        else:
            start = tree.find(place) + len(place)
            end = tree.find(b"\n", start)
            if random_.random() < 0.2:
                start -= 1
            if random_.random() < 0.2 or end < 0:
                end = start
        tree = tree[:start] + encoded + tree[end:]
    if random_.random() < 0.3:
        tree = tree.replace(b"ra: 1.5", b"ra: %d.5" % random_.randrange(99))
    return tree


def mutated_headers(random_, headers):
    """Return headers with other cards."""
    changed = bytearray(headers)
    for _ in range(random_.choice((1, 1, 2, 3))):
        start = CARD * random_.randrange(3, len(headers) // CARD)
        how = random_.random()
        if how < 0.4:
            field = random_.choice(FIELDS)
            changed[start + 8 : start + CARD] = field.ljust(CARD - 8)[: CARD - 8]
        elif how < 0.6:
            keyword = random_.choice(KEYWORDS)
            changed[start : start + len(keyword)] = keyword
        elif how < 0.75:
            card = random_.choice(KEYWORDS[:-1]) + random_.choice(FIELDS)
            changed[start : start + CARD] = card.ljust(CARD)[:CARD]
        elif how < 0.85:
            other = CARD * random_.randrange(len(headers) // CARD)
            changed[start : start + CARD] = headers[other : other + CARD]
        else:
            changed[random_.randrange(start, start + CARD)] = random_.randrange(256)
    return bytes(changed)


def mutant(random_, raw, path):
    """Write a mutant."""
    headers, last, tree = parts(raw)
    aim = random_.random()
    if aim < 0.55:
        tree = mutated_tree(random_, tree)
    if aim > 0.45:
        headers = mutated_headers(random_, headers)
    if random_.random() < 0.05:
        last = mutated_headers(random_, last)
    made = joined(headers, last, tree)
    if random_.random() < 0.03:
        made = made[: random_.randrange(len(made))]
    path.write_bytes(made)
    forged = random_.random()
    checksum = None
    if forged < 0.5:
        checksum = hashlib.sha256(headers).hexdigest().encode()
    elif forged < 0.65 and aim > 0.45:
        try:
            checksum = printed_checksum(path)
        except Exception:  # noqa: BLE001  # astropy cannot read it
            return
    if checksum is not None:
        path.write_bytes(HASH.sub(checksum, made))


def told(path, cache):
    """Return all that is told of a file: values, or an error; and warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            reader = FitsReader(path, "input 2", cache)
            # Twice: whether what was learnt of the file itself is right.
            values = [reader.read(LAYOUT), FitsReader(path, "input 2", cache).read(LAYOUT)]
            values = [[(type(value), repr(value)) for value in each] for each in values]
            answer = (values, reader.model_type, reader.paths_beyond(PATHS))
        except InputError as error:
            answer = (type(error), str(error))
    return answer, [str(each.message) for each in caught if each.category is BlendWarning]


def told_by_datamodels(path):
    """Return the values of a datamodel; None if there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with datamodels.open(path) as model:
                return DatamodelReader(model, "theirs").read(LAYOUT)
        except Exception:  # noqa: BLE001  # it has many for what it cannot read
            return None


def is_right(ours, theirs):
    # A datamodel without a date gets that of its making; a file has none.
    return all(
        same(one, other) or (path == "meta.date" and one is None)
        for path, one, other in zip(LAYOUT.paths, ours, theirs, strict=True)
    )


# Astropy leaves files open that it cannot read.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
@pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
def test_mutants(first, tmp_path):
    raw = first.read_bytes()
    alone = told(first, ReaderCache())
    cache, path = ReaderCache(), tmp_path / "b_cal.fits"
    told(first, cache)
    assert cache.tree_of(first) is not None
    fast = 0
    for number in range(MUTANTS):
        random_ = random.Random(number)  # noqa: S311  # nothing is to be kept secret
        mutant(random_, raw, path)
        expected = told(path, ReaderCache())
        fast += cache.tree_of(path) is not None
        assert told(path, cache) == expected, number
        if number % 10 == 0:
            # The file is as it was, whatever has been learnt meanwhile.
            assert told(first, cache) == alone, number
        if number % 100 == 0:
            cache = ReaderCache()
            told(first, cache)
        if number % COMPARED == 0 and isinstance(expected[0][0], list):
            theirs = told_by_datamodels(path)
            if theirs is not None:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", BlendWarning)
                    ours = FitsReader(path, "input 2", ReaderCache()).read(LAYOUT)
                assert is_right(ours, theirs), number
    # Many are told in the fast way: it is this that is tried.
    assert fast > MUTANTS // 10
