"""Blend the metadata of many exposures into that of one product, by rules that plugins bring."""

from blender_core.assignment import Assignment, Choice, Tier
from blender_core.blend import blendmodels
from blender_core.blender import ModelBlender
from blender_core.errors import (
    BlenderError,
    BlendErrorGroup,
    BlendWarning,
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
    RuleConflictError,
    RuleError,
    RulesFileError,
    TableError,
    UnknownAttributeError,
    UnknownRuleError,
)
from blender_core.hookspecs import hookimpl
from blender_core.outcome import Outcome, Status
from blender_core.outcomes import Outcomes
from blender_core.overrides import Override, When
from blender_core.plan import BlendPlan
from blender_core.plugins import Plugins
from blender_core.provider import Provider
from blender_core.registry import Registry
from blender_core.result import BlendResult
from blender_core.rules import DROP, Gives, Missing, Rule

__all__ = [
    "DROP",
    "Assignment",
    "BlendErrorGroup",
    "BlendPlan",
    "BlendResult",
    "BlendWarning",
    "BlenderError",
    "Choice",
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
    "Provider",
    "Registry",
    "Rule",
    "RuleConflictError",
    "RuleError",
    "RulesFileError",
    "Status",
    "TableError",
    "Tier",
    "UnknownAttributeError",
    "UnknownRuleError",
    "When",
    "blendmodels",
    "hookimpl",
]
