"""Rules files in a format that a plugin reads, wherever a command takes rules files."""

import pytest

from blender_core import ProductFile

TIME = "meta.exposure.exposure_time"
ACME = """
from blender_core import Override, RulesFileError, hookimpl

@hookimpl
def blender_rules_file(path, text):
    if path.suffix != ".rules":
        return None
    lines = list(enumerate(text.splitlines(), start=1))
    for number, line in lines:
        if ":" not in line:
            raise RulesFileError("there is no colon", line=number)
    return [Override(attribute=line.split(":")[0], rule=line.split(":")[1]) for _, line in lines]
"""
SOURCE = "team.rules (acme-rules 1.2 [acme])"


@pytest.fixture(autouse=True)
def team(here, install):
    install("acme-rules", "acme", ACME, version="1.2")
    path = here / "team.rules"
    path.write_text("EFFEXPTM:max\n")
    return path


def test_plan(command, printed_json):
    assert SOURCE in command("plan", "--model", "ImageModel", "--rules", "team.rules").stdout
    arguments = "plan", "--model", "ImageModel", "--rules", "team.rules", "--changed"
    (changed,) = printed_json(*arguments)
    assert (changed["keyword"], changed["rule"], changed["asked_by"]) == ("EFFEXPTM", "max", SOURCE)


def test_check(command, team):
    arguments = "check", "--model", "ImageModel", "--rules", "team.rules"
    assert SOURCE not in command(*arguments).stdout
    team.write_text("EFFEXPTM:multi\n")
    assert SOURCE in command(*arguments, status=1).stdout


def test_blend_amend_and_explain(command, product, exposures, here):
    night = here / "night.toml"
    night.write_text('[[override]]\nattribute = "EXPEND"\nrule = "min"\n')
    command("blend", product, *exposures)
    total = ProductFile(product).values[TIME]
    command("amend", product, "--rules", "team.rules", "--overwrite")
    largest = ProductFile(product).values[TIME]
    assert total == pytest.approx(len(exposures) * largest)
    command("blend", product, *exposures, "--rules", "team.rules", "--rules", night)
    blended = ProductFile(product)
    assert blended.values[TIME] == largest
    assert SOURCE in command("explain", product, "EFFEXPTM").stdout
    assert "night.toml" in command("explain", product, "EXPEND").stdout


@pytest.mark.parametrize(
    "words", ["plan --model ImageModel", "blend PRODUCT", "amend PRODUCT --overwrite"]
)
def test_a_fault(refused, team, product, exposures, words):
    team.write_text("EFFEXPTM:max\nEXPEND\n")
    before = product.read_bytes()
    arguments = words.replace("PRODUCT", str(product)).split()
    inputs = exposures if words.startswith("blend") else []
    told = refused(*arguments, *inputs, "--rules", "team.rules")
    assert told == f"Error: rules file {SOURCE}, line 2: there is no colon\n"
    assert product.read_bytes() == before


def test_without_the_plugin(refused):
    arguments = "plan", "--model", "ImageModel", "--rules", "team.rules", "--block", "acme"
    assert "no installed plugin reads any" in refused(*arguments)


def test_two_plugins_and_what_to_do(refused, command, install):
    install("zeta-rules", "zeta", ACME)
    told = refused("plan", "--model", "ImageModel", "--rules", "team.rules")
    assert "rules file team.rules is taken by more than one plugin" in told
    assert "--block acme" in told
    arguments = "plan", "--model", "ImageModel", "--rules", "team.rules", "--block", "acme"
    assert "team.rules (zeta-rules 1.0 [zeta])" in command(*arguments).stdout


def test_plugins(command, printed_json):
    assert "a reader for rules files of another format" in command("plugins").stdout
    (acme, std) = printed_json("plugins")
    assert (acme["reads_rules_files"], std["reads_rules_files"]) == (True, False)
