"""What the check of a plan finds.

The check itself is another module: the help of the command line needs the kinds of findings, and
must not wait for numpy.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blender_core.common.attribute_paths import label_of
from blender_core.common.listing import Listing
from blender_core.common.wording import pluralize
from blender_core.display.text import terminal_width
from blender_core.display.view import View, ViewTable
from blender_core.display.viewed import Viewed

if TYPE_CHECKING:
    from blender_core.common.provider import Provider


class FindingKind(enum.Enum):
    """The kind of a finding."""

    TYPE = "type"
    """The rule gives, or may give, a value of another type than the schema asks for."""
    ENUM = "enum"
    """The rule may give a value that is not among those that the schema lists."""
    SCHEMA = "schema"
    """The rule may give a value that the schema forbids for another reason."""
    DEFAULT = "default"
    """What is to stand in for a missing value cannot."""
    SELECTION = "selection"
    """Inputs cannot be put in order, or exposures be told apart, by what is named for it."""
    COLUMN = "column"
    """HDRTAB cannot have the column that is asked for."""
    DEPRECATED = "deprecated"
    """New schemas should not ask for the rule any more."""


@dataclass(frozen=True, slots=True)
class Finding(Viewed):
    """A rule whose value the schema does not allow, or may not allow.

    Parameters
    ----------
    kind : FindingKind
        The kind of the finding.
    attribute : str
        Dotted path of the attribute.
    keyword : str or None
        Its FITS keyword.
    rule : str
        The rule of the attribute, with its settings.
    provider : Provider
        The plugin that provides the rule.
    source : str
        Who chose the rule: the schema, a plugin with its distribution and version, a rules file.
    problem : str
        What is wrong.
    remedy : str
        What to do about it.
    is_information : bool, optional
        Whether the values are right, and only the authors of the schema can change something.
    """

    kind: FindingKind
    attribute: str
    keyword: str | None
    rule: str
    provider: Provider
    source: str
    problem: str
    remedy: str
    is_information: bool = False

    def __repr__(self) -> str:
        return f"<Finding {self.keyword or self.attribute}: {self.problem}>"

    def __str__(self) -> str:
        return (
            f"{label_of(self.attribute, self.keyword)}: {self.problem}\n"
            f"It gets {self.rule} of {self.provider}, asked for by {self.source}.\n"
            f"{self.remedy}"
        )

    def _view(self) -> View:
        facts = [
            ("rule", f"{self.rule} of {self.provider}"),
            ("asked for by", self.source),
            ("remedy", self.remedy),
        ]
        return View(f"{label_of(self.attribute, self.keyword)}: {self.problem}", facts)


class Findings(Listing[Finding], Viewed):
    """The findings of the check of a plan, in the order of the plan. They are printed as a table.

    Parameters
    ----------
    findings : iterable of Finding
        All of them.

    Examples
    --------
    >>> from blender_core import Findings
    >>> print(Findings([]))
    nothing found
    """

    def __str__(self) -> str:
        if terminal_width() is not None:
            # Sentences make no narrow columns.
            return "\n\n".join(map(str, self)) or "nothing found"
        return str(self._table()) or "nothing found"

    def _table(self) -> ViewTable:
        return ViewTable(
            ("attribute", "keyword", "rule", "asked for by", "provider", "problem", "remedy"),
            [
                (
                    each.attribute,
                    each.keyword or "",
                    each.rule,
                    each.source,
                    str(each.provider),
                    each.problem,
                    each.remedy,
                )
                for each in self
            ],
        )

    def _view(self) -> View:
        number = pluralize(len(self), "finding") if self else "No findings"
        return View(number, tables=[self._table()])
