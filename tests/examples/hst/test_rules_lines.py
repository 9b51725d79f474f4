"""The grammar of ``.rules`` files, and what is wrong with those that do not keep to it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from blender_core import BlendErrorGroup, BlendWarning, Plugins, RulesFileError, blendmodels

ROOT = Path(__file__).parents[3]

RULES = """\
!VERSION = 1.1
!INSTRUMENT = ACS
# A remark
ROOTNAME
EXPTIME
EXPTIME  TEXPTIME  sum   # and another
EXPTIME  EXPTIME   sum
DETECTOR DETECTOR  multi
TARGNAME
FILTER1  FILTER    first
DATE-OBS STARTED
<delete> ASN_ID
<delete> / PATTERN KEYWORDS
"""


@pytest.fixture
def overrides(hst, tmp_path):  # noqa: ARG001
    """Return a function that reads a text as overrides, of which those of rules are by attribute."""
    from blender_hst.rules_lines import read_lines
    from blender_hst.rules_overrides import overrides_of

    def read(text):
        given = overrides_of(read_lines(tmp_path / "x.rules", text))
        of_columns = [each for each in given if each.record or each.column]
        ranked = sorted((each for each in given if each.rule), key=lambda each: each.precedence)
        return {each.attribute: each for each in ranked}, {
            each.attribute: each.column or each.attribute for each in of_columns
        }

    return read


class TestLines:
    def test_all_of_them(self, overrides):
        rules, columns = overrides(RULES)
        assert {name: (one.rule, one.blend_from) for name, one in rules.items()} == {
            "meta.**": ("first", None),
            "meta.kept": ("keep", None),
            "meta.filename": ("keep", None),
            "meta.date": ("keep", None),
            "meta.distortion": ("drop", None),
            "meta.made.each": ("keep", None),
            "meta.primary.TELESCOP": ("first", None),
            **{
                f"meta.made.primary.{name}": ("first", f"meta.made.primary.{name}")
                for name in ("TEXPTIME", "DATE-BEG", "DATE-END")
            },
            "ROOTNAME": ("drop", None),
            "EXPTIME": ("sum", None),
            "TEXPTIME": ("sum", "EXPTIME"),
            "DETECTOR": ("multi", None),
            "TARGNAME": ("drop", None),
            "FILTER": ("first", "FILTER1"),
            "STARTED": ("drop", None),
            "ASN_ID": ("drop", None),
            "/ PATTERN KEYWORDS": ("drop", None),
        }
        assert columns == {
            "ROOTNAME": "ROOTNAME",
            "EXPTIME": "EXPTIME",
            "TARGNAME": "TARGNAME",
            "DATE-OBS": "STARTED",
        }
        assert rules["FILTER"].missing.value == "skip"
        assert rules["EXPTIME"].reason == "line 7"

    def test_a_keyword_is_of_any_case(self, overrides):
        rules, columns = overrides("rootname\nexptime texptime sum\n")
        assert rules["TEXPTIME"].blend_from == "EXPTIME"
        assert columns == {"ROOTNAME": "ROOTNAME"}

    def test_all_functions(self, overrides):
        from blender_hst.rules_lines import FUNCTIONS

        names = list(FUNCTIONS)
        assert len(names) == 12
        text = "\n".join(["ROOTNAME", *(f"K{i} K{i} {name}" for i, name in enumerate(names))])
        read, _ = overrides(text)
        assert [read[f"K{i}"].rule for i in range(len(names))] == names

    def test_moments(self, overrides):
        read, _ = overrides("ROOTNAME\nEXPSTART DATE-BEG min\nEXPEND DATE-END max\n")
        assert read["DATE-BEG"].rule == "min_mjd_as_datetime"
        assert read["DATE-END"].rule == "max_mjd_as_datetime"

    def test_what_begins_with_a_blank_is_told(self, overrides):
        with pytest.warns(BlendWarning, match=r"x.rules: line 2 begins with a blank and is passed"):
            rules, _ = overrides("ROOTNAME\n EXPTIME EXPTIME sum\n   # a remark\n")
        assert "EXPTIME" not in rules

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_files_of_any_machine(self, hst, tmp_path, write, end, mark):  # noqa: ARG002
        path = tmp_path / "acs.rules"
        text = f"{mark}!VERSION = 1.1\n!VERSION = 1.0\nrootname\nexptime\tTEXPTIME \t sum # all\n"
        path.write_bytes(text.replace("\n", end).encode())
        inputs = [write("j9l9a1q"), write("j9l9a2q", start=0.5)]
        result = blendmodels(None, inputs, rules=path)
        assert result.values["meta.made.primary.TEXPTIME"] == 60.0
        assert result.table.colnames == ["ROOTNAME"]

    def test_what_begins_with_a_tabulator_is_a_rule(self, overrides):
        rules, _ = overrides("\tROOTNAME\n\tEXPTIME\tEXPTIME\tsum\n")
        assert rules["EXPTIME"].rule == "sum"


FAULTS = [
    ("ROOTNAME\nEXPTIME EXPTIME summ\n", 2, "EXPTIME", "'summ' is no function: did you mean sum?"),
    ("ROOTNAME\nEXPTIME EXPTIME average\n", 2, "EXPTIME", "no function: there are first, last, min"),
    ("ROOTNAME\nEXPTIME EXPTIME SUM\n", 2, "EXPTIME", "did you mean sum?"),
    ("ROOTNAME\nEXPTIME EXPTIME sum up\n", 2, "EXPTIME", "'sum up' is no function"),
    ("ROOTNAME\nEXPTIME sum\n", 2, "EXPTIME", "write EXPTIME EXPTIME sum"),
    ("ROOTNAME\nEXPTIME, EXPTIME sum\n", 2, "EXPTIME,", "'EXPTIME,' is no keyword"),
    ("ROOTNAME\nEXPTIME=sum\n", 2, "EXPTIME=SUM", "is no keyword"),
    ("ROOTNAME\nEXPTIME A.B sum\n", 2, "EXPTIME", "'A.B' is no name"),
    ("ROOTNAME\n<delte> ASN_ID\n", 2, "<delte>", "there is <delete>"),
    ("ROOTNAME\n<delete>\n", 2, None, "is followed by a keyword"),
    ("ROOTNAME\n<delete> ASN_ID ASN_TAB\n", 2, "ASN_ID", "one keyword a line"),
    ("ROOTNAME\n<delete> /\n", 2, None, "/ is followed by the title"),
    ("!VERSION = one\nROOTNAME\n", 1, None, "'one' is no number of a version"),
    ("!VERSOIN = 1.1\nROOTNAME\n", 1, None, "!VERSOIN is no command"),
    ("!!\nROOTNAME\n", 1, None, "is no command"),
    ("ROOTNAME NAME\nFILENAME NAME\n", 2, "FILENAME", "column NAME is that of ROOTNAME in line 1"),
    ("ROOTNAME Name\nFILENAME name\n", 2, "FILENAME", "is that of ROOTNAME in line 1"),
    ("A A\nB X\nA X\n", 3, "A", "the column X is that of B in line 2"),
    ("", None, None, "asks for no column of HDRTAB"),
    ("# nothing\nEXPTIME EXPTIME sum\n", None, None, "asks for no column of HDRTAB"),
    ("A" * 1_000_000, 1, None, "it has 1,000,000 characters"),
    ("ROOTNAME\n# " + "a" * 1_000_000, 2, None, "it has 1,000,002 characters"),
    ("A\n" * 6_000, 5_001, None, "more than 5,000 lines"),
]  # fmt: skip


class TestFaults:
    @pytest.mark.parametrize(("text", "line", "key", "problem"), FAULTS)
    def test_it_is_told_with_file_line_and_keyword(self, hst, rules, text, line, key, problem):  # noqa: ARG002
        path = rules(text)
        with pytest.raises(RulesFileError) as caught:
            blendmodels(None, [], rules=[path])
        error = caught.value
        assert (error.path, error.line) == (path, line)
        assert (error.key or "").upper() == (key or "").upper()
        assert problem in str(error)
        assert f"rules file {path}" in str(error)
        assert "blender-hst 1.0 [hst]" in str(error)
        if line:
            assert f"line {line}" in str(error)

    def test_all_are_told_together(self, hst, rules):  # noqa: ARG002
        path = rules("ROOTNAME\nA A summ\nB B maxx\n<del> C\n")
        with pytest.raises(BlendErrorGroup) as caught:
            blendmodels(None, [], rules=[path])
        assert [error.line for error in caught.value.exceptions] == [2, 3, 4]

    def test_files_that_are_no_text(self, hst, tmp_path):  # noqa: ARG002
        binary = tmp_path / "binary.rules"
        binary.write_bytes(bytes(range(256)) * 100)
        endless = tmp_path / "endless.rules"
        endless.symlink_to("/dev/zero")
        for path in (binary, endless, tmp_path / "missing.rules", tmp_path):
            with pytest.raises(RulesFileError):
                blendmodels(None, [], rules=[path])

    def test_many_lines_take_no_time_to_speak_of(self, hst, tmp_path):  # noqa: ARG002
        code = (
            "from pathlib import Path\n"
            "from blender_hst.rules_lines import read_lines\n"
            "text = ''.join(f'K{i}\\nK{i} K{i} sum\\n' for i in range(2_000))\n"
            "assert len(read_lines(Path('x.rules'), text)) == 4_000\n"
        )
        environment = {"PYTHONPATH": str(ROOT / "examples" / "hst" / "src")}
        subprocess.run([sys.executable, "-c", code], check=True, timeout=30, env=environment)


class TestToml:
    def test_it_is_the_same(self, hst, rules, tmp_path, write):  # noqa: ARG002
        from blender_hst.to_toml import write_toml

        path = rules(RULES)
        team = write_toml(path, tmp_path / "team.toml")
        assert team.read_text().startswith('# The rules of "acs.rules", for images of HST.\n')
        inputs = [write("j9l9a1q"), write("j9l9a2q", start=0.5)]
        ours, theirs = (blendmodels(None, inputs, rules=[each]) for each in (path, team))
        assert ours.values == theirs.values
        assert ours.values["meta.made.primary.TEXPTIME"] == 60.0
        assert ours.table.colnames == theirs.table.colnames
        assert {path: one.choice.label for path, one in ours.plan.items()} == {
            path: one.choice.label for path, one in theirs.plan.items()
        }

    def test_the_command(self, hst, rules, tmp_path, capsys):  # noqa: ARG002
        from blender_hst.to_toml import main

        target = tmp_path / "team.toml"
        assert main([str(rules(RULES)), "--to", str(target)]) == 0
        assert main([str(rules(RULES)), "--to", str(target)]) == 1
        assert "team.toml is there already" in capsys.readouterr().err
        assert main([str(rules(RULES)), "--to", str(target), "--overwrite"]) == 0
        before = target.read_text()
        bad = rules("ROOTNAME\nA A summ\nB B maxx\n", "bad.rules")
        assert main([str(bad), "--to", str(target), "--overwrite"]) == 1
        assert re.findall(r"bad.rules, line (\d), (\w): '(\w+)'", capsys.readouterr().err) == [
            ("2", "A", "summ"),
            ("3", "B", "maxx"),
        ]
        assert target.read_text() == before
        assert {each.name for each in tmp_path.glob("*.toml")} == {"team.toml"}

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"ROOTNAME\n\xff\n", "line 2: it is not a text in UTF-8"),
            (None, "there is no such file"),
            ("/dev/zero", "it is no regular file"),
            (b"#" * ((4 << 20) + 1), "more than 4 MB"),
        ],
        ids=["binary", "missing", "endless", "large"],
    )
    def test_hostile_files(self, hst, tmp_path, capsys, content, problem):  # noqa: ARG002
        from blender_hst.to_toml import main

        path = tmp_path / "x.rules"
        if isinstance(content, str):
            path.symlink_to(content)
        elif content is not None:
            path.write_bytes(content)
        assert main([str(path), "--to", str(tmp_path / "team.toml")]) == 1
        assert problem in capsys.readouterr().err


def test_the_plugin_takes_no_other_files(hst, tmp_path):  # noqa: ARG001
    path = tmp_path / "acs.rulez"
    path.write_text(RULES)
    with pytest.raises(RulesFileError, match=r"asked was blender-hst 1.0"):
        blendmodels(None, [], rules=[path])
    assert "blender-hst 1.0 [hst]" in map(str, Plugins.discover())
