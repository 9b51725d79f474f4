"""Reference files for stock steps, and CRDS without a server.

Where a step can do without a reference file it is told that there is none. The files that a step
cannot do without are written by the module of the exposures that need them.
"""

import contextlib
import os

CONTEXT = "jwst_1364.pmap"


def environment(folder):
    """Return the variables with which CRDS has its settings from ``folder``, and asks nobody."""
    settings = folder / "config" / "jwst" / "server_config"
    settings.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "observatory": "jwst",
        "operational_context": CONTEXT,
        "latest_context": CONTEXT,
        "last_synced": "2022-07-17 00:00:00",
    }
    settings.write_text(repr(told))
    return {
        "CRDS_PATH": str(folder),
        "CRDS_SERVER_URL": "https://jwst-serverless.stsci.edu",
        "CRDS_CONTEXT": CONTEXT,
        "STPIPE_DISABLE_CRDS_STEPPARS": "true",
    }


@contextlib.contextmanager
def offline_crds(folder):
    """Run steps in this process without asking CRDS, which keeps its settings in ``folder``."""
    variables = environment(folder)
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def run_pipeline(pipeline, association, folder, steps):
    """Run a pipeline on an association, and save into ``folder``.

    ``steps`` is name → parameters of the steps that are to run; the others are skipped.
    """
    parameters = {
        name: {
            "skip": name not in steps,
            **{f"override_{kind}": "N/A" for kind in step.reference_file_types},
            **steps.get(name, {}),
        }
        for name, step in pipeline.step_defs.items()
    }
    run = pipeline(steps=parameters)
    # Else a pipeline asks CRDS for all files that any of its steps may want.
    run.prefetch_references = False
    run.output_dir = str(folder)
    run.save_results = True
    run.run(str(association))
