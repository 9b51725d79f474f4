"""Blend images of HST into a drizzled product again and again, be killed, and tell what was left.

Run as a program, for it forks: arguments are a folder, and how often.
"""

import collections
import json
import random
import shutil
import sys
import time
from pathlib import Path

from blender_hst import plugin
from hst_files import drizzled, exposure
from killed import attempt
from writers import content_of, drafts

from blender_core import Plugins, Provider, blendmodels

RULES = "ROOTNAME\nEXPTIME\nEXPTIME EXPTIME sum\nEXPTIME TEXPTIME sum\nDETECTOR DETECTOR multi\n"


def main(folder, times):
    folder, found = Path(folder), collections.Counter()
    product, old = folder / "j9l960010_drz.fits", folder / "old_drz.fits"
    drizzled().writeto(old)
    exposures = [folder / f"j9l9a{i}q_flt.fits" for i in range(3)]
    for i, path in enumerate(exposures):
        exposure(path.name[:7], ({}, {}), start=i / 2).writeto(path)
    rules = folder / "acs.rules"
    rules.write_text(RULES)
    plugins = Plugins.discover()
    plugins.register(plugin, Provider("blender-hst", "1.0", "hst"))

    def blend():
        settings = {"plugins": plugins, "rules": [rules], "overwrite": True}
        blendmodels(product, exposures, output=product, **settings)

    def reset():
        shutil.copyfile(old, product)

    reset()
    blend()
    new = content_of(product)
    delays = random.Random(1)  # noqa: S311
    reset()
    started = time.perf_counter()
    assert attempt(blend)
    took = time.perf_counter() - started
    number, lived = 0, False
    while not lived or number < int(times):
        reset()
        number += 1
        if lived:
            attempt(blend, delay=delays.uniform(0, took * 1.2))
        else:
            lived = attempt(blend, dying=number)
            found["steps"] += 1
        content = product.read_bytes()
        is_old, is_new = content == old.read_bytes(), content_of(product) == new
        found["old" if is_old else "new" if is_new else "other"] += 1
        found["most drafts"] = max(found["most drafts"], len(drafts(folder)))
    reset()
    assert attempt(blend)
    found["drafts at the end"] = len(drafts(folder))
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
