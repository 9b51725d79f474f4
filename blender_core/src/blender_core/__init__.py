"""Blend the metadata of many exposures into that of one product, by rules that plugins bring.

A name is imported from its module when it is first asked for: programs that want few of them, such
as the command line for its help, do not wait for numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.forks import unforked

if TYPE_CHECKING:
    from blender_core.blending.amend import amend
    from blender_core.blending.amendment import Amendment, AmendResult
    from blender_core.blending.blender import ModelBlender
    from blender_core.blending.blendmodels import blendmodels
    from blender_core.blending.result import BlendResult
    from blender_core.common.provider import Provider
    from blender_core.common.values import DROP, Noted
    from blender_core.errors import (
        AmbiguousAttributeError,
        AmendError,
        AssociationProductError,
        BlenderError,
        BlendErrorGroup,
        BlendWarning,
        EnvironmentVariableError,
        ExecutorError,
        ExpansionError,
        InputError,
        InvalidValueError,
        MixedModelTypesError,
        NoInputsError,
        NotADatamodelError,
        OutputError,
        OutputExistsError,
        OverrideConflictError,
        PlanError,
        PluginCheckError,
        PluginError,
        ReaderConflictError,
        RemoteError,
        RuleCheckError,
        RuleConflictError,
        RuleError,
        RulesFileError,
        TableError,
        UnknownAttributeError,
        UnknownInputError,
        UnknownRuleError,
        UnknownRulesFileError,
    )
    from blender_core.evaluation.outcome import Outcome, Status
    from blender_core.evaluation.outcomes import Outcomes
    from blender_core.formats.remote.settings import Remote
    from blender_core.plan.assignment import Assignment, Choice, Tier
    from blender_core.plan.findings import Finding, FindingKind, Findings
    from blender_core.plan.plan import BlendPlan
    from blender_core.plugins.hookspecs import hookimpl
    from blender_core.plugins.manager import Plugins
    from blender_core.plugins.opened import Card, Opened, OpenedHeader
    from blender_core.plugins.override import Override
    from blender_core.plugins.registry import Registry
    from blender_core.plugins.rule import Gives, Missing, Rule
    from blender_core.plugins.source import Source
    from blender_core.plugins.when import When
    from blender_core.products.base import Product
    from blender_core.products.cell_changes import CellChange
    from blender_core.products.diff import ProductDiff, ValueChange
    from blender_core.products.plain_asdf import AsdfProduct
    from blender_core.products.plain_fits import FitsProduct
    from blender_core.products.product_file import ProductFile
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout
    from blender_core.tables.product_table import ProductTable

__all__ = [
    "DROP",
    "AmbiguousAttributeError",
    "AmendError",
    "AmendResult",
    "Amendment",
    "AsdfProduct",
    "Assignment",
    "AssociationProductError",
    "Attribute",
    "BlendErrorGroup",
    "BlendPlan",
    "BlendResult",
    "BlendWarning",
    "BlenderError",
    "Card",
    "CellChange",
    "Choice",
    "EnvironmentVariableError",
    "ExecutorError",
    "ExpansionError",
    "Finding",
    "FindingKind",
    "Findings",
    "FitsProduct",
    "Gives",
    "InputError",
    "InvalidValueError",
    "Layout",
    "Missing",
    "MixedModelTypesError",
    "ModelBlender",
    "NoInputsError",
    "NotADatamodelError",
    "Noted",
    "Opened",
    "OpenedHeader",
    "Outcome",
    "Outcomes",
    "OutputError",
    "OutputExistsError",
    "Override",
    "OverrideConflictError",
    "PlanError",
    "PluginCheckError",
    "PluginError",
    "Plugins",
    "Product",
    "ProductDiff",
    "ProductFile",
    "ProductTable",
    "Provider",
    "ReaderConflictError",
    "Registry",
    "Remote",
    "RemoteError",
    "Rule",
    "RuleCheckError",
    "RuleConflictError",
    "RuleError",
    "RulesFileError",
    "Source",
    "Status",
    "TableError",
    "Tier",
    "UnknownAttributeError",
    "UnknownInputError",
    "UnknownRuleError",
    "UnknownRulesFileError",
    "ValueChange",
    "When",
    "amend",
    "blendmodels",
    "hookimpl",
]

_NAMES_IN: Final = {
    "schema.attributes": "Attribute",
    "schema.layout": "Layout",
    "blending.amend": "amend",
    "blending.amendment": "AmendResult Amendment",
    "plan.assignment": "Assignment Choice Tier",
    "blending.blendmodels": "blendmodels",
    "blending.blender": "ModelBlender",
    "errors": (
        "AmbiguousAttributeError AmendError AssociationProductError BlenderError BlendErrorGroup "
        "BlendWarning EnvironmentVariableError ExecutorError "
        "ExpansionError InputError InvalidValueError MixedModelTypesError NoInputsError "
        "NotADatamodelError OutputError OutputExistsError OverrideConflictError PlanError "
        "PluginCheckError PluginError ReaderConflictError RemoteError RuleCheckError "
        "RuleConflictError RuleError RulesFileError TableError UnknownAttributeError "
        "UnknownInputError UnknownRuleError UnknownRulesFileError"
    ),
    "formats.remote.settings": "Remote",
    "plan.findings": "Finding FindingKind Findings",
    "plugins.hookspecs": "hookimpl",
    "evaluation.outcome": "Outcome Status",
    "evaluation.outcomes": "Outcomes",
    "plugins.opened": "Card Opened OpenedHeader",
    "plugins.override": "Override",
    "plugins.when": "When",
    "plan.plan": "BlendPlan",
    "plugins.manager": "Plugins",
    "products.cell_changes": "CellChange",
    "products.diff": "ProductDiff ValueChange",
    "products.base": "Product",
    "products.plain_asdf": "AsdfProduct",
    "products.plain_fits": "FitsProduct",
    "products.product_file": "ProductFile",
    "tables.product_table": "ProductTable",
    "common.provider": "Provider",
    "plugins.source": "Source",
    "plugins.registry": "Registry",
    "blending.result": "BlendResult",
    "common.values": "DROP Noted",
    "plugins.rule": "Gives Missing Rule",
}
_HOMES: Final = {name: module for module, names in _NAMES_IN.items() for name in names.split()}

# Hidden from type checkers: to them it would mean that there is any name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        module = _HOMES.get(name)
        if module is None:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        with unforked():
            value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
