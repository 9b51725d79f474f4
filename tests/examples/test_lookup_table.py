"""The rules of Chandra's lookup tables: what the page says of them, and files that are none."""

import csv
import sys
import warnings
from pathlib import Path

import pytest

from blender_core import (
    BlendErrorGroup,
    BlendPlan,
    BlendWarning,
    Plugins,
    RulesFileError,
    Tier,
    UnknownRulesFileError,
    blendmodels,
)
from blender_core.testing import check_rule

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "lookup_table"
RULES = ("fail", "warn_first", "warn_omit", "warn_prefer")
with (ROOT / "docs" / "howto" / "lookup_tables.csv").open(newline="") as table:
    CASES = list(csv.DictReader(table))


def value_of(cell):
    try:
        return float(cell)
    except ValueError:
        return cell or None


@pytest.fixture(autouse=True)
def _installed(install_examples):
    install_examples("merge_headers", "lookup_table")
    yield
    for name in [one for one in sys.modules if one.startswith(("merge_headers", "lookup_table"))]:
        del sys.modules[name]


@pytest.fixture
def merge(tmp_path):
    """Return a function that blends headers by a lookup table: its text, headers → values, told."""

    def make(text, headers):
        path = tmp_path / "merge_lookup.txt"
        path.write_text(text)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            result = blendmodels(None, headers, rules=path)
        assert all(issubclass(one.category, BlendWarning) for one in told)
        return result, [str(one.message) for one in told]

    return make


@pytest.mark.parametrize("case", CASES, ids=lambda one: "-".join(list(one.values())[:4]))
def test_a_line_of_the_page(merge, case):
    keyword, _ = case["Line of the table"].split()
    values = [value_of(case[place]) for place in ("First", "Second", "Third")]
    headers = [{"MISSION": "AXAF", keyword: value} for value in values]
    result, told = merge(case["Line of the table"], headers)
    blended = value_of(case["Blended"])
    expected = {"meta.mission": "AXAF"}
    if blended is not None:
        expected[f"meta.{keyword.lower()}"] = blended
    assert result.values == expected
    assert len(told) == bool(case["Warning"])
    assert all(case["Warning"] in one and keyword in one for one in told)


@pytest.mark.parametrize("name", RULES)
def test_the_rules_are_what_they_say(name):
    (rule,) = [rule for rule, _ in Plugins.discover().rules() if rule.name == name]
    check_rule(rule)


def test_the_file_in_toml_asks_for_the_same():
    lines = (EXAMPLE / "example_lookup.txt").read_text().splitlines()[1:]
    header = {line.split()[0]: 1.0 for line in lines}
    of_table, of_toml = (
        BlendPlan.for_model(header, rules=EXAMPLE / name)
        for name in ("example_lookup.txt", "chandra.toml")
    )
    assert len(of_table) == len(lines)
    for path, assignment in of_table.items():
        assert assignment.tier is of_toml[path].tier is Tier.RULES_FILE
        assert str(assignment).splitlines()[0] == str(of_toml[path]).splitlines()[0]


def test_keywords_that_begin_like_one_of_the_table(merge):
    headers = [{"ONTIME": 2.0, "ONTIME7": 1.0, "DATE-OBS": "2000-03-08"}] * 2
    result, _ = merge("DATE Skip\nontime calcGTI\nDATE-OBS calcForce\n", headers)
    assert result.values == {"meta.ontime": 4.0, "meta.ontime7": 2.0, "meta.date-obs": "2000-03-08"}


def test_of_two_lines_for_a_keyword_the_later_counts(merge):
    result, _ = merge("TSTOP Min\n# no\n\nTSTOP maX\n", [{"TSTOP": 1.0}, {"TSTOP": 2.0}])
    assert result.values == {"meta.tstop": 2.0}


def test_one_way_of_merging_that_there_is_not(merge):
    lines = [
        *("OBJECT Merge-Merged", "A Max-1", "ROLL_NOM WarnOmit-little", "RADESYS WarnPrefer"),
        *("TIMEUNIT Fail;Force-s", "GAIN Mean", "TSTART", "LIVETIME calcForce"),
    ]
    with pytest.raises(BlendErrorGroup) as caught:
        merge("TSTOP max\n" + "\n".join(lines), [{"TSTOP": 1.0}])
    faults = caught.value.exceptions
    assert [type(one) for one in faults] == [RulesFileError] * len(lines)
    assert [one.line for one in faults] == [*range(2, len(lines) + 2)]
    assert "there is no way 'Merge-Merged' to merge OBJECT" in str(faults[0])
    assert "merge_lookup.txt (lookup-table 1.0 [lookup_table]), line 2: " in str(faults[0])


def test_other_files_are_none_of_its(tmp_path):
    path = tmp_path / "rules.txt"
    path.write_text("TSTOP max\n")
    with pytest.raises(UnknownRulesFileError, match=r"lookup-table 1\.0"):
        blendmodels(None, [{"TSTOP": 1.0}], rules=path)


CODE = """
import warnings
from blender_core import blendmodels
warnings.simplefilter("ignore")
headers = [{"ROLL_NOM": 65.5, "OBJECT": "M82"}, {"ROLL_NOM": 68.0, "OBJECT": "M81"}]
print(blendmodels(None, headers, rules=TABLE).values)
"""


@pytest.mark.exhaustive
def test_installed_in_a_new_environment(installed, tmp_path):
    folders = [ROOT / "blender_rules_std", EXAMPLE, EXAMPLE.parent / "merge_headers"]
    table = str(EXAMPLE / "example_lookup.txt")
    printed = installed(*folders).run(f"TABLE = {table!r}\n{CODE}", tmp_path)
    assert printed == "{'meta.object': 'Merged'}\n"
