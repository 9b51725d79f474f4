"""Write the reference of the hooks from their specifications, so that none can be missing."""

import inspect
from pathlib import Path

from blender_core.hookspecs import NAME, BlenderSpecs


def specified(specs):
    """Return the hooks of a class of specifications by name, in their order there."""
    return {name: one for name, one in vars(specs).items() if hasattr(one, f"{NAME}_spec")}


def summary_of(hook):
    """Return the first sentence of what is said of a hook."""
    return inspect.getdoc(hook).partition("\n")[0]


def signature_of(hook):
    """Return the arguments of a hook and what it returns, as a plugin may write them."""
    signature = inspect.signature(hook)
    _, *parameters = signature.parameters.values()
    return signature.replace(parameters=parameters)


def section(name, hook):
    """Return the lines of the page on one hook."""
    signature = signature_of(hook)
    yield from (name, "-" * len(name), "", ".. code-block:: python", "")
    yield from ("   @hookimpl", f"   def {name}{signature}: ...".replace("'", ""), "")
    names = [f"``{one}``" for one in signature.parameters]
    if names:
        left_out = "Any of" if len(names) > 1 else "The argument"
        yield from (f"{left_out} {', '.join(names)} may be left out.", "")
    # What is said of it, with its parts: parameters, what it returns, errors, an example.
    yield from (f".. automethod:: blender_core.hookspecs.{hook.__qualname__}", "")


def lines_of_page(specs):
    """Return the lines that the page includes: a table of all hooks, and a section on each."""
    hooks = specified(specs)
    yield from (".. list-table::", "   :header-rows: 1", "   :widths: 30 70", "")
    yield from ("   * - hook", "     - what it is for")
    for name, hook in hooks.items():
        anchor = name.replace("_", "-")
        yield from (f"   * - `{name} <#{anchor}>`__", f"     - {summary_of(hook)}")
    yield ""
    for name, hook in hooks.items():
        yield from section(name, hook)


def write_hooks_page(app):
    """Write what the page of the hooks includes."""
    target = Path(app.srcdir) / "reference" / "hooks_list.inc"
    target.write_text("\n".join(lines_of_page(BlenderSpecs)) + "\n", encoding="utf-8")


def setup(app):
    """Connect to Sphinx."""
    app.connect("builder-inited", write_hooks_page)
    return {"parallel_read_safe": True}
