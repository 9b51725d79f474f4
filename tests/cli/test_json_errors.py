"""Errors as programs read them: one object on standard error, and the same status."""

import json
import shutil
import sys
from pathlib import Path
from typing import ClassVar

import pytest
from astropy.io import fits
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import blendmodels
from blender_core.cli.app import app

KEYS = ["type", "message", "attribute", "keyword", "input", "provider", "remedy"]


@pytest.fixture
def refused_json(command):
    """Return a function that gives the error of a command that is asked for JSON."""

    def run(*arguments, status=2):
        done = command(*arguments, "--json", status=status)
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        (error,) = json.loads(done.stderr).values()
        assert list(error)[: len(KEYS)] == KEYS
        return error

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        ["blend", "none.fits", "none.fits"],
        ["amend", "none.fits"],
        ["plan", "none.fits"],
        ["preview", "none.fits"],
        ["check", "none.fits"],
        ["rules", "none"],
        ["plugins", "--block", "a", "--nonsense"],
        ["explain", "none.fits"],
        ["table", "none.fits"],
        ["diff", "none.fits", "none.fits"],
        ["report", "none.fits"],
        ["demo", "none.fits"],
        ["new-plugin", "no name"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_command(refused_json, command, arguments):
    error = refused_json(*arguments)
    said = command(*arguments, status=2).stderr.splitlines()[-1]
    assert said == f"Error: {error['message']}"
    assert error["type"]


def test_no_command_is_left_out():
    commands = app.registered_commands
    names = {(each.name or each.callback.__name__).replace("_", "-") for each in commands}
    (marked,) = test_every_command.pytestmark
    assert names == {arguments[0] for arguments in marked.args[1]}


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["--nothing"], ["table"], ["plan", "--nothing"]]
)
def test_what_is_typed_wrong(refused_json, command, arguments):
    error = refused_json(*arguments)
    assert error["message"] in command(*arguments, status=2).stderr
    assert set(error.values()) == {error["type"], error["message"], None}


def test_an_attribute(refused_json, product, exposures):
    error = refused_json("blend", product, *exposures, "--override", "DETECTOR=same")
    assert error["type"] == "RuleError"
    assert error["attribute"] == "meta.instrument.detector"
    assert error["keyword"] == "DETECTOR"
    assert error["provider"]["distribution"] == "blender-rules-std"
    assert error["input"] is None


def test_an_attribute_of_a_plan(refused_json):
    error = refused_json("plan", "--model", "ImageModel", "--override", "EXPSTART=weighted_mean")
    assert error["type"] == "PlanError"
    assert error["attribute"] == "meta.exposure.start_time"
    assert error["keyword"] == "EXPSTART"


def test_overrides_that_disagree(refused_json):
    overrides = ["--override", "EXPSTART=max", "--override", "EXPSTART=min"]
    error = refused_json("plan", "--model", "ImageModel", *overrides)
    assert (error["attribute"], error["keyword"]) == ("meta.exposure.start_time", "EXPSTART")


def test_inputs(refused_json, product, exposures):
    shutil.copy(product, "cut_cal.fits")
    with open("cut_cal.fits", "r+b") as file:  # noqa: PTH123
        file.truncate(3000)
    error = refused_json("blend", product, *exposures, "cut_cal.fits", "none_cal.fits")
    assert error["type"] == "BlendErrorGroup"
    faults = error["errors"]
    assert [list(each) for each in faults] == [KEYS, KEYS]
    assert [each["input"] for each in faults] == ["cut_cal.fits", "none_cal.fits"]
    alone = refused_json("blend", product, *exposures, "cut_cal.fits")
    assert alone == faults[0]


def test_an_association(refused_json, product):
    with open("asn.json", "w") as file:  # noqa: PTH123
        file.write('{"products": []}')
    assert refused_json("blend", product, "asn.json")["input"] == "asn.json"


def test_a_remedy(refused_json, product, exposures):
    error = refused_json("blend", product, *exposures, "--output", exposures[0])
    assert error["type"] == "OutputExistsError"
    assert error["remedy"] == "--overwrite"


def test_a_plugin(refused_json, install):
    install("acme-rules", "acme", "import blender_cor")
    error = refused_json("rules")
    assert error["provider"] == {"distribution": "acme-rules", "version": "1.0", "plugin": "acme"}
    assert error["remedy"] == "--block acme"


def test_two_plugins(refused_json, install):
    install(
        "acme-rules",
        "acme",
        "from blender_core import Rule, hookimpl\n\n\n@hookimpl\ndef blender_rules():\n"
        "    return [Rule(name='mean', blend=max, summary='The largest value.')]\n",
    )
    error = refused_json("plan", "--model", "ImageModel")
    assert error["type"] == "RuleConflictError"
    assert error["provider"] is None
    names = [each["distribution"] for each in error["providers"]]
    assert names == ["acme-rules", "blender-rules-std"]


