"""What the check of a plan finds: for people, and for programs."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from blender_core.cli.console import Output
from blender_core.cli.errors import in_options
from blender_core.cli.formatting import list_some
from blender_core.common.wording import pluralize
from blender_core.plan.findings import FindingKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blender_core.errors import BlenderError
    from blender_core.plan.findings import Finding

FindingsByPlan: TypeAlias = "Mapping[str, Sequence[Finding]]"
"""By the name of the file or class that a plan is for."""

_MOST_CLASSES: Final = 4
"""How many classes are named that have a finding in common."""


def print_findings(
    by_plan: FindingsByPlan,
    faults: Mapping[str, BlenderError] | None = None,
    *,
    has_except: bool = True,
) -> None:
    """Print what was found, and for what there is no plan; with the option that leaves some out."""
    output = Output()
    information = [each for each in itertools.chain(*by_plan.values()) if each.is_information]
    by_plan = {
        name: [each for each in findings if not each.is_information]
        for name, findings in by_plan.items()
    }
    classes: dict[Finding, list[str]] = {}
    for name, findings in by_plan.items():
        for finding in findings:
            classes.setdefault(finding, []).append(name)
    if output.is_terminal:
        for finding, names in classes.items():
            _print_finding(output, finding, names if len(by_plan) > 1 else [])
    elif classes:
        head = ("where", "kind", "attribute", "keyword", "rule", "provider", "asked for by")
        output.table(
            (*head, "problem", "remedy"),
            [
                (
                    name,
                    finding.kind.value,
                    finding.attribute,
                    finding.keyword or "",
                    finding.rule,
                    str(finding.provider),
                    finding.source,
                    finding.problem,
                    in_options(finding.remedy),
                )
                for name, findings in by_plan.items()
                for finding in findings
            ],
        )
    without: dict[str, list[str]] = {}
    for name, fault in (faults or {}).items():
        without.setdefault(in_options(fault.advice), []).append(name)
    for message, names in without.items():
        listed = list_some(names, _MOST_CLASSES)
        output.text(f"Not checked, because there is no plan: {listed}", "bold")
        output.lines(message, indent=2)
    if not classes and by_plan:
        output.text(f"Nothing found in {_where(by_plan)}.")
    elif classes and output.is_terminal:
        kinds = Counter(finding.kind.value for finding in classes)
        numbers = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        output.text(f"{pluralize(len(classes), 'finding')} in {_where(by_plan)}: {numbers}.")
        if has_except:
            output.text(f"--except {next(iter(kinds))} leaves out those of this kind.", "dim")
    for sentence in _in_short(information):
        output.text(f"For information: {sentence}.", "dim")


def _in_short(information: Iterable[Finding]) -> Iterator[str]:
    """Give in a sentence for each kind what only who writes the schema can mend."""
    of_kinds: dict[FindingKind, dict[Finding, None]] = {}
    for finding in information:
        of_kinds.setdefault(finding.kind, {})[finding] = None
    if deprecated := of_kinds.pop(FindingKind.DEPRECATED, None):
        rules = {each.rule: each.keyword or each.attribute for each in deprecated}
        names = ", ".join(f"{rule} ({keyword})" for rule, keyword in rules.items())
        ask = "asks for the deprecated rule" + ("s" if len(rules) > 1 else "")
        yield (
            f"the schema {ask} {names}; the values are right, and only the schema can change that"
        )
    for finding in itertools.chain(*of_kinds.values()):
        yield f"{finding.keyword or finding.attribute} ({finding.attribute}): {finding.problem}"


def _print_finding(output: Output, finding: Finding, classes: Sequence[str]) -> None:
    attribute = finding.attribute
    if finding.keyword:
        attribute = f"{attribute} ({finding.keyword})"
    output.lines(f"{attribute}: {finding.problem}", "bold")
    rule = f"{finding.rule} of {finding.provider}, asked for by {finding.source}"
    output.text(f"{finding.kind.value}: {rule}", indent=2)
    output.lines(in_options(finding.remedy), indent=2)
    if classes:
        output.text(f"in {list_some(classes, _MOST_CLASSES)}", "dim", indent=2)
    output.text("")


def _where(by_plan: FindingsByPlan) -> str:
    names = [name for name, findings in by_plan.items() if findings] or list(by_plan)
    if len(by_plan) == 1:
        return names[0]
    if len(names) < len(by_plan):
        return f"{len(names)} of {len(by_plan)} classes"
    return f"{len(by_plan)} classes"


def findings_object(by_plan: FindingsByPlan) -> dict[str, Any]:
    """Return what programs read of findings: those to mend, and those for information."""
    objects: dict[str, list[dict[str, Any]]] = {"findings": [], "information": []}
    for name, findings in by_plan.items():
        for finding in findings:
            kind = "information" if finding.is_information else "findings"
            objects[kind].append({**({"where": name} if name else {}), **_finding_object(finding)})
    return objects


def _finding_object(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "attribute": finding.attribute,
        "keyword": finding.keyword,
        "rule": finding.rule,
        "provider": asdict(finding.provider),
        "asked_by": finding.source,
        "problem": finding.problem,
        "remedy": finding.remedy,
    }
