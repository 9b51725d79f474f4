"""Every exception and warning of Model Blender.

A message says what is wrong, where (attribute, keyword, input), who (distribution and version)
and what to do about it. The same facts are attributes of the exception, for programs.

The modules of this package have the errors of one part of a blend each. Import them from here.
"""

from blender_core.errors.inputs import (
    AmendError,
    AssociationProductError,
    ExpansionError,
    InputError,
    MixedModelTypesError,
    NoInputsError,
    NotADatamodelError,
    ReaderConflictError,
    UnknownInputError,
)
from blender_core.errors.outputs import OutputError, OutputExistsError
from blender_core.errors.plans import (
    EnvironmentVariableError,
    OverrideConflictError,
    PlanError,
    PluginError,
    RuleConflictError,
    RulesFileError,
    UnknownAttributeError,
    UnknownRuleError,
)
from blender_core.errors.root import (
    BlenderError,
    BlendErrorGroup,
    BlendWarning,
    ColumnWarning,
    raise_all,
    warn,
)
from blender_core.errors.values import InvalidValueError, RuleCheckError, RuleError, TableError

__all__ = [
    "AmendError",
    "AssociationProductError",
    "BlendErrorGroup",
    "BlendWarning",
    "BlenderError",
    "ColumnWarning",
    "EnvironmentVariableError",
    "ExpansionError",
    "InputError",
    "InvalidValueError",
    "MixedModelTypesError",
    "NoInputsError",
    "NotADatamodelError",
    "OutputError",
    "OutputExistsError",
    "OverrideConflictError",
    "PlanError",
    "PluginError",
    "ReaderConflictError",
    "RuleCheckError",
    "RuleConflictError",
    "RuleError",
    "RulesFileError",
    "TableError",
    "UnknownAttributeError",
    "UnknownInputError",
    "UnknownRuleError",
    "raise_all",
    "warn",
]

# Tracebacks and pickles name this module, from which everybody imports them.
for _one in map(globals().get, __all__):
    if isinstance(_one, type):
        _one.__module__ = __name__
