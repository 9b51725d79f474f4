"""Texts that no program writes, in rules files, lists and associations: an error that tells where.

By hand: HOSTILE_TEXTS=20000 for as many mutants of each kind.
"""

import json
import os
import random

import pytest
from stdatamodels.jwst.datamodels import ImageModel
from time_limit import time_limit

from blender_core import BlenderError, BlendErrorGroup, InputError, RulesFileError, blendmodels
from blender_core.plan.rules_file import read_rules_file

N_MUTANTS = int(os.environ.get("HOSTILE_TEXTS", "75"))
OVERRIDE = "[[override]]\nattribute = 'EFFEXPTM'\nrule = 'max'\n"


@pytest.fixture
def team(tmp_path):
    def write(text):
        file = tmp_path / "team.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    with time_limit(30 + N_MUTANTS / 10):
        yield write


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (OVERRIDE + "reason = " + "[" * 100_000, 4, "nested too deep"),
        (OVERRIDE + "reason = " + "{x=" * 100_000, 4, "nested too deep"),
        (OVERRIDE + "\ndefault = " + "1" * 5000 + "\nrecord = true\n", 5, "more digits"),
        (OVERRIDE + "parameters.x = [1,\n" + "2" * 5000 + "]\n", 5, "more digits"),
        ("a." * 1_000_000 + "a = 1\n", 1, "more than 100 parts"),
        (OVERRIDE + "x = {y = 1, " + "'a' . " * 100_000 + "b = 1}\n", 4, "more than 100 parts"),
        (OVERRIDE + "[" + "a." * 100_000 + "a]\n", 4, "more than 100 parts"),
        (OVERRIDE + "rule = 'min'\n", 4, "Cannot overwrite a value"),
        (OVERRIDE + "default = 1e999999x\n", 4, "Expected newline"),
        (OVERRIDE + 'reason = """' + "\\n" * 100_000, 4, "Unterminated string"),
        (OVERRIDE + "reason = 'x\nrecord = true\n" + "# x\n" * 100, 4, "Illegal|Expected"),
        (OVERRIDE + 'reason = "\\ud800"\n', 4, "not a Unicode scalar value"),
        (OVERRIDE.encode() + b"reason = '\xed\xa0\x80'\n", 4, "not UTF-8"),
        (OVERRIDE + "reason = '\0'\n", 4, "not TOML: "),
        ('"' * 100_001, 1, "Unterminated|Expected"),
        ("'" * 100_001, 1, "Expected"),
        ("\\" * 100_000, 1, "Invalid statement"),
    ],
)
def test_rules(team, text, line, words):
    with pytest.raises(RulesFileError, match=words) as caught:
        read_rules_file(team(text))
    assert caught.value.line == line
    assert f"team.toml, line {line}: " in str(caught.value)


def test_numbers_that_are_no_numbers_are_told_as_others_are(team):
    for value in ("nan", "inf", "1e999999"):
        (override,) = read_rules_file(team(OVERRIDE + f"default = {value}\n"))
        assert isinstance(override.default, float)


def test_many_faults_in_many_lines(team):
    """As many as there is room for; to look for each from the beginning would take days."""
    number = 1_000
    text = "".join(f"# {i}\n[[override]]\nrul = {i}\nattribute = 'A'\n" for i in range(number))
    with pytest.raises(BlendErrorGroup) as caught:
        read_rules_file(team(text))
    lines = [fault.line for fault in leaves(caught.value) if fault.key == "rul"]
    assert lines == [4 * i + 3 for i in range(number)]


def leaves(group):
    for fault in group.exceptions:
        yield from leaves(fault) if isinstance(fault, BlendErrorGroup) else [fault]


def test_a_fault_at_the_end_of_many_lines(team):
    text = OVERRIDE + "".join(f"# {i}\n" for i in range(20_000)) + "rule = [\n1,\n2\n"
    with pytest.raises(RulesFileError, match="is not TOML") as caught:
        read_rules_file(team(text))
    assert caught.value.line == 20_004


RULES = """# Ours
[[override]]
attribute = "EXPTIME"
rule = "weighted_mean"
once_per = ["OBSERVTN",
  "EXPOSURE"]  # of both
companions = { weights = "EFFEXPTM" }
parameters.sort = true
reason = '''because
of that'''

[override.when]
instrument = "MIRI"

[[override]]
attribute = "NCOMBINE"
rule = "sum"
default = 1
"""
PIECES = [
    *"[]{}=.,#'\"\\\n\0\ufeff",
    "[[override]]",
    "'''",
    '"""',
    "= 1",
    "9" * 5000,
    "\r",
    "é",
    "x",
]


def mutant(text, choose):
    """Change a few places of a text."""
    for _ in range(choose.randrange(1, 4)):
        start = choose.randrange(len(text) + 1)
        end = min(len(text), start + choose.choice([0, 0, 1, 1, 5, 40]))
        new = choose.choice([choose.choice(PIECES), choose.choice(PIECES), "", text[start:end] * 2])
        text = text[:start] + new + text[end:]
    return text