def overriding(*overrides):
    """Return the code of a plugin with overrides."""
    listed = ", ".join(f"Override({each})" for each in overrides)
    return (
        "from blender_core import Override, hookimpl\n\n\n@hookimpl\n"
        f"def blender_overrides():\n    return [{listed}]\n"
    )


class TestWhatIsKnown:
    """Each class of errors has what it knows beside what all have."""

    PLAN = "plan", "--model", "ImageModel"
    STD = "blender-rules-std"
    ACME: ClassVar = {"distribution": "acme-rules", "version": "1.0", "plugin": "acme"}
    END = "meta.exposure.end_time"

    def test_a_rule(self, refused_json):
        error = refused_json(*self.PLAN, "--override", "EFFEXPTM=maxx")
        assert error["type"] == "UnknownRuleError"
        assert error["attribute"] == "meta.exposure.exposure_time"
        assert error["keyword"] == "EFFEXPTM"
        assert list(error["wanted"]) == ["maxx"]

    def test_several_rules(self, refused_json):
        overrides = ["--override", "EFFEXPTM=maxx", "--override", "EXPSTART=minn"]
        error = refused_json(*self.PLAN, *overrides)
        assert (error["attribute"], error["keyword"]) == (None, None)
        assert set(error["wanted"]) == {"maxx", "minn"}

    def test_whose_rule_wants_more(self, refused_json):
        error = refused_json(*self.PLAN, "--override", "EXPSTART=weighted_mean")
        assert error["provider"]["distribution"] == self.STD

    def test_a_place_in_a_rules_file(self, refused_json, here):
        (here / "t.toml").write_text('[[override]]\nattribute = "EXPSTART"\nrul = "max"\n')
        error = refused_json(*self.PLAN, "--rules", "t.toml")
        place = [error[name] for name in ("path", "line", "column", "key", "variable")]
        assert place == ["t.toml", 3, None, "rul", None]

    def test_an_environment_variable(self, refused_json, monkeypatch):
        monkeypatch.setenv("MODEL_BLENDER_RULES", "none.toml")
        assert refused_json(*self.PLAN)["variable"] == "MODEL_BLENDER_RULES"

    def test_overrides_that_disagree(self, refused_json):
        overrides = ["--override", "EXPSTART=max", "--override", "EXPSTART=min"]
        assert refused_json(*self.PLAN, *overrides)["sources"] == ["the caller"]

    @pytest.mark.parametrize(
        ("override", "kind", "attribute"),
        [
            ("attribute='NIX', rule='max'", "UnknownAttributeError", "NIX"),
            ("attribute='EXPEND', rule='max', order_by='NIX'", "UnknownAttributeError", "NIX"),
            ("attribute='EXPEND', rule='maxx'", "UnknownRuleError", END),
            ("attribute='EXPEND', rule='weighted_mean'", "PlanError", END),
            ("attribute='EXPEND', rule='max', parameters={'a': 1}", "PlanError", END),
            ("attribute='meta.exposure.*', column='A'", "PlanError", "meta.exposure.*"),
            ("attribute='meta.a', rule='sum', blend_from='meta.*.name'", "PlanError", "meta.a"),
        ],
    )
    def test_whose_override_is_wrong(self, refused_json, install, override, kind, attribute):
        install("acme-rules", "acme", overriding(override))
        error = refused_json(*self.PLAN)
        assert (error["type"], error["attribute"]) == (kind, attribute)
        assert error["keyword"] == ("EXPEND" if attribute == self.END else None)
        assert error["provider"] == self.ACME
        assert error["remedy"] == "--block acme"
        assert error["message"].count("acme-rules 1.0 [acme]") == 1

    def test_whose_overrides_ask_for_several_rules(self, refused_json, install):
        overrides = "attribute='EXPEND', rule='maxx'", "attribute='EXPSTART', rule='minn'"
        install("acme-rules", "acme", overriding(*overrides))
        error = refused_json(*self.PLAN)
        assert (error["attribute"], error["keyword"]) == (None, None)
        assert (error["provider"], error["remedy"]) == (self.ACME, "--block acme")
        # The caller asks for another.
        error = refused_json(*self.PLAN, "--override", "EFFEXPTM=midd")
        assert set(error["wanted"]) == {"maxx", "minn", "midd"}
        assert (error["provider"], error["remedy"]) == (None, None)

    def test_whose_overrides_disagree(self, refused_json, install):
        one, other = "attribute='EXPEND', rule='max'", "attribute='EXPEND', rule='min'"
        install("acme-rules", "acme", overriding(one, other))
        error = refused_json(*self.PLAN)
        assert error["type"] == "OverrideConflictError"
        assert (error["provider"], error["providers"]) == (self.ACME, [self.ACME])
        assert error["remedy"] == "--override"

    def test_whose_overrides_disagree_with_those_of_others(self, refused_json, install):
        install("acme-rules", "acme", overriding("attribute='EXPEND', rule='max'"))
        install("apex-rules", "apex", overriding("attribute='EXPEND', rule='min'"))
        error = refused_json(*self.PLAN)
        assert (error["type"], error["provider"]) == ("OverrideConflictError", None)
        names = [each["distribution"] for each in error["providers"]]
        assert names == ["acme-rules", "apex-rules"]

    def test_who_reads_the_file_that_asks_for_a_rule(self, refused_json, install, here):
        (here / "team.acme").write_text("EXPEND: maxx")
        install(
            "acme-rules",
            "acme",
            "from blender_core import Override, hookimpl\n\n\n@hookimpl\n"
            "def blender_rules_file(path, text):\n"
            "    name, rule = text.split(': ')\n"
            "    return [Override(attribute=name, rule=rule)]\n",
        )
        error = refused_json(*self.PLAN, "--rules", "team.acme")
        assert (error["type"], error["keyword"]) == ("UnknownRuleError", "EXPEND")
        assert (error["provider"], error["remedy"]) == (self.ACME, None)

    @pytest.mark.parametrize("given", ["none*.fits", "@none.txt", "none.fits[1]"])
    def test_a_name_of_several(self, refused_json, given):
        assert refused_json("preview", given)["input"] == given

    @pytest.mark.parametrize("problem", ["none", "junk"])
    @pytest.mark.parametrize(
        "arguments",
        [
            ["amend", "a.fits", "--overwrite"],
            ["blend", "a.fits", "b.fits"],
            *(["check", "a.fits"], ["demo", "a.fits"], ["diff", "a.fits", "a.fits"]),
            *(["explain", "a.fits"], ["plan", "a.fits"], ["preview", "a.fits"]),
            *(["report", "a.fits"], ["table", "a.fits"]),
        ],
        ids=lambda arguments: arguments[0],
    )
    def test_which_file(self, refused_json, here, arguments, problem):
        if problem == "junk":
            (here / "a.fits").write_text("hello")
        assert refused_json(*arguments)["input"] == "a.fits"

    @pytest.mark.parametrize("name", ["explain", "table"])
    def test_a_file_without_a_table(self, refused_json, exposures, name):
        assert refused_json(name, exposures[0])["input"] == str(exposures[0])

    def test_a_product_that_is_no_product(self, refused_json, product, exposures):
        assert refused_json("blend", exposures[0], *exposures)["input"] == str(exposures[0])
        none = refused_json("blend", product, "none.fits", "nor.fits", "--dry-run")
        assert none["input"] == "none.fits"
        error = refused_json("amend", product, "--overwrite")
        assert (error["type"], error["input"]) == ("CommandError", str(product))

    def test_a_keyword_of_several_attributes(self, refused_json, here):
        (here / "t.toml").write_text(
            '[[override]]\nattribute = "EXPEND"\nrule = "last"\norder_by = "v2_ref"\n'
        )
        error = refused_json(*self.PLAN, "--rules", "t.toml")
        assert error["type"] == "AmbiguousAttributeError"
        assert (error["attribute"], error["keyword"]) == ("v2_ref", "V2_REF")
        assert error["paths"] == ["meta.guidestar.fgs_v2_ref", "meta.wcsinfo.v2_ref"]

    def test_a_value_that_the_schema_forbids(
        self, refused_json, install, product, exposures, monkeypatch
    ):
        install(
            "acme-rules",
            "acme",
            "from blender_core import Rule, hookimpl\n\n\n@hookimpl\ndef blender_rules():\n"
            "    return [Rule(name='word', blend=lambda values: 'X', summary='A word.')]\n",
        )
        monkeypatch.setenv("STRICT_VALIDATION", "1")
        error = refused_json("blend", product, *exposures, "--override", "NGROUPS=word")
        assert error["type"] == "InvalidValueError"
        assert (error["attribute"], error["keyword"]) == ("meta.exposure.ngroups", "NGROUPS")
        assert (error["value"], error["provider"]) == ("X", self.ACME)

    def test_a_value_that_no_table_can_have(self, refused_json, product, here):
        paths = []
        for number, name in enumerate(["NGC 1300", "η Carinae"]):
            model = ImageModel()
            model.meta.target.proposer_name = name
            paths.append(model.save(here / f"{number}_cal.asdf"))
        error = refused_json("blend", product, *paths)
        assert error["type"] == "TableError"
        assert (error["attribute"], error["keyword"]) == ("meta.target.proposer_name", "TARGPROP")
        assert (error["column"], error["input"]) == ("TARGPROP", "input 2")

    @pytest.mark.exhaustive
    def test_workers_that_die(self, script, product, exposures, install, monkeypatch, tmp_path):
        install(
            "acme-rules",
            "acme",
            "import multiprocessing, os\nfrom blender_core import hookimpl\n\n"
            "if multiprocessing.parent_process():\n    os._exit(3)\n\n\n"
            "@hookimpl\ndef blender_rules():\n    return []\n",
        )
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site" / "acme-rules"))
        done = script("blend", product, *exposures, "--processes", 2, "--json", timeout=120)
        assert (done.returncode, done.stdout) == (2, "")
        (error,) = json.loads(done.stderr).values()
        assert error["type"] == "ExecutorError"
        assert error["numbers"] == [2, len(exposures)]

    def test_a_url_pattern(self, refused_json):
        error = refused_json("preview", "nosuch://me:secret@host/*.fits")
        assert error["type"] == "RemoteError"
        assert error["input"] == error["url"] == "nosuch://***@host/*.fits"
        assert error["status"] is None

    def test_what_is_not_installed(self, refused_json, monkeypatch):
        monkeypatch.setitem(sys.modules, "fsspec", None)  # as if it were not there
        for given in ("https://host/a.fits", "https://host/*.fits"):
            error = refused_json("preview", given)
            assert error["remedy"] == 'pip install "blender-core[remote]"'
            assert error["message"].endswith(error["remedy"])

    def test_what_several_plugins_take(self, refused_json, install, here):
        (here / "a.xyz").write_text("X")
        for name in ("acme", "apex"):
            install(
                f"{name}-io",
                name,
                "from blender_core import hookimpl\n\n\n@hookimpl\n"
                "def blender_open(given, what, opened):\n    return 7\n",
            )
        error = refused_json("preview", "a.xyz")
        assert (error["type"], error["input"]) == ("ReaderConflictError", "a.xyz")
        assert error["what"] == "input 1 (a.xyz)"
        error = refused_json("preview", "a.xyz", "--block", "acme")
        assert (error["type"], error["input"]) == ("PluginError", "a.xyz")

    def test_where_nothing_can_be_written(self, refused_json, product, exposures):
        error = refused_json("blend", product, *exposures, "--output", "none/a.fits")
        assert (error["type"], error["path"]) == ("OutputError", "none/a.fits")

    def test_products_of_an_association(self, refused_json, product):
        content = {"products": [{"name": name, "members": []} for name in "ab"]}
        Path("asn.json").write_text(json.dumps(content))
        error = refused_json("blend", product, "asn.json")
        assert (error["products"], error["remedy"]) == (["a", "b"], "--asn-product a")

    def test_a_column(self, refused_json, product, exposures):
        blendmodels(str(product), list(map(str, exposures)), output=str(product))
        error = refused_json("table", product, "--columns", "EXPSTRT")
        assert error["attribute"] == "EXPSTRT"
        assert "EXPSTART" in error["close"]
        assert "EXPSTART" in refused_json("explain", product, "EXPSTRT")["close"]
        with fits.open(product, mode="update") as hdus:
            table = hdus["HDRTAB"]
            rows = len(table.data)
            column = fits.Column("EXPSTART", "3A", array=["abc"] * rows)
            others = [each for each in table.columns if each.name != "EXPSTART"]
            hdus["HDRTAB"] = fits.BinTableHDU.from_columns([*others, column], name="HDRTAB")
        error = refused_json("preview", product, "--expand")
        assert error["type"] == "ExpansionError"
        assert (error["column"], error["keyword"]) == ("EXPSTART", "EXPSTART")
        assert error["input"] == str(product)


def test_a_traceback_comes_before_it(command):
    done = command("plan", "none.fits", "--json", "--debug", status=2)
    *trace, last = done.stderr.splitlines()
    assert any("Traceback" in line for line in trace)
    assert json.loads(last)["error"]["message"] == "there is no file none.fits"


def test_what_a_terminal_would_obey(refused_json, command):
    error = refused_json("plan", "\x1b[2J\n\u202e.fits")
    assert "\x1b[2J\n\u202e" in error["message"] or "\\x1b" in error["message"]
    done = command("plan", "\x1b[2J\n\u202e.fits", "--json", status=2)
    assert done.stderr.rstrip("\n").isascii()
    assert done.stderr.rstrip("\n").isprintable()
