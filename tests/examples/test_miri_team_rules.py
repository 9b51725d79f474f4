"""A plugin of one team: what it changes for its instrument, and for nobody else."""

import re
from pathlib import Path

import pytest
from stdatamodels.jwst.datamodels import DarkMIRIModel, ImageModel

from blender_core import DROP, BlendPlan, Plugins, RuleError, Tier
from blender_core.schema.attributes import read_attributes
from blender_core.testing import Sample, check_rule

TEAM = "miri-team-rules 1.0 [miri_team]"
CORRECTIONS = "jwst-corrections 1.0 [jwst_corrections]"
TOML = Path(__file__).parents[2] / "examples" / "team.toml"
CHANNEL, DETECTOR = "meta.instrument.channel", "meta.instrument.detector"
COVER = "meta.instrument.ccc_state"
SPECTROMETER = {"telescope": "JWST", "instrument": "MIRI", "detector": "MIRIFUSHORT"}


@pytest.fixture
def miri(exposure):
    """Return a function that makes an exposure of both detectors of the spectrometer."""

    def make(number=1, **values):
        models = exposure(number, ["MIRIFUSHORT", "MIRIFULONG"], **values)
        for model, channel in zip(models, ["12", "34"], strict=True):
            model.meta.instrument.name = "MIRI"
            model.meta.instrument.channel = channel
        return models

    return make


def changed(plan):
    return {path: one.source for path, one in plan.items() if one.tier > Tier.SCHEMA}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["12", "34"], "1234"),
        (["34", "12", "34"], "1234"),
        (["2"], "2"),
        (["3", "2", "4"], "234"),
        (["1", "4"], DROP),
        (["2", "3"], DROP),
    ],
)
def test_channels(install_examples, values, expected):
    install_examples("miri_team_rules")
    (rule,) = [rule for rule, _ in Plugins.discover().rules() if rule.name == "mrs_channels"]
    assert rule.blend(values) == expected
    allowed = read_attributes(ImageModel().schema)[CHANNEL].enum
    assert expected is DROP or expected in allowed
    with pytest.raises(RuleError, match="unlike 'LONG'"):
        rule.blend(["LONG"])


def test_a_cube_has_the_channels_of_both_detectors(install_examples, miri, blend, peer):
    inputs = miri()
    theirs = peer(inputs)
    assert theirs.meta.instrument.channel == "12"
    install_examples("miri_team_rules")
    for given in (inputs, inputs[::-1]):
        product = blend(given)
        assert product.meta.instrument.channel == "1234"
        assert product.meta.instrument.detector == "MULTIPLE"


def test_an_open_and_a_closed_cover(install_examples, miri, blend, peer):
    inputs = miri()
    for model, state in zip(inputs, ["OPEN", "CLOSED"], strict=True):
        model[COVER] = state
    assert peer(inputs).meta.instrument.ccc_state == "OPEN"
    install_examples("miri_team_rules")
    with pytest.raises(RuleError, match="the values 'OPEN', 'CLOSED': the inputs differ"):
        blend(inputs)


def test_it_holds_for_its_instrument_only(install_examples):
    install_examples("miri_team_rules")
    block = ["miri-team-rules"]
    for instrument in ("NIRCAM", "NIRSPEC", "NIRISS", "FGS", None):
        given = {"telescope": "JWST", "instrument": instrument}
        plain = BlendPlan.for_model(ImageModel, block=block, **given)
        assert str(plain.diff(BlendPlan.for_model(ImageModel, **given))) == "no difference"
    assert changed(BlendPlan.for_model(ImageModel, **SPECTROMETER)) == dict.fromkeys(
        [CHANNEL, DETECTOR, COVER], TEAM
    )
    imager = {**SPECTROMETER, "detector": "MIRIMAGE"}
    assert set(changed(BlendPlan.for_model(ImageModel, **imager))) == {DETECTOR, COVER}
    assert set(changed(BlendPlan.for_model(DarkMIRIModel, **imager))) == {DETECTOR}


@pytest.mark.parametrize("order", [1, -1])
def test_both_plugins_have_no_conflict(install_examples, miri, blend, order):
    install_examples(*["jwst_corrections", "miri_team_rules"][::order])
    without = BlendPlan.for_model(ImageModel, **SPECTROMETER, block=["miri-team-rules"])
    both = BlendPlan.for_model(ImageModel, **SPECTROMETER)
    rows = [re.split("  +", line) for line in str(without.diff(both)).splitlines()[1:]]
    assert [(path, there) for path, _, there in rows] == [
        (DETECTOR, f"multi by {TEAM}"),
        (CHANNEL, f"mrs_channels of {TEAM} by {TEAM}"),
        (COVER, f"same by {TEAM}"),
    ]
    assert rows[0][1] == f"common (missing=keep) by {CORRECTIONS}"
    assert (both[DETECTOR].name, both[DETECTOR].source) == ("multi", TEAM)
    assert [one.source for one in both[DETECTOR].won_over] == [
        CORRECTIONS, "the schema", "the engine",
    ]  # fmt: skip
    nircam = BlendPlan.for_model(ImageModel, telescope="JWST", instrument="NIRCAM")
    assert (nircam[DETECTOR].name, nircam[DETECTOR].source) == ("common", CORRECTIONS)

    # jwst 6303: four dithers of 100 s on both detectors were reported as 800 s.
    inputs = [model for number in range(4) for model in miri(number, exposure_time=100.0)]
    product = blend(inputs)
    assert product.meta.exposure.exposure_time == 400.0
    assert product.meta.instrument.channel == "1234"
    assert product.meta.instrument.detector == "MULTIPLE"


def test_the_same_without_a_plugin(install_examples, miri, blend):
    plan = BlendPlan.for_model(ImageModel, **SPECTROMETER, rules=TOML)
    assert changed(plan) == dict.fromkeys([CHANNEL, DETECTOR, COVER], str(TOML))
    given = {"telescope": "JWST", "instrument": "NIRCAM"}
    assert changed(BlendPlan.for_model(ImageModel, **given, rules=TOML)) == {}
    inputs = miri()
    product = blend(inputs, rules=TOML)
    assert product.meta.instrument.detector == "MULTIPLE"
    assert product.meta.instrument.channel is None
    assert blend(inputs[:1] * 2, rules=TOML).meta.instrument.channel == "12"

    # With the plugins, it wins over both.
    install_examples("jwst_corrections", "miri_team_rules")
    assert blend(inputs, rules=str(TOML)).meta.instrument.channel is None


def test_the_rules_file_can_use_the_teams_rule(install_examples, miri, blend, tmp_path):
    install_examples("miri_team_rules")
    file = tmp_path / "team.toml"
    text = TOML.read_text().replace('rule = "common"', 'rule = "mrs_channels"')
    file.write_text(text.replace('missing = "keep"\n', ""))
    product = blend(miri(), rules=file)
    assert product.meta.instrument.channel == "1234"


def test_the_rule_is_what_it_says(install_examples):
    install_examples("miri_team_rules")
    from miri_team_rules.channels import CHANNELS

    check_rule(CHANNELS, [Sample(["12"]), Sample(["34", "12"]), Sample(["1", "4"])])


def test_nothing_new_can_go_wrong(install_examples):
    before = BlendPlan.for_model(ImageModel, **SPECTROMETER).check()
    install_examples("jwst_corrections", "miri_team_rules")
    after = BlendPlan.for_model(ImageModel, **SPECTROMETER).check()
    assert {str(one) for one in after} <= {str(one) for one in before}
