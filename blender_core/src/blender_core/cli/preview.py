"""The command ``preview``: what a blend of exposures gives, without a product."""

# Typer reads the annotations, so their names have to be there when the program runs.
from typing import Annotated

from blender_core.cli import options
from blender_core.cli.errors import refuse
from blender_core.cli.options import EXPOSURES, argument, flag, option


def preview(
    inputs: Annotated[list[str], argument("INPUT", EXPOSURES)],
    *,
    asn_product: Annotated[
        str | None,
        option("NAME", "The product whose members are meant, of an association with several."),
    ] = None,
    blend_options: options.BlendOptions,
    remote_options: options.RemoteInputsOptions,
    show_all: Annotated[bool, flag("A line for every attribute.", "--all")] = False,
    report: options.ReportFile = None,
    overwrite: Annotated[bool, flag("Replace a file that --report names.", "--overwrite")] = False,
    quiet: options.Quiet = False,
    as_ecsv: Annotated[bool, flag("Print a table in ECSV, for astropy to read.", "--ecsv")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show what a blend of exposures gives, without a product.

    A line for each attribute that has a rule or varies: the value, the rule that makes it, and how
    many exposures say what. Of the exposures, only headers and metadata are read. Nothing is
    written, but a report if --report asks for one.
    """
    from blender_core.blending.blendmodels import blendmodels
    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.formatting import print_json
    from blender_core.cli.inputs import given_inputs, warn_of_repeated
    from blender_core.cli.plan import print_idle
    from blender_core.cli.plan_options import require_beginnings, warn_of_unknown
    from blender_core.cli.preview_printout import preview_object, print_ecsv, print_preview
    from blender_core.cli.progress import bar
    from blender_core.common.urls import shown_url
    from blender_core.formats.remote.remote_files import RemoteFiles
    from blender_core.inputs.association import ProductChoice

    if as_json and as_ecsv:
        refuse("--json and --ecsv are two forms of one thing: choose one of them")
    ignore = blend_options.ignore or ()
    require_beginnings(ignore)
    notes = Notes()
    with bar("Reading", quiet=quiet) as progress, notes.about(""):
        remote = remote_options.remote()
        given = given_inputs(inputs, ProductChoice(asn_product), RemoteFiles(remote))
        names = [name for each in given for name in each.names]
        if report is not None:
            from blender_core.report.write import report_target

            files = [path for each in given for path in each.files]
            report_target(report, overwrite=overwrite, others=files)
        warn_of_repeated(names)
        result = blendmodels(
            None,
            given,
            ignore=ignore,
            **blend_options.settings(),
            asn_product=asn_product,
            remote=remote,
            progress=progress,
        )
        warn_of_unknown(ignore, result.plan)
    if report is not None:
        from blender_core.report import write_report

        write_report(result, report, overwrite=overwrite, notes=notes.lines())
    if as_json:
        shown = [shown_url(str(name)) for name in names]
        print_json(preview_object(result, shown, report, notes.lines()))
    elif as_ecsv:
        print_ecsv(result, show_all=show_all)
    elif not quiet:
        print_preview(result, report, show_all=show_all)
    if not (quiet or as_json):
        notes.print()
        print_idle(result.plan)
