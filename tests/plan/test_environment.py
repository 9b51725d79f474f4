"""What environment variables ask of every blend."""

import os
import pickle

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    BlendErrorGroup,
    BlendPlan,
    BlendWarning,
    EnvironmentVariableError,
    ModelBlender,
    OverrideConflictError,
    PluginError,
    Plugins,
    RulesFileError,
    blendmodels,
)
from blender_core.tables.hdrrules import record_rules

START = "meta.exposure.start_time"
BROKEN = "raise RuntimeError('no licence')"


@pytest.fixture
def rules_file(tmp_path, monkeypatch):
    """Return a function that writes a rules file in the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(name, attribute="EXPSTART", rule="max"):
        text = f'[[override]]\nattribute = "{attribute}"\nrule = "{rule}"\n'
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


@pytest.fixture
def inputs(make_models):
    return make_models(START, [59000.5, 59000.25, 59000.75])


class TestRules:
    def test_they_hold_for_a_blend_that_knows_nothing_of_them(
        self, rules_file, inputs, monkeypatch
    ):
        monkeypatch.setenv("MODEL_BLENDER_RULES", str(rules_file("team.toml")))
        blender = ModelBlender()
        for model in inputs:
            blender.accumulate(model)
        product = ImageModel()
        blender.finalize_model(product)
        assert product[START] == 59000.75
        assert blendmodels(ImageModel(), inputs).values[START] == 59000.75

    def test_several_relative_to_the_current_folder(self, rules_file, monkeypatch):
        rules_file("team.toml")
        rules_file("night.toml", "EXPEND", "min")
        between = os.pathsep
        monkeypatch.setenv(
            "MODEL_BLENDER_RULES", f"{between}team.toml{between} {between}night.toml"
        )
        plan = BlendPlan.for_model(ImageModel)
        assert plan[START].name == "max"
        assert plan[START].source == "team.toml (MODEL_BLENDER_RULES)"
        assert plan["meta.exposure.end_time"].source == "night.toml (MODEL_BLENDER_RULES)"

    def test_they_are_of_the_rank_of_rules_files(self, rules_file, monkeypatch):
        monkeypatch.setenv("MODEL_BLENDER_RULES", str(rules_file("team.toml")))
        assert BlendPlan.for_model(ImageModel, overrides={START: "last"})[START].name == "last"
        other = rules_file("other.toml", rule="median")
        with pytest.raises(OverrideConflictError, match=r"max by .*\(MODEL_BLENDER_RULES\)"):
            BlendPlan.for_model(ImageModel, rules=other)
        # One that says the same may be named twice.
        assert BlendPlan.for_model(ImageModel, rules="team.toml")[START].name == "max"

    def test_plugins_at_hand_get_them_as_well(self, rules_file, monkeypatch):
        monkeypatch.setenv("MODEL_BLENDER_RULES", str(rules_file("team.toml")))
        assert BlendPlan.for_model(ImageModel, plugins=Plugins.discover())[START].name == "max"

    def test_a_file_that_is_not_there(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("MODEL_BLENDER_RULES", "team.toml")
        with pytest.raises(RulesFileError) as caught:
            ModelBlender()
        assert str(caught.value) == (
            "rules file team.toml (MODEL_BLENDER_RULES) cannot be read: No such file or directory"
        )
        assert str(caught.value.path) == "team.toml"
        assert caught.value.variable == "MODEL_BLENDER_RULES"

    @pytest.mark.parametrize(
        ("content", "line", "key"),
        [
            (b'[[override]]\nattribute = "EXPSTART"\nrulez = "max"\n', 3, "rulez"),
            (b"[[override]]\nattribute = \n", 2, None),
            (b"[[override]]\n# \xff\n", 2, None),
        ],
    )
    def test_a_file_with_a_fault(self, tmp_path, monkeypatch, content, line, key):
        file = tmp_path / "team.toml"
        file.write_bytes(content)
        monkeypatch.setenv("MODEL_BLENDER_RULES", str(file))
        with pytest.raises(RulesFileError, match=r"team\.toml \(MODEL_BLENDER_RULES\)") as caught:
            BlendPlan.for_model(ImageModel)
        assert (caught.value.line, caught.value.key) == (line, key)
        assert caught.value.variable == "MODEL_BLENDER_RULES"

    def test_several_faults(self, tmp_path, monkeypatch):
        file = tmp_path / "team.toml"
        file.write_text("one = 1\ntwo = 2\n")
        monkeypatch.setenv("MODEL_BLENDER_RULES", str(file))
        with pytest.raises(BlendErrorGroup, match=r"\(MODEL_BLENDER_RULES\) cannot be used"):
            BlendPlan.for_model(ImageModel)


class TestBlock:
    @pytest.mark.parametrize(
        "names", ["broken", "Broken_Rules", f"std,broken{os.pathsep}", " std\tbroken-rules\n"]
    )
    def test_a_broken_plugin_is_left_out_of_a_blend_that_cannot_say_so(
        self, install, monkeypatch, names
    ):
        install("broken-rules", "broken", BROKEN)
        install(
            "acme-rules",
            "acme",
            "import blender_core\n@blender_core.hookimpl\ndef blender_rules(): return []",
        )
        with pytest.raises(PluginError, match="MODEL_BLENDER_BLOCK=broken"):
            ModelBlender()
        monkeypatch.setenv("MODEL_BLENDER_BLOCK", names)
        ModelBlender()
        plugins = Plugins.discover()
        std = [] if "std" in names else ["std"]
        assert [one.plugin for one in plugins] == ["acme", *std]
        assert "broken" in [one.plugin for one in plugins.left_out]

    def test_together_with_those_of_the_call(self, install, monkeypatch):
        install("broken-rules", "broken", BROKEN)
        monkeypatch.setenv("MODEL_BLENDER_BLOCK", "broken")
        plugins = Plugins.discover(block=["std"])
        assert len(plugins) == 0
        # The caller knows what it leaves out itself.
        assert [one.plugin for one in plugins.left_out] == ["broken"]

    def test_plugins_at_hand_are_used_as_they_are(self, make_plugins, acme, monkeypatch, inputs):
        plugins = make_plugins({acme: []})
        monkeypatch.setenv("MODEL_BLENDER_BLOCK", "std acme")
        result = blendmodels(ImageModel(), inputs, plugins=plugins)
        assert result.values[START] == 59000.25

    def test_a_misspelt_name_does_not_leave_a_plugin_in_silently(self, monkeypatch):
        monkeypatch.setenv("MODEL_BLENDER_BLOCK", "blender-rules-sdt,nothing")
        with pytest.warns(BlendWarning) as caught:
            Plugins.discover(block=["nothing"])
        assert [str(one.message) for one in caught] == [
            (
                "no plugin 'blender-rules-sdt' is installed that could be left out, as "
                "MODEL_BLENDER_BLOCK asks: did you mean 'blender-rules-std'?"
            ),
            "no plugin 'nothing' is installed that could be left out",
        ]


class TestRecordRules:
    @pytest.mark.parametrize("said", ["1", "true", "YES", "On", " on "])
    def test_yes(self, monkeypatch, said):
        monkeypatch.setenv("MODEL_BLENDER_RECORD_RULES", said)
        assert record_rules() is True

    @pytest.mark.parametrize("said", ["0", "False", "no", "OFF"])
    def test_no(self, monkeypatch, said):
        monkeypatch.setenv("MODEL_BLENDER_RECORD_RULES", said)
        assert record_rules() is False

    @pytest.mark.parametrize("said", ["", "  "])
    def test_nothing(self, monkeypatch, said):
        assert record_rules() is None
        monkeypatch.setenv("MODEL_BLENDER_RECORD_RULES", said)
        assert record_rules() is None

    def test_it_holds_for_a_blend_that_does_not_say(self, inputs, monkeypatch):
        def has_rules(said, **settings):
            monkeypatch.setenv("MODEL_BLENDER_RECORD_RULES", said)
            product = ImageModel()
            blendmodels(product, inputs, **settings)
            return product.hasattr("hdrrules")

        override = {"overrides": {START: "max"}}
        assert [has_rules("yes"), has_rules("no", **override)] == [True, False]
        assert [has_rules(""), has_rules("", **override)] == [False, True]
        assert has_rules("no", record_rules=True)
        assert not has_rules("yes", record_rules=False)

    @pytest.mark.parametrize("said", ["2", "y", "none"])
    def test_anything_else(self, monkeypatch, said):
        monkeypatch.setenv("MODEL_BLENDER_RECORD_RULES", said)
        with pytest.raises(EnvironmentVariableError):
            ModelBlender()
        with pytest.raises(EnvironmentVariableError) as caught:
            record_rules()
        error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
        assert str(error) == (
            "the environment variable MODEL_BLENDER_RECORD_RULES is one of 1, true, yes, on, or of "
            f"0, false, no, off, not {said!r}"
        )
        assert (error.variable, error.value) == ("MODEL_BLENDER_RECORD_RULES", said)
        assert error.allowed == ("1", "true", "yes", "on", "0", "false", "no", "off")
