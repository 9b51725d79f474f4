"""Sphinx configuration."""

import os
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
    "sphinx.ext.intersphinx",
    "numpydoc",
    "myst_nb",
    "command_line_page",
    "hooks_page",
    "public_names",
    "rules_page",
]
# What is quoted without a role is a name of the API.
default_role = "py:obj"
# What refers to nothing fails the build, but for
nitpicky = True
nitpick_ignore_regex = [
    # parameters and fields, which numpydoc has in single backticks;
    ("py:obj", r"[a-z_]+"),
    # names in docstrings of pluggy, which are written as within its own module.
    ("py:(class|meth)", r"PluginManager(\.\w+)?"),
]
# Names of other projects lead to their pages. The inventories have only what is referred to, as text:
# a build needs no network, and is the same today and tomorrow. `sphinx-build -b linkcheck`, where there
# is a network, tells of what others have moved.
intersphinx_mapping = {
    name: (address, f"inventories/{name}.txt")
    for name, address in {
        "asdf": "https://asdf.readthedocs.io/en/stable/",
        "astropy": "https://docs.astropy.org/en/stable/",
        "numpy": "https://numpy.org/doc/stable/",
        "pluggy": "https://pluggy.readthedocs.io/en/stable/",
        "python": "https://docs.python.org/3/",
        "stdatamodels": "https://stdatamodels.readthedocs.io/en/latest/",
    }.items()
}
autosummary_generate = True
templates_path = ["_templates"]
autodoc_typehints = "none"
numpydoc_show_class_members = False
exclude_patterns = ["_build", "**.ipynb_checkpoints"]
# Notebooks are kept without what they show, and run for the pages.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 180
html_theme = "pydata_sphinx_theme"
html_title = "Model Blender"
html_theme_options = {
    # The versions, in the layout of Read the Docs, whatever its host: pages below `/en/VERSION/`, and
    # one list of them for all, that of the latest. Where pages are published otherwise, these paths
    # and those in the list are to be set. A page that is opened from a folder has no list to choose from.
    "switcher": {
        "json_url": "/en/latest/_static/switcher.json",
        "version_match": os.environ.get("READTHEDOCS_VERSION", f"v{release}"),
    },
    "check_switcher": False,
    "navbar_end": ["version-switcher", "theme-switcher"],
    "show_version_warning_banner": True,
}
html_static_path = ["_static"]
html_css_files = ["pages.css"]
# Pages without pages below them have nothing to show at their side.
html_sidebars = {
    page: []
    for page in (
        "index",
        "tutorial/*",
        "notebooks/*",
        "howto/*",
        "explanation/*",
        "reference/[!a]*",
    )
}