def test_mutants_of_rules(team):
    choose = random.Random(7)  # noqa: S311
    refused = 0
    for _ in range(N_MUTANTS):
        text = mutant(RULES, choose)
        file = team(text)
        try:
            read_rules_file(file)
        except BlenderError as error:
            refused += 1
            for fault in leaves(error) if isinstance(error, BlendErrorGroup) else [error]:
                assert isinstance(fault, RulesFileError), text
                assert fault.path == file
                assert 1 <= fault.line <= text.count("\n") + 1, text
    assert refused > N_MUTANTS / 4


MEMBERS = '{"expname": "a.fits", "exptype": "science"}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"products": [\n' + "[" * 100_000, "is nested too deep: line 2"),
        ('{"x": "[[[[",\n"products": \n' + '{"a":' * 100_000, "is nested too deep: line 3"),
        ('{"x": "' + "1" * 5000 + '",\n"y": ' + "1" * 5000 + "}", "more digits .*: line 2"),
        ('{"products": [],\n "products": []}', "has the key 'products' twice"),
        ('{"products": [{"members": [{"expname": "a", "expname": "b"}]}]}', "'expname' twice"),
        ('{"products": NaN}', "NaN is not a value of JSON"),
        ('{"products": -Infinity}', "-Infinity is not a value of JSON"),
        ('{"products": [],\n\n}', "line 3 column 1"),
        (b'{"products":\n "\xff"}', "not UTF-8 text: line 2"),
        ("", "line 1 column 1"),
        ('{"products": [{"name": "p", "members": [' + MEMBERS + ", 3]}]}", "member 2 .* is 3"),
        ('{"products": [null]}', "product 1 has no list of members"),
        ('{"products": [{"members": {"a": 1}}]}', "product 1 has no list of members"),
        (
            '{"products": [{"name": 7, "members": [{"expname": 3, "exptype": "science"}]}]}',
            "member 1 of product 1 has the expname 3",
        ),
        (
            '{"products": [{"members": [{"expname": null, "exptype": "science"}]}]}',
            "the expname None",
        ),
        ('{"products": [{"members": [{"expname": "a.fits"}]}]}', "has no exptype"),
        ('{"products": [{"members": [{"expname": "a", "exptype": null}]}]}', "the exptype None"),
        (
            '{"products": [{"members": [{"expname": "\\ud800", "exptype": "science"}]}]}',
            "cannot be read",
        ),
        (
            '{"products": [{"members": [{"expname": "../../../../../../etc/hostname", "exptype": "science"}]}]}',
            "cannot be read: ",
        ),
        (
            '{"products": [{"members": [{"expname": "/dev/zero", "exptype": "science"}]}]}',
            "not a regular file",
        ),
    ],
)
def test_associations(tmp_path, text, words):
    file = tmp_path / "jw1_asn.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with time_limit(), pytest.raises(InputError, match=words) as caught:
        blendmodels(None, [ImageModel(), file])
    assert str(file) in str(caught.value) or "member 1" in str(caught.value)


def test_associations_of_themselves_and_one_another(tmp_path):
    for name, other in (("a", "a"), ("b", "c"), ("c", "b")):
        content = {"products": [{"members": [{"expname": f"{other}.json", "exptype": "science"}]}]}
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    for name in "abc":
        for given in (tmp_path / f"{name}.json", [tmp_path / f"{name}.json"]):
            with time_limit(), pytest.raises(InputError, match="not a FITS file"):
                blendmodels(None, given)
    content = {"products": [{"name": "p", "members": []}]}
    content["products"][0]["members"] = content["products"]
    with time_limit(), pytest.raises(InputError, match=r"member 1 of product 1 .* has no expname"):
        blendmodels(None, [content])


@pytest.mark.filterwarnings("ignore::blender_core.BlendWarning")  # of other types of members
def test_mutants_of_associations(tmp_path):
    choose = random.Random(8)  # noqa: S311
    file = tmp_path / "jw1_asn.json"
    whole = json.dumps(
        {"products": [{"name": "p", "members": [json.loads(MEMBERS)] * 2}], "target": 1.5}, indent=1
    )
    for _ in range(N_MUTANTS // 5):
        file.write_bytes(mutant(whole, choose).encode())
        with pytest.raises(BlenderError):  # there is no a.fits
            blendmodels(None, [file])


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        (b"a: " + b"[" * 100_000, "exceeded maximum nesting depth"),
        (b"- " * 100_000, "exceeded maximum nesting depth"),
        (b"a: " + b"1" * 5000, "4300 digits"),
        (b"a: [" + b"1," * 5_000_001 + b"]", "more than 5,000,000 values"),
        (b"a: '\xff'", "utf|UTF"),
        (b"a: &a [*a]", "contains itself"),
        (b"a: *b", "undefined alias"),
        (b"a: !!python/object/apply:os.system [exit]\nmeta: {model_type: 3}", "class"),
        (b"? [a]\n: b", "unhashable key|an ASDF file"),
    ],
)
def test_trees(tmp_path, tree, words):
    file = tmp_path / "a_cal.asdf"
    head = b"#ASDF 1.0.0\n#ASDF_STANDARD 1.6.0\n%YAML 1.1\n---\n"
    file.write_bytes(head + tree + b"\n...\n")
    for call in (
        lambda: blendmodels(None, [file]),
        lambda: blendmodels(file, [ImageModel()]),
    ):
        with time_limit(), pytest.raises(InputError, match=words) as caught:
            call()
        assert str(file) in str(caught.value)
