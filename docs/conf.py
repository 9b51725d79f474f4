"""Sphinx configuration."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Model Blender"
author = "The Model Blender developers"
copyright = "2026, the Model Blender developers"
release = version = installed_version("blender-core")

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_nb",
    "command_line_page",
    "hooks_page",
    "rules_page",
]
# What is quoted without a role is a name of the API.
default_role = "py:obj"
autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
exclude_patterns = ["_build", "**.ipynb_checkpoints"]
# Notebooks are kept without what they show, and run for the pages.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 180
html_theme = "pydata_sphinx_theme"
html_title = "Model Blender"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
# Pages without pages below them have nothing to show at their side.
html_sidebars = {
    page: [] for page in ("index", "tutorial/*", "howto/*", "explanation/*", "reference/[!a]*")
}
