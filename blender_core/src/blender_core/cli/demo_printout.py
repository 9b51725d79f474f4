"""Tell a person what a blend came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rich.padding import Padding
from rich.text import Text

from blender_core.cli.demo_rows import Rows
from blender_core.cli.summary import facts_of, grid_of
from blender_core.evaluation.outcome import Status
from blender_core.plan.assignment import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from blender_core.blending.result import BlendResult
    from blender_core.evaluation.outcome import Outcome

__all__ = ["Story", "tell"]

_FEW: Final = 10  # of the attributes that vary without a rule, unless all are asked for
_NAMED: Final = 3  # of the attributes that vary and are kept
_SAMPLE: Final = ("FILENAME", "DETECTOR", "FILTER", "EXPSTART")  # columns to look at first


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What there is to tell beside the result itself.

    Parameters
    ----------
    result : BlendResult
        The result.
    output : Path
        Where the product lies.
    n_inputs : int
        How many inputs there were.
    origin : str
        Where they are from.
    pixels : str
        What became of the pixels.
    notes : sequence of str
        Warnings.
    hint : str
        What to do next.
    """

    result: BlendResult
    output: Path
    n_inputs: int
    origin: str
    pixels: str
    notes: Sequence[str] = field(default=())
    hint: str = ""


def tell(story: Story, console: Console, *, show_all: bool = False) -> None:
    """Print the story of a blend: its inputs, its values and whose rules made them, its product."""
    outcomes = [one for one in story.result.outcomes.values() if one.n_inputs]
    ruled = [one for one in outcomes if _is_ruled(one)]
    varied = sorted(story.result.varied(), key=lambda one: one.n_distinct or 0)
    shown = varied if show_all else varied[:_FEW]
    rows = Rows([*ruled, *shown], console.width)

    exposures = "1 exposure" if story.n_inputs == 1 else f"{story.n_inputs} exposures"
    _title(console, f"{exposures}, one product")
    inputs = {
        "inputs": f"{story.n_inputs} of type {type(story.result.product).__name__}, {story.origin}",
        **facts_of(story.result),
        "pixels": story.pixels,
    }
    console.print(grid_of(inputs))

    _title(console, "What the product says now")
    explanation = (
        "Each value, under the rule that made it and the provider of the rule. At the end of a "
        "line: how many different values there were, in how many inputs."
    )
    if any(one.n_inputs < story.n_inputs for one in ruled if one.n_inputs):
        explanation += f" Where fewer than {story.n_inputs} have one, HDRTAB has nulls."
    if any(one.rule == "sum" for one in ruled):
        explanation += (
            " A sum counts every input, also where several detectors observed at the same time."
        )
    _paragraph(console, explanation)
    for (rule, provider), group in _by_rule(ruled).items():
        console.print()
        _heading(console, rule, provider, _why(story.result, group[0]))
        console.print(rows.table(group))

    if varied:
        _title(console, "Varied, and the first was taken because no rule is set")
        console.print(rows.table(shown))
    if len(shown) < len(varied):
        _paragraph(
            console,
            f"These are the {len(shown)} of {len(varied)} with the fewest different values; "
            "--all shows the others.",
        )
    _paragraph(console, _kept(outcomes))

    if story.notes:
        _title(console, "Warnings")
        for note in story.notes:
            _paragraph(console, note, "yellow")

    _title(console, "The product")
    _product(story, console)


def _is_ruled(outcome: Outcome) -> bool:
    if outcome.status is Status.KEPT:
        return False
    return outcome.tier is not Tier.DEFAULT or outcome.status is Status.REFUSED


def _by_rule(outcomes: Sequence[Outcome]) -> dict[tuple[str, str], list[Outcome]]:
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for one in outcomes:
        provider = one.provided_by
        # That a schema asks for the rule is the usual case, and goes without saying.
        if one.overridden:
            provider += f" ({one.reason})"
        groups.setdefault((one.rule or "", provider), []).append(one)
    return groups


def _why(result: BlendResult, outcome: Outcome) -> str:
    rule = result.plan[outcome.attribute].rule
    return rule.summary if rule else ""


def _heading(console: Console, rule: str, provider: str, summary: str) -> None:
    heading = Text.assemble((rule, "bold cyan"), "  ", (provider, "green"))
    fits = len(heading) + 2 + len(summary) <= console.width
    console.print(heading.append(f"  {summary}", "dim") if fits else heading)
    if not fits:
        _paragraph(console, summary)


def _kept(outcomes: Sequence[Outcome]) -> str:
    """Say what varies and was not blended, and why."""
    names: dict[str, list[str]] = {}
    for one in outcomes:
        if one.status is Status.KEPT and (one.n_distinct or 0) > 1:
            reason = one.reason if one.rule == "keep" else "the first input has none"
            names.setdefault(reason, []).append(one.attribute)
    if not names:
        return ""
    groups = []
    for reason, attributes in names.items():
        more = f" and {len(attributes) - _NAMED} more" if len(attributes) > _NAMED else ""
        groups.append(f"{', '.join(attributes[:_NAMED])}{more} ({reason})")
    return f"Varied, and stay the product's own: {'; '.join(groups)}."


def _product(story: Story, console: Console) -> None:
    # Paths and commands are there to be copied, so lines are not broken.
    console.print(f"  {story.output}", style="bold", markup=False, soft_wrap=True)
    facts = {"size": f"{story.output.stat().st_size / 1024:.0f} KiB"}
    columns = story.result.table.colnames
    if columns:
        facts["HDRTAB"] = f"{story.n_inputs} rows, one for each input; {len(columns)} columns"
    console.print(grid_of(facts))
    if columns:
        console.print()
        _paragraph(console, "What every input said, in Python:")
        names = ", ".join(repr(name) for name in _SAMPLE if name in columns)
        for line in (
            "from astropy.table import Table",
            f"table = Table.read({str(story.output)!r}, hdu='HDRTAB')",
            f"print(table[{names}])" if names else "print(table)",
        ):
            console.print(f"    {line}", style="cyan", markup=False, soft_wrap=True)
    if story.hint:
        console.print()
        console.print(f"  {story.hint}", markup=False, soft_wrap=True)


def _title(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, "bold"))


def _paragraph(console: Console, text: str, style: str = "dim") -> None:
    if text:
        console.print(Padding(Text(text, style), (0, 0, 0, 2), expand=False))
