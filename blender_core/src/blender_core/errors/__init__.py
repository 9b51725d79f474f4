"""Every exception and warning of Model Blender.

A message says what is wrong, where (attribute, keyword, input), who (distribution and version)
and what to do about it. The same facts are attributes of the exception, for programs: nobody has to
read them out of the message.
"""

from blender_core.errors.base import BlenderError, BlendErrorGroup, about_input, raise_all
from blender_core.errors.blend_warning import BlendWarning, ColumnWarning, warn, warn_again
from blender_core.errors.inputs import (
    AssociationProductError,
    ExecutorError,
    InputError,
    MixedModelTypesError,
    NoInputsError,
    NotADatamodelError,
    RemoteError,
    UnknownInputError,
)
from blender_core.errors.plans import (
    AmbiguousAttributeError,
    EnvironmentVariableError,
    OverrideConflictError,
    PlanError,
    RulesFileError,
    UnknownAttributeError,
    UnknownRuleError,
    UnknownRulesFileError,
)
from blender_core.errors.plugins import (
    PluginCheckError,
    PluginError,
    ReaderConflictError,
    RuleCheckError,
    RuleConflictError,
)
from blender_core.errors.products import AmendError, ExpansionError, OutputError, OutputExistsError
from blender_core.errors.values import InvalidValueError, RuleError, TableError

__all__ = [
    "AmbiguousAttributeError",
    "AmendError",
    "AssociationProductError",
    "BlendErrorGroup",
    "BlendWarning",
    "BlenderError",
    "ColumnWarning",
    "EnvironmentVariableError",
    "ExecutorError",
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
    "PluginCheckError",
    "PluginError",
    "ReaderConflictError",
    "RemoteError",
    "RuleCheckError",
    "RuleConflictError",
    "RuleError",
    "RulesFileError",
    "TableError",
    "UnknownAttributeError",
    "UnknownInputError",
    "UnknownRuleError",
    "UnknownRulesFileError",
    "about_input",
    "raise_all",
    "warn",
    "warn_again",
]

# Tracebacks and pickles name them by where they are imported from.
for _name in __all__:
    globals()[_name].__module__ = "blender_core.errors"
