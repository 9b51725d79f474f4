"""What is blended in threads and in other processes, which import this, and what it came to."""

from blender_core import blendmodels


def told(result):
    """Return all that a result tells, in a form that can be sent and compared."""
    table = {name: result.table[name].filled().tolist() for name in result.table.colnames}
    how = {path: (each.rule, each.n_inputs) for path, each in result.outcomes.items()}
    return repr((result.values, table, how))


def blend(paths, **settings):
    """Blend files, and return all that the result tells."""
    return told(blendmodels(None, paths, **settings))
