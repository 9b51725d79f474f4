"""The command ``model-blender demo``: a first blend, of exposures at hand or of invented ones."""

# Typer reads the annotations, so their names have to be there when the program runs.
import os
from pathlib import Path
from typing import Annotated, Final

from blender_core.cli import options
from blender_core.cli.errors import CommandError
from blender_core.cli.options import file_argument, file_option, flag

FOLDER = Path("model-blender-demo")
"""What the demo writes by default goes here, below the current folder, and nothing else does."""

_WHOLE_LINES: Final = 1000
"""How many characters a line may have where there is no terminal that folds it."""


def demo(
    exposures: Annotated[
        list[Path] | None,
        file_argument(
            "EXPOSURE",
            "FITS exposures of one model type. Without any, a small NIRCam-like set is "
            f"written to {FOLDER}/exposures.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        file_option(
            "FILE",
            "Where to save the product, a FITS or ASDF file. By default it goes to "
            f"{FOLDER}, whose files the demo replaces.",
            "--output",
            "-o",
        ),
    ] = None,
    overwrite: Annotated[
        bool, flag("Replace a file that --output names, and the report beside it.", "--overwrite")
    ] = False,
    show_all: Annotated[
        bool, flag("Show all attributes that vary without a rule.", "--all")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Blend some exposures, and show what became of their metadata.

    Without arguments, it writes invented exposures (two filters, three dithers, four
    detectors) and blends those. The pixels of images are averaged, for there to be a product;
    that is no resampled mosaic. It records the rules in the product, and writes a report beside it.
    """
    from blender_core.cli.blend_printout import blend_object
    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.console import Output
    from blender_core.cli.demo_blend import blend_files, require_exposures
    from blender_core.cli.demo_printout import DemoPrintout
    from blender_core.cli.formatting import print_json
    from blender_core.cli.progress import spinner
    from blender_core.common.wording import pluralize
    from blender_core.demo.exposures import write_exposures
    from blender_core.formats.files.target import Target
    from blender_core.report import write_report
    from blender_core.report.write import report_target

    named, chosen = exposures or [], output
    require_exposures(named)
    if chosen is not None:
        Target.find(chosen, overwrite=overwrite)
    output = chosen or FOLDER / ("product.fits" if named else "product_i2d.fits")
    _require_apart(output, named)
    report = output.with_name(f"{output.name.partition('.')[0]}_report.html")
    if chosen is not None:
        report_target(report, overwrite=overwrite, others=named)

    notes = Notes()
    if named:
        paths, origin = named, _origin(named)
    else:
        folder = FOLDER / "exposures"
        with spinner(f"Writing exposures to {folder}"):
            paths = write_exposures(folder)
        _require_apart(output, paths)
        origin = f"invented for this demo and written to {folder}"
    with spinner(f"Blending {pluralize(len(paths), 'exposure')}"):
        result, pixels = blend_files(paths, notes)
        with notes.about(output.name):
            if chosen is None:
                output.parent.mkdir(exist_ok=True)
            result.save(output, overwrite=chosen is None or overwrite)
    write_report(result, report, overwrite=chosen is None or overwrite, notes=notes.lines())
    if as_json:
        print_json(blend_object(result, output, report, notes.lines()))
        return

    console = Output(folds=True)
    if not console.is_terminal and os.environ.get("COLUMNS", "0") == "0":
        console.width = _WHOLE_LINES
    DemoPrintout(
        result=result,
        output=output,
        n_inputs=len(paths),
        origin=origin,
        pixels=pixels,
        warnings=notes.lines(),
        report=report,
        pattern="" if named else str(FOLDER / "exposures/*"),
        show_all=show_all,
        console=console,
    ).print()


def _require_apart(output: Path, exposures: list[Path]) -> None:
    from blender_core.errors import OutputError
    from blender_core.formats.files.target import Target

    try:
        Target(output, output, replaces=True).require_apart(exposures)
    except OutputError as error:
        msg = f"{error}, with --output"
        raise CommandError(msg) from error


def _origin(paths: list[Path]) -> str:
    folders = {path.parent for path in paths}
    if len(folders) > 1:
        return f"from {len(folders)} folders"
    (folder,) = folders
    return "from the current folder" if folder == Path() else f"from {folder}"
