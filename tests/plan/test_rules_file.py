"""What a rules file may say, and where the fault is if it says something else."""

import pytest

from blender_core import BlendErrorGroup, Missing, Override, RulesFileError, When
from blender_core.plan.rules_file import read_rules_file


@pytest.fixture
def team(tmp_path):
    def write(text):
        file = tmp_path / "team.toml"
        file.write_text(text)
        return file

    return write


def test_all_that_can_be_said(team):
    file = team("""
# What our team wants.
[[override]]
attribute = "EXPTIME"
rule = "weighted_mean"
reason = "because"
missing = "require"
order_by = "EXPSTART"
once_per = ["OBSERVTN", "EXPOSURE"]
companions = { weights = "EFFEXPTM" }
parameters.sort = true
record = true
column = "T"

[override.when]
instrument = "MIRI"
detector = ["MIRIMAGE", "MIRIFU*"]

[[override]]
attribute = "NCOMBINE"
rule = "sum"
default = 1
""")
    assert read_rules_file(file) == [
        Override(
            attribute="EXPTIME",
            rule="weighted_mean",
            reason="because",
            missing=Missing.REQUIRE,
            order_by="EXPSTART",
            once_per=("OBSERVTN", "EXPOSURE"),
            companions={"weights": "EFFEXPTM"},
            parameters={"sort": True},
            record=True,
            column="T",
            when=When(instrument="MIRI", detector=("MIRIMAGE", "MIRIFU*")),
        ),
        Override(attribute="NCOMBINE", rule="sum", default=1),
    ]
    assert read_rules_file(team("")) == []


@pytest.mark.parametrize(
    ("text", "line", "key", "problem"),
    [
        ("[[override]]\nattribute = \n", 2, None, "is not TOML"),
        ("[[override]\n", 1, None, "is not TOML"),
        ("\n\n[[overide]]\nattribute = 'A'\n", 3, "overide", "a rules file has tables"),
        ("[override]\nattribute = 'A'\n", 1, "override", "in two brackets"),
        ("override = 3\n", 1, "override", "in two brackets"),
        ("[[override]]\n\nrule = 'max'\n", 1, None, "needs the key 'attribute'"),
        ("[[override]]\nattribute = 'A'\nrul = 'max'\n", 3, "rul", "did you mean 'rule'?"),
        (
            "[[override]]\nattribute='A'\nrule='max'\n[[override]]\n# why\n\nattribute='B'\nzzz=[\n1]\n",
            8,
            "zzz",
            "known are attribute, rule",
        ),
        (
            "[[override]]\nattribute = 'A'\nrule='max'\n[override.when]\n\ninstrumnt = 'MIRI'\n",
            6,
            "instrumnt",
            "did you mean 'instrument'?",
        ),
        ("[[override]]\nattribute = 'A'\nrule = 'max'\nwhen = 'MIRI'\n", 4, "when", "as a table"),
        ("[[override]]\nattribute = 'A'\nrule = 3\n", 3, "rule", "is a str, not 3"),
        (
            "[[override]]\nattribute = 'A'\nrule = 'max'\nmissing = 'ignore'\n",
            4,
            "missing",
            "is one of 'skip'",
        ),
        ("[[override]]\nattribute = 'A'\n", 1, None, "overrides nothing"),
        ("[[override]]\nattribute = 'A'\nrule = 'sum'\nonce_per = ''\n", 4, "once_per", "is empty"),
        ("[[override]]\nattribute = 'A'\ncolumn = 'Größe'\n", 3, "column", "printable ASCII"),
        (
            "[[override]]\nattribute = 'A'\nrule = 'max'\n[override.when]\ninstrument = 3\n",
            5,
            "instrument",
            "is a str or several",
        ),
    ],
)
def test_faults_have_a_place(team, text, line, key, problem):
    file = team(text)
    with pytest.raises(RulesFileError) as caught:
        read_rules_file(file)
    assert (caught.value.path, caught.value.line, caught.value.key) == (file, line, key)
    assert problem in str(caught.value)
    assert str(file) in str(caught.value)


def test_all_faults_are_told_at_once(team):
    file = team("[[override]]\nrul = 3\nmissng = 3\n\n[[override]]\nattribute = 3\nrule = 'max'\n")
    with pytest.raises(BlendErrorGroup) as caught:
        read_rules_file(file)
    lines = [line for line in str(caught.value).splitlines() if "line" in line]
    assert len(lines) == 4


def test_files_that_are_none(tmp_path):
    with pytest.raises(RulesFileError, match=r"nowhere.toml cannot be read: No such file"):
        read_rules_file(tmp_path / "nowhere.toml")
    with pytest.raises(RulesFileError, match="cannot be read: it is a folder"):
        read_rules_file(str(tmp_path))
    with pytest.raises(RulesFileError, match=r"cannot be read: .*embedded null"):
        read_rules_file("team\0.toml")
    (tmp_path / "binary.toml").write_bytes(b"# one\n\xff\n")
    with pytest.raises(RulesFileError, match="line 2: it is not UTF-8 text"):
        read_rules_file(tmp_path / "binary.toml")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_files_as_editors_write_them(tmp_path, mark, end):
    lines = [b"[[override]]", b"attribute = 'EFFEXPTM'", b"rule = 'max'", b""]
    (tmp_path / "team.toml").write_bytes(mark + end.join(lines))
    assert read_rules_file(tmp_path / "team.toml") == [Override(attribute="EFFEXPTM", rule="max")]
    (tmp_path / "team.toml").write_bytes(mark + end.join([*lines, b"[rules]"]))
    with pytest.raises(RulesFileError, match="line 5, key 'rules'"):
        read_rules_file(tmp_path / "team.toml")
