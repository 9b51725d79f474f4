"""Sphinx configuration."""

from importlib.metadata import version as installed_version
from pathlib import Path

from blender_core import Plugins, Registry

project = "Model Blender"
author = "The Model Blender developers"
copyright = "2026, the Model Blender developers"
release = version = installed_version("blender-core")

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
]
autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
exclude_patterns = ["_build"]
html_theme = "pydata_sphinx_theme"
html_title = "Model Blender"
# Pages without pages below them have nothing to show at their side.
html_sidebars = {
    page: [] for page in ("index", "tutorial/*", "howto/*", "explanation/*", "reference/[!a]*")
}


def write_rules_table(app):
    """Write the page of rules from those that are installed, so that it cannot be out of date."""
    registry = Registry(Plugins.discover().rules())
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 18 50 32", ""]
    rows = [("rule", "what it does", "what it gives")]
    for name in registry:
        rule = registry[name].rule
        gives = rule.gives.value
        if rule.constants:
            gives += ": " + ", ".join(f"``{one!r}``" for one in rule.constants)
        summary = f"{rule.summary} *Deprecated.*" if rule.deprecated else rule.summary
        rows.append((f"``{name}``", summary, gives))
    for row in rows:
        first, *others = row
        lines += [f"   * - {first}", *(f"     - {cell}" for cell in others)]
    target = Path(app.srcdir) / "reference" / "rules_table.inc"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def setup(app):
    """Connect to Sphinx."""
    app.connect("builder-inited", write_rules_table)
