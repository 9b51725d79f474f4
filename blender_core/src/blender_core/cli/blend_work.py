"""What the command ``blend`` does: blend, or tell what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from blender_core.blending.amendment import Amendment
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
from blender_core.cli.errors import CommandError, in_options, refuse
from blender_core.cli.formatting import print_json
from blender_core.cli.inputs import (
    given_inputs,
    require_apart_from,
    require_no_exposure,
    require_not_swapped,
    warn_of_repeated,
)
from blender_core.cli.plan import print_idle
from blender_core.cli.plan_options import require_beginnings, warn_of_unknown
from blender_core.cli.progress import bar
from blender_core.common.provider import engine
from blender_core.common.urls import shown_url
from blender_core.errors import OutputError, raise_all
from blender_core.evaluation.outcome import OF_A_FILE, Status
from blender_core.formats.remote.remote_files import RemoteFiles
from blender_core.inputs.association import ProductChoice, names_of_product
from blender_core.inputs.inputs import Inputs
from blender_core.inputs.named_files import stands_for_several
from blender_core.plan.union import DISAGREEMENT, agreed
from blender_core.plugins.manager import Plugins
from blender_core.products.open_product import open_product
from blender_core.products.saving import target_of
from blender_core.products.swapped import has_hdrtab
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from blender_core.blending.result import BlendResult
    from blender_core.cli.workers import Workers
    from blender_core.inputs.inputs import Input
    from blender_core.products.base import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendWork:
    """A blend, as a user asks for it.

    ``arguments`` name the inputs, which ``workers`` read; without any, the product does.
    ``settings`` and ``ignore`` are those of `blender_core.ModelBlender`.
    """

    product: Path
    arguments: Sequence[str] | None
    output: Path
    report: Path | None
    overwrite: bool
    ignore: Sequence[str]
    workers: Workers
    settings: Mapping[str, Any]

    def carry_out(self, *, as_json: bool, quiet: bool) -> None:
        """Blend, and tell what it came to."""
        notes = Notes()
        with notes.about(""):
            plugins, product, inputs = self._prepare()
        with (
            self.workers.executor() as executor,
            bar("Reading", f"Writing {self.output.name}", quiet=quiet) as progress,
            notes.about(""),
        ):
            warn_of_repeated(_names(inputs or ()))
            result = blendmodels(
                product,
                inputs,
                ignore=self.ignore,
                **self.settings,
                plugins=plugins,
                progress=progress,
                executor=executor,
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
            plugins, product, inputs = self._prepare()
            warn_of_repeated(_names(inputs or ()))
            if inputs is None:
                folder = self.product.parent
                members = Inputs.of_product(product.tree, folder, self._choice(product))
                inputs = list(members)
            names = _names(inputs)
            if self.settings["on_bad_input"] == "raise":
                _require_files(inputs)
            blender = self._accumulate(inputs, plugins, quiet=quiet)
            plans = blender.plans()
            kinds = list(plans) if self.settings["mixed"] and len(plans) > 1 else []
            plan, conflicts = agreed(plans)
            result, changes = None, []
            if not conflicts:
                layout = Layout(assignment.attribute for assignment in plan.values())
                own = dict(zip(layout.paths, product.read(layout), strict=True))
                result = blender.finalize_model(product)
                plan, changes = result.plan, _changes(result, own)
            findings = plan.check(product.schema)
            warn_of_unknown(self.ignore, plan)
        rehearsal = Rehearsal(
            inputs=[shown_url(name) if isinstance(name, str) else name for name in names],
            output=self.output,
            plan=plan,
            findings=findings,
            kinds=kinds,
            conflicts=conflicts,
            changes=[change for change in changes if show_all or change.is_change],
            result=result,
        )
        if as_json:
            print_json(rehearsal_object(rehearsal, notes.lines()))
        elif not quiet:
            print_rehearsal(rehearsal)
            notes.print()
        raise_all(DISAGREEMENT, conflicts)

    def _accumulate(
        self, inputs: Sequence[Input], plugins: Plugins, *, quiet: bool
    ) -> ModelBlender:
        """Return what blends the inputs, all of which have been read."""
        blender = ModelBlender(self.ignore, **self.settings, plugins=plugins)
        total = sum(item.number for item in inputs)
        with self.workers.executor() as executor, bar("Reading", quiet=quiet) as progress:
            blender.accumulate_all(
                inputs, None if progress is None else lambda done: progress(done, total), executor
            )
        return blender

    def _prepare(self) -> tuple[Plugins, Product, list[Input] | None]:
        """Refuse what cannot be done before any work is; return plugins, product and inputs."""
        require_beginnings(self.ignore)
        if not self.product.exists():
            if stands_for_several(self.product):
                refuse(
                    f"{self.product} stands for inputs: are product and inputs swapped?",
                    input=self.product,
                )
            refuse(
                f"there is no product {self.product}: a pipeline makes it, and blend updates it. "
                "What a blend of exposures alone gives: model-blender preview INPUT...",
                input=self.product,
            )
        plugins = Plugins.discover(self.settings["block"])
        product = open_product(self.product, plugins)
        inputs = None
        if self.arguments is not None:
            files = RemoteFiles(self.settings["remote"])
            inputs = given_inputs(self.arguments, self._choice(product), files)
        # Expanded, the product among its inputs stands for the exposures that it was made of.
        if inputs is not None and not self.settings["expand"]:
            require_apart_from(self.product, _files(inputs))
            names = names_of_product(product.tree, self.product)
            require_not_swapped(self.product, names, _files(inputs), plugins)
            if self.output == self.product and not self.overwrite:
                require_no_exposure(
                    self.product, _names(inputs), partial(self._has_table, product, inputs, plugins)
                )
        target_of(product, self.output, overwrite=self.overwrite)
        if self.report is not None:
            from blender_core.report.write import report_target

            others = [self.product, self.output, *_files(inputs or ())]
            report_target(self.report, overwrite=self.overwrite, others=others)
        return plugins, product, inputs

    def _has_table(self, product: Product, inputs: Sequence[Input], plugins: Plugins) -> bool:
        """Tell whether the product or the last input was blended before."""
        last = _files(inputs)[-1:]
        return bool(product.n_rows("hdrtab")) or any(has_hdrtab(each, plugins) for each in last)

    def _choice(self, product: Product) -> ProductChoice:
        """Return which product of an association is meant."""

        def names() -> Sequence[str]:
            return names_of_product(product.tree, self.product, self.output)

        return ProductChoice(self.settings["asn_product"], names)

    def _write_report(self, report: Path, result: BlendResult, notes: Notes) -> None:
        from blender_core.report import write_report

        try:
            write_report(result, report, overwrite=self.overwrite, notes=notes.lines())
        except OutputError as error:
            msg = f"{in_options(error.advice)}. The product has been written to {self.output}"
            raise CommandError(msg) from error


def _files(inputs: Iterable[Input]) -> list[Path]:
    return [path for item in inputs for path in item.files]


def _names(inputs: Iterable[Input]) -> list[Path | str]:
    """Return what inputs are called: their files, parts of these, or URLs."""
    return [name for item in inputs for name in item.names]


def _require_files(inputs: Sequence[Input]) -> None:
    for item in inputs:
        if item.fault is not None:
            raise item.fault
    lacking = [path for path in _files(inputs) if not path.exists()]
    if lacking:
        refuse(f"there is no file {', nor '.join(map(str, lacking))}", input=lacking[0])


def _changes(result: BlendResult, own: Mapping[str, Any]) -> list[Amendment]:
    """Return what the product has of each attribute, and would have."""
    changes = []
    for path, outcome in result.outcomes.items():
        before = after = own.get(path)
        if outcome.status is Status.SET:
            after = outcome.value
        elif outcome.status in (Status.DROPPED, Status.REFUSED):
            after = None
        if path not in OF_A_FILE and (before, after) != (None, None):
            change = Amendment(
                attribute=path,
                keyword=outcome.keyword,
                before=before,
                after=after,
                rule=outcome.rule or "",
                settings=outcome.settings,
                asked_by=outcome.asked_by,
                provider=outcome.provider or engine(),
                reason=outcome.reason,
            )
            changes.append(change)
    return changes
