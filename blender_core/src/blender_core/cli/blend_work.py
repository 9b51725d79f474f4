"""What the command ``blend`` does: blend, or tell what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from blender_core.blending.blender import ModelBlender
from blender_core.blending.blendmodels import blendmodels
from blender_core.cli.blend_printout import (
    Rehearsal,
    blend_object,
    print_blend,
    print_rehearsal,
    rehearsal_object,
)
from blender_core.cli.captured_warnings import Notes
from blender_core.cli.errors import CommandError, in_options
from blender_core.cli.inputs import given_inputs, require_apart_from, warn_of_repeated
from blender_core.cli.json_output import print_json
from blender_core.cli.options import overrides_of
from blender_core.cli.plan import print_idle
from blender_core.cli.plan_options import require_beginnings, warn_of_unknown
from blender_core.cli.progress import bar
from blender_core.cli.value_changes import values_of
from blender_core.errors import OutputError, raise_all
from blender_core.formats.files.target import Target
from blender_core.inputs.asn_product import ProductChoice, names_of_product
from blender_core.inputs.association import Association, is_association
from blender_core.inputs.product_association import own_members
from blender_core.inputs.unfold import number_behind
from blender_core.plan.planner import DISAGREEMENT, agreed
from blender_core.products.open_product import open_product

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from blender_core.blending.result import BlendResult

__all__ = ["Blend"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """A blend, as a user asks for it.

    Parameters
    ----------
    product : Path
        The product's file.
    arguments : sequence of str or None
        What names the inputs; None if the product does.
    output : Path
        Where the product is to go: its own file, or another.
    overwrite : bool
        Whether another file may be replaced.
    asn_product : str or None
        The product that is meant of an association with several.
    rules : sequence of Path
        Rules files.
    override : sequence of str
        Each an attribute and a rule, ``ATTR=RULE``.
    ignore, block : sequence of str
        Attributes that keep the product's own values, and plugins to leave out.
    mixed, expand : bool
        As of `blender_core.ModelBlender`.
    record_rules : bool or None
        As of `blender_core.ModelBlender`.
    replace_later : bool
        Whether values that were set after an earlier blend are blended, too.
    report : Path or None
        Where a report is to go.
    on_bad_input : {"raise", "skip"}
        As of `blender_core.ModelBlender`.
    """

    product: Path
    arguments: Sequence[str] | None
    output: Path
    overwrite: bool
    asn_product: str | None
    rules: Sequence[Path]
    override: Sequence[str]
    ignore: Sequence[str]
    block: Sequence[str]
    mixed: bool
    expand: bool
    record_rules: bool | None
    replace_later: bool
    report: Path | None
    on_bad_input: Literal["raise", "skip"]

    def carry_out(self, *, as_json: bool, quiet: bool) -> None:
        """Blend, and tell what it came to."""
        notes = Notes()
        with notes.about(""):
            inputs = self._prepared()
        with (
            bar("Reading", f"Writing {self.output.name}", quiet=quiet) as progress,
            notes.about(""),
        ):
            warn_of_repeated(inputs or ())
            result = blendmodels(
                self.product,
                inputs,
                ignore=self.ignore,
                **self._of_the_blend(),
                progress=progress,
                output=self.output,
                overwrite=self.overwrite,
            )
            warn_of_unknown(self.ignore, result.plan)
        if self.report is not None:
            self._write_report(self.report, result, notes)
        if as_json:
            print_json(blend_object(result, self.output, self.report, notes.lines()))
        elif not quiet:
            print_blend(result, self.output, self.report)
            notes.print()
            print_idle(result.plan)

    def rehearse(self, *, as_json: bool, quiet: bool, show_all: bool) -> None:
        """Tell what would be done, and write nothing."""
        notes = Notes()
        with notes.about(""):
            inputs = self._prepared()
            product = open_product(self.product)
            warn_of_repeated(inputs or ())
            if inputs is None:
                inputs = own_members(product.tree, self.product.parent, self._choice())
            if self.on_bad_input == "raise":
                _require_files(inputs, self._choice())
            blender = self._accumulated(inputs, quiet=quiet)
            plans = blender.plans()
            kinds = list(plans) if self.mixed and len(plans) > 1 else []
            plan, conflicts = agreed(plans)
            result, values = None, []
            if not conflicts:
                result = blender.finalize_model(product)
                plan, values = result.plan, values_of(result, product.tree)
            findings = plan.check(product.validator)
            warn_of_unknown(self.ignore, plan)
        shown = [value for value in values if show_all or value.is_change]
        rehearsal = Rehearsal(inputs, self.output, plan, findings, kinds, conflicts, shown, result)
        if as_json:
            print_json(rehearsal_object(rehearsal, notes.lines()))
        elif not quiet:
            print_rehearsal(rehearsal)
            notes.print()
        raise_all(DISAGREEMENT, conflicts)

    def _accumulated(self, inputs: Sequence[Path], *, quiet: bool) -> ModelBlender:
        """Return what blends the inputs, all of which have been read."""
        blender = ModelBlender(self.ignore, **self._of_the_blend())
        total = sum(map(number_behind, inputs))
        with bar("Reading", quiet=quiet) as progress:
            blender.accumulate_all(
                inputs, None if progress is None else lambda done: progress(done, total)
            )
        return blender

    def _prepared(self) -> list[Path] | None:
        """Refuse what cannot be done before any work is, and return the inputs' files."""
        require_beginnings(self.ignore)
        if not self.product.exists():
            msg = (
                f"there is no product {self.product}: a pipeline makes it, and blend updates it. "
                "To make one of exposures alone: model-blender demo EXPOSURE... "
                f"--output {self.product}"
            )
            raise CommandError(msg)
        inputs = None
        if self.arguments is not None:
            inputs = given_inputs(self.arguments, self._choice())
        # Expanded, the product among its inputs stands for the exposures that it was made of.
        if inputs is not None and not self.expand:
            require_apart_from(self.product, inputs)
        Target.find(self.output, overwrite=self.overwrite, product=self.product)
        if self.report is not None:
            from blender_core.report.write import report_target

            others = [self.product, self.output, *(inputs or ())]
            report_target(self.report, overwrite=self.overwrite, others=others)
        return inputs

    def _choice(self) -> ProductChoice:
        """Return which product of an association is meant. PRODUCT is opened where that matters."""

        def names() -> Sequence[str]:
            return names_of_product(open_product(self.product).tree, self.product, self.output)

        return ProductChoice(self.asn_product, names)

    def _of_the_blend(self) -> dict[str, Any]:
        return {
            "overrides": overrides_of(self.override),
            "rules": self.rules,
            "block": self.block,
            "asn_product": self.asn_product,
            "mixed": self.mixed,
            "expand": self.expand,
            "record_rules": self.record_rules,
            "later": "replace" if self.replace_later else "keep",
            "on_bad_input": self.on_bad_input,
        }

    def _write_report(self, report: Path, result: BlendResult, notes: Notes) -> None:
        from blender_core.report import write_report

        try:
            write_report(result, report, overwrite=self.overwrite, notes=notes.lines())
        except OutputError as error:
            msg = f"{in_options(error.advice)}. The product has been written to {self.output}"
            raise CommandError(msg) from error


def _require_files(inputs: Sequence[Path], choice: ProductChoice) -> None:
    for path in filter(is_association, inputs):  # it has no members: it says why
        Association(path, choice).members("association")
    lacking = [str(path) for path in inputs if not path.exists()]
    if lacking:
        msg = f"there is no file {', nor '.join(lacking)}"
        raise CommandError(msg)
