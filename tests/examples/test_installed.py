"""The examples as their users have them: wheels, installed together in a new environment."""

from pathlib import Path

import pytest
from release import VERSION

ROOT = Path(__file__).parents[2]
FOLDERS = ["blender_rules_std", "examples/jwst_corrections", "examples/miri_team_rules"]

CODE = """
from stdatamodels.jwst.datamodels import ImageModel
from blender_core import Plugins, Registry, blendmodels


def blend(instrument, detectors, **kwargs):
    inputs = []
    for number in (1, 2):
        for detector, channel in detectors.items():
            model = ImageModel()
            model.meta.telescope = "JWST"
            model.meta.instrument.name = instrument
            model.meta.instrument.detector = detector
            model.meta.instrument.channel = channel
            model.meta.exposure.start_time = 60000.0 + number
            model.meta.exposure.exposure_time = 107.368
            observation = model.meta.observation
            observation.program_number = "01075"
            observation.observation_number = observation.visit_number = "001"
            observation.visit_group = "03"
            observation.sequence_id = "1"
            observation.activity_id = "05"
            observation.exposure_number = str(number)
            inputs.append(model)
    product = ImageModel()
    plan = blendmodels(product, inputs, **kwargs).plan
    meta = product.meta
    print(meta.exposure.exposure_time, plan["meta.exposure.exposure_time"].source, sep=", ")
    print(meta.instrument.detector, plan["meta.instrument.detector"].source, sep=", ")
    print(meta.instrument.channel, plan["meta.instrument.channel"].source, sep=", ")


plugins = Plugins.discover()
print(*plugins, sep=", ")
print(Registry(plugins.rules())["mrs_channels"].provider)
blend("MIRI", {"MIRIFUSHORT": "12", "MIRIFULONG": "34"})
blend("NIRCAM", {"NRC" + module + number: "SHORT" for module in "AB" for number in "1234"})
blend("MIRI", {"MIRIFUSHORT": "12", "MIRIFULONG": "34"}, rules=TOML, block=["miri-team-rules"])
blend("MIRI", {"MIRIFUSHORT": "12"}, block=["jwst-corrections", "miri_team"])
"""


@pytest.mark.exhaustive
def test_both_plugins_in_a_new_environment(installed, tmp_path):
    environment = installed(*(ROOT / folder for folder in FOLDERS))
    toml = str(ROOT / "examples" / "team.toml")
    corrections = "jwst-corrections 1.0 [jwst_corrections]"
    team = "miri-team-rules 1.0 [miri_team]"
    assert environment.run(f"TOML = {toml!r}\n{CODE}", tmp_path).splitlines() == [
        f"blender-rules-std {VERSION} [std], {corrections}, {team}",
        team,
        f"214.736, {corrections}",
        f"MULTIPLE, {team}",
        f"1234, {team}",
        f"214.736, {corrections}",
        f"None, {corrections}",
        "SHORT, the engine",
        f"214.736, {corrections}",
        f"MULTIPLE, {toml}",
        f"None, {toml}",
        "214.736, the schema",
        "MIRIFUSHORT, the schema",
        "12, the engine",
    ]
