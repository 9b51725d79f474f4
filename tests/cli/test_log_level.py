"""What ``--log-level`` shows, on standard error and nowhere else."""

import logging

import pytest


def test_without_it(command, product, exposures):
    done = command("blend", product, *exposures, "--quiet")
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize(("level", "n_read"), [("info", 1), ("debug", 5), ("warning", 0)])
def test_levels(command, product, exposures, level, n_read):
    usual = command("blend", product, *exposures, "--output", "usual.fits", "--json")
    other = [*exposures, "--output", "other.fits", "--json", "--log-level", level]
    done = command("blend", product, *other)
    assert done.stdout.replace("other.fits", "usual.fits") == usual.stdout
    lines = done.stderr.splitlines()
    assert sum(line.partition(": ")[2].startswith("read ") for line in lines) == n_read
    assert {line.partition(": ")[0] for line in lines} <= {"info", level}
    assert any("wrote other.fits in " in line for line in lines) == (n_read > 0)


def test_names_are_shown_as_they_are(command, product, exposures):
    hostile = exposures[0].rename("a\x1b[31m\n_cal.fits")
    done = command("blend", product, hostile, "--log-level", "debug", status=2)
    assert r"a\x1b[31m\n_cal.fits" in done.stderr
    assert "\x1b" not in done.stderr


def test_other_levels(command):
    done = command("rules", "--log-level", "loud", status=2)
    assert "'loud' is not one of" in done.stderr


def test_nothing_of_it_stays(command):
    logger = logging.getLogger("blender_core")
    before = logger.level, list(logger.handlers)
    command("rules", "--log-level", "debug")
    assert (logger.level, logger.handlers) == before
