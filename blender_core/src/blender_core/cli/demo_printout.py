"""Print what the demonstration's blend came to."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from blender_core.cli.blend_printout import input_facts
from blender_core.cli.formatting import list_some, one_line
from blender_core.common.wording import pluralize, visible
from blender_core.evaluation.outcome import Status
from blender_core.plan.assignment import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from blender_core.blending.result import BlendResult
    from blender_core.cli.console import Output
    from blender_core.evaluation.outcome import Outcome

_MOST_VARIED: Final = 10  # of the attributes that vary without a rule, unless all are asked for
_MOST_KEPT: Final = 3  # of the attributes that vary and are kept
_SAMPLE: Final = ("FILENAME", "DETECTOR", "FILTER", "EXPSTART")  # columns to look at first
_EXAMPLE: Final = "EFFEXPTM"  # what to ask next about, if there is such a keyword
_FEW_COLUMNS: Final = ("FILENAME", "EXPSTART")
_COLUMN_GAP: Final = 2
_INDENT: Final = 2
_LONGEST_VALUE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPrintout:
    """The inputs of a blend, its values and whose rules made them, and its product.

    If the inputs are those that a ``pattern`` fits, it is one to try next.
    """

    result: BlendResult
    output: Path
    n_inputs: int
    origin: str
    pixels: str
    warnings: Sequence[str]
    report: Path
    pattern: str
    show_all: bool
    console: Output

    def print(self) -> None:
        """Print it."""
        outcomes = [outcome for outcome in self.result.outcomes.values() if outcome.n_inputs]
        ruled = [outcome for outcome in outcomes if _is_ruled(outcome)]
        varied = sorted(self.result.varied(), key=lambda outcome: outcome.n_distinct or 0)
        printed = varied if self.show_all else varied[:_MOST_VARIED]
        widths = _column_widths([*ruled, *printed], self.console.width)
        self._print_inputs()
        self._print_values(ruled, widths)
        if varied:
            self._print_title("Varied, and the first was taken because no rule is set")
            self.console.print(_table(printed, widths))
        if len(printed) < len(varied):
            self._print_paragraph(
                f"These are the {len(printed)} of {len(varied)} with the fewest different values; "
                "--all shows the others.",
            )
        if kept := _kept(outcomes):
            self._print_paragraph(kept)
        if self.warnings:
            self._print_title("Warnings")
            for warning in self.warnings:
                self._print_paragraph(warning, "yellow")
        self._print_product()

    def _print_inputs(self) -> None:
        model_type = type(self.result.product).__name__
        self._print_title(f"{pluralize(self.n_inputs, 'exposure')}, one product")
        self.console.facts(
            {
                "inputs": f"{self.n_inputs} of type {model_type}, {self.origin}",
                **input_facts(self.result),
                "pixels": self.pixels,
            }
        )

    def _print_values(self, ruled: Sequence[Outcome], widths: Sequence[int]) -> None:
        self._print_title("What the product says now")
        explanation = (
            "Each value, under the rule that made it and the provider of the rule. At the end of a "
            "line: how many different values there were, in how many inputs."
        )
        if any((outcome.n_inputs or 0) < self.n_inputs for outcome in ruled):
            explanation += f" Where fewer than {self.n_inputs} have one, HDRTAB has nulls."
        if any(outcome.rule == "sum" for outcome in ruled):
            explanation += (
                " A sum counts every input, also where several detectors observed at the same time."
            )
        self._print_paragraph(explanation)
        groups: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in ruled:
            provider = outcome.provided_by
            # That a schema asks for the rule is the usual case, and goes without saying.
            if outcome.overridden:
                provider += f" ({outcome.reason})"
            groups.setdefault((outcome.rule or "", provider), []).append(outcome)
        for (name, provider), group in groups.items():
            rule = self.result.plan[group[0].attribute].rule
            self.console.text("")
            self._print_rule(name, provider, rule.summary if rule else "")
            self.console.print(_table(group, widths))

    def _print_rule(self, name: str, provider: str, summary: str) -> None:
        heading = Text.assemble((visible(name), "bold cyan"), "  ", (visible(provider), "green"))
        if len(heading) + 2 + len(summary) <= self.console.width:
            self.console.print(heading.append(visible(f"  {summary}"), "dim"))
        else:
            self.console.print(heading)
            self._print_paragraph(summary)

    def _print_product(self) -> None:
        self._print_title("The product")
        # Paths and commands are there to be copied, so lines are not broken.
        self.console.print(visible(f"  {self.output}"), style="bold", soft_wrap=True)
        facts = {
            "size": f"{self.output.stat().st_size / 1024:.0f} KiB",
            "report": f"{self.report}, to open in a browser",
        }
        columns = self.result.table.colnames
        if columns:
            facts["HDRTAB"] = f"{self.n_inputs} rows, one for each input; {len(columns)} columns"
        self.console.facts(facts)
        if columns:
            self.console.text("")
            self._print_paragraph("What every input said, in Python:")
            names = ", ".join(repr(name) for name in _SAMPLE if name in columns)
            for line in (
                "from astropy.table import Table",
                f"table = Table.read({str(self.output)!r}, hdu='HDRTAB')",
                f"print(table[{names}])" if names else "print(table)",
            ):
                self.console.print(f"    {line}", style="cyan", soft_wrap=True)
        self._print_title("Next, to try on these files, and then on your own")
        for command in self._next_commands():
            self.console.print(f"  {visible(command)}", style="cyan", soft_wrap=True)

    def _next_commands(self) -> Sequence[str]:
        """Return three commands to try next: each can be copied as it is."""
        product = shlex.quote(str(self.output))
        names = [name for name in _FEW_COLUMNS if name in self.result.table.colnames]
        columns = f"-c {','.join(names)}" if names else "--all"
        outcomes = filter(_is_ruled, self.result.outcomes.values())
        ruled = [outcome.keyword or outcome.attribute for outcome in outcomes if outcome.n_inputs]
        name = _EXAMPLE if _EXAMPLE in ruled else (ruled or ["meta.telescope"])[0]
        rule = "max" if name == _EXAMPLE else "first"
        if self.pattern:
            last = f"model-blender preview {shlex.quote(self.pattern)}"
        else:
            last = f"model-blender amend {product} --override {name}={rule} --dry-run"
        return (
            f"model-blender explain {product} {name}",
            f"model-blender table {product} {columns}",
            last,
        )

    def _print_title(self, title: str) -> None:
        self.console.text("")
        self.console.text(title, "bold")

    def _print_paragraph(self, text: str, style: str = "dim") -> None:
        self.console.text(text, style, indent=_INDENT)


def _is_ruled(outcome: Outcome) -> bool:
    if outcome.status is Status.KEPT:
        return False
    return outcome.tier is not Tier.DEFAULT or outcome.status is Status.REFUSED


def _kept(outcomes: Sequence[Outcome]) -> str:
    """Say what varies and was not blended, and why."""
    attributes: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.status is Status.KEPT and (outcome.n_distinct or 0) > 1:
            reason = outcome.reason if outcome.rule == "keep" else "the first input has none"
            attributes.setdefault(reason, []).append(outcome.attribute)
    groups = [f"{list_some(paths, _MOST_KEPT)} ({why})" for why, paths in attributes.items()]
    return f"Varied, and stay the product's own: {'; '.join(groups)}." if groups else ""


def _column_widths(outcomes: Sequence[Outcome], width: int) -> tuple[int, ...]:
    """Return the widths of columns for all tables: as wide as needed, if a line has the room."""
    columns = [*zip(*map(_cells, outcomes), strict=True)] or [()] * 4
    keyword, attribute, value, values = (max(map(len, cells), default=1) for cells in columns)
    # What does not fit is folded: first the values, then the attributes' paths.
    room = width - keyword - values - 3 * _COLUMN_GAP - _INDENT
    value = max(min(value, room - attribute), min(value, 23), 1)  # a date-time has 23
    return keyword, max(min(attribute, room - value), 12), value, values


def _table(outcomes: Sequence[Outcome], widths: Sequence[int]) -> Padding:
    table = Table.grid(padding=(0, _COLUMN_GAP, 0, 0))
    for width, style in zip(widths, ("bold", "dim", "", "dim"), strict=True):
        table.add_column(width=width, style=style, overflow="fold")
    for outcome in outcomes:
        agreed = outcome.n_distinct == 1 and outcome.from_input is not None
        table.add_row(*_cells(outcome), style="dim" if agreed else None)
    return Padding(table, (0, 0, 0, _INDENT), expand=False)


def _cells(outcome: Outcome) -> tuple[str, str, str, str]:
    return (
        visible(outcome.keyword or ""),
        visible(outcome.attribute.removeprefix("meta.")),
        _value(outcome),
        f"{outcome.n_distinct} in {outcome.n_inputs}",
    )


def _value(outcome: Outcome) -> str:
    value = one_line(outcome.value, _LONGEST_VALUE)
    if outcome.status is Status.REFUSED:
        return f"none: {value} is not allowed"
    return "none" if outcome.status is Status.DROPPED else value
