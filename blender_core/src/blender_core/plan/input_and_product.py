"""What a plan is made for, and checked against: an input, or its class, and the product."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from blender_core.common.foreign import type_name
from blender_core.common.wording import named
from blender_core.errors import NotADatamodelError, UnknownInputError, about_input
from blender_core.formats.remote.remote_files import RemoteFiles
from blender_core.inputs.inputs import lent
from blender_core.inputs.opener import Opener
from blender_core.plugins.context import Context
from blender_core.plugins.manager import Plugins
from blender_core.plugins.source import attributes_of
from blender_core.readers.plugin_source import PluginSource
from blender_core.schema.attributes import read_attributes
from blender_core.schema.model_class import described, import_datamodels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blender_core.formats.remote.settings import Remote
    from blender_core.schema.attributes import Attribute


def attributes_and_context(
    model: Any, plugins: Plugins, remote: Remote | None
) -> tuple[dict[str, Attribute], Context]:
    """Return what the first input has, and what it says of itself."""
    if isinstance(model, type) and (attributes := _attributes_of_blank(model)):
        return attributes, Context(model_type=model.__name__)
    model = model() if isinstance(model, type) else model
    files = RemoteFiles(remote)
    with lent(model, files) as given:
        what = named("the input", given) if isinstance(given, (str, os.PathLike)) else "the input"
        with about_input(what):
            source = Opener(plugins, files).open(given, "the input")
        attributes = attributes_of(source)
        return attributes, Context.of_source(source, attributes)


def _attributes_of_blank(model_type: type) -> dict[str, Attribute] | None:
    """Return the attributes of a new datamodel if it says nothing that its class does not.

    Most classes are like that. The first datamodel of a process has asdf import all its
    extensions, which takes a second.
    """
    import_datamodels()
    from stdatamodels.jwst.datamodels import JwstDataModel

    if not issubclass(model_type, JwstDataModel):
        return None
    model_class = described(model_type)
    attributes = read_attributes(model_class.schema)
    # Every new one has these two. If a class's schema lacks them, they are attributes beyond it.
    has_all = {"meta.date", "meta.model_type"} <= attributes.keys()
    return attributes if has_all and not model_class.has_own_metadata else None


def schema_of_product(product: Any, plugins: Plugins | None) -> Mapping[str, Any]:
    """Return the schema of a datamodel, of its file or class, or of what plugins have products for.

    Without plugins, the installed ones are asked, if the engine does not know the product.
    """
    label = "the product"
    product = product() if isinstance(product, type) else product
    try:
        return Opener().open(product, label).schema
    except (UnknownInputError, NotADatamodelError):
        plugins = Plugins.discover() if plugins is None else plugins
        name = product if isinstance(product, (str, os.PathLike)) else type_name(product)
        label = named(label, name)
        claim = plugins.product(product, label, Opener().opened(product, label))
        if claim is None:
            raise
        return PluginSource(*claim, label).schema
