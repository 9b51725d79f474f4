"""Blend the metadata of many exposures into that of one product, by rules that plugins bring.

A name is imported from its module when it is first asked for: programs that want few of them, such
as the command line for its help, do not wait for numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from blender_core.amender import amend
    from blender_core.amendment import Amendment, AmendResult
    from blender_core.assignment import Assignment, Choice, Tier
    from blender_core.blend import blendmodels
    from blender_core.blender import ModelBlender
    from blender_core.errors import (
        AmendError,
        AssociationProductError,
        BlenderError,
        BlendErrorGroup,
        BlendWarning,
        EnvironmentVariableError,
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
        PluginError,
        ReaderConflictError,
        RuleCheckError,
        RuleConflictError,
        RuleError,
        RulesFileError,
        TableError,
        UnknownAttributeError,
        UnknownInputError,
        UnknownRuleError,
    )
    from blender_core.findings import Finding, FindingKind, Findings
    from blender_core.hookspecs import hookimpl
    from blender_core.outcome import Outcome, Status
    from blender_core.outcomes import Outcomes
    from blender_core.overrides import Override, When
    from blender_core.plan import BlendPlan
    from blender_core.plugins import Plugins
    from blender_core.product_diff import CellChange, ProductDiff, ValueChange
    from blender_core.product_file import ProductFile
    from blender_core.provider import Provider
    from blender_core.readers.source import Source
    from blender_core.registry import Registry
    from blender_core.result import BlendResult
    from blender_core.rules import DROP, Gives, Missing, Rule

__all__ = [
    "DROP",
    "AmendError",
    "AmendResult",
    "Amendment",
    "Assignment",
    "AssociationProductError",
    "BlendErrorGroup",
    "BlendPlan",
    "BlendResult",
    "BlendWarning",
    "BlenderError",
    "CellChange",
    "Choice",
    "EnvironmentVariableError",
    "ExpansionError",
    "Finding",
    "FindingKind",
    "Findings",
    "Gives",
    "InputError",
    "InvalidValueError",
    "Missing",
    "MixedModelTypesError",
    "ModelBlender",
    "NoInputsError",
    "NotADatamodelError",
    "Outcome",
    "Outcomes",
    "OutputError",
    "OutputExistsError",
    "Override",
    "OverrideConflictError",
    "PlanError",
    "PluginError",
    "Plugins",
    "ProductDiff",
    "ProductFile",
    "Provider",
    "ReaderConflictError",
    "Registry",
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
    "ValueChange",
    "When",
    "amend",
    "blendmodels",
    "hookimpl",
]

_NAMES_IN: Final = {
    "amender": "amend",
    "amendment": "AmendResult Amendment",
    "assignment": "Assignment Choice Tier",
    "blend": "blendmodels",
    "blender": "ModelBlender",
    "errors": (
        "AmendError AssociationProductError BlenderError BlendErrorGroup BlendWarning "
        "EnvironmentVariableError "
        "ExpansionError InputError InvalidValueError MixedModelTypesError NoInputsError "
        "NotADatamodelError OutputError OutputExistsError OverrideConflictError PlanError "
        "PluginError ReaderConflictError RuleCheckError RuleConflictError RuleError "
        "RulesFileError TableError UnknownAttributeError UnknownInputError UnknownRuleError"
    ),
    "findings": "Finding FindingKind Findings",
    "hookspecs": "hookimpl",
    "outcome": "Outcome Status",
    "outcomes": "Outcomes",
    "overrides": "Override When",
    "plan": "BlendPlan",
    "plugins": "Plugins",
    "product_diff": "CellChange ProductDiff ValueChange",
    "product_file": "ProductFile",
    "provider": "Provider",
    "readers.source": "Source",
    "registry": "Registry",
    "result": "BlendResult",
    "rules": "DROP Gives Missing Rule",
}
_HOMES: Final = {name: module for module, names in _NAMES_IN.items() for name in names.split()}

# Hidden from type checkers: to them it would mean that there is any name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        module = _HOMES.get(name)
        if module is None:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
