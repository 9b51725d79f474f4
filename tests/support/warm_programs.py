"""Programs in new processes that have imported already what takes long.

``model-blender`` and ``strun`` take seconds to start, nearly all of it for imports, and the tests
start them hundreds of times. Here, a server imports what they need once, and forks for each call: what
runs is the program's own entry point in a process of its own, with the arguments, folder, variables and
streams of the caller, be they files, pipes or terminals. Shells find these programs in a folder that
goes to the front of ``PATH``. What the start itself does, signals from outside and streams that are
closed have to be tested with the installed programs.
"""

import atexit
import contextlib
import gc
import importlib.metadata
import json
import os
import runpy
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from pathlib import Path

# Program → code that the server runs before its first call.
PREPARATIONS = {
    "model-blender": """
import astropy.table, jinja2, rich.table, typer
import blender_core.cli.app, blender_core.report
from blender_core import BlendPlan
from stdatamodels.jwst.datamodels import ImageModel
BlendPlan.for_model(ImageModel)
ImageModel((2, 2)).save("warm.fits")
ImageModel("warm.fits").close()
""",
    "strun": "import jwst.pipeline, stpipe._cli.strun",
}
PREPARATIONS["python"] = PREPARATIONS["model-blender"]
ENCODING = "utf-8"

# Does not import the site's packages, so that it starts in a hundredth of a second.
CLIENT = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect({address!r})
    socket.send_fds(connection, [b"x"], [0, 1, 2])
    call = [{program!r}, sys.argv[1:], os.getcwd(), dict(os.environ)]
    connection.sendall(json.dumps(call).encode())
    connection.shutdown(socket.SHUT_WR)
    status = int(connection.makefile().read())
if status < 0:
    import signal
    signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
os._exit(status)
"""


class WarmPrograms:
    """A folder of programs, and the server that runs them until ``close`` is called."""

    def __init__(self):
        # The path of a socket has to be short.
        self.folder = Path(tempfile.mkdtemp(prefix="warm-"))
        address = str(self.folder / "socket")
        for program in PREPARATIONS:
            client = self.folder / program
            client.write_text(
                CLIENT.format(python=sys.executable, address=address, program=program)
            )
            client.chmod(0o755)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(address)
        listener.listen()
        with listener:
            self._server = subprocess.Popen(
                [sys.executable, __file__, str(listener.fileno())],
                pass_fds=[listener.fileno()],
                stdin=subprocess.PIPE,  # at its end, however that comes about, the server ends
                cwd=self.folder,
            )

    def close(self):
        self._server.communicate()
        shutil.rmtree(self.folder)

    @property
    def path(self):
        """``PATH`` with these programs, then those that are installed beside this Python."""
        folders = [self.folder, Path(sys.executable).parent, os.environ["PATH"]]
        return os.pathsep.join(map(str, folders))


def serve(listener):
    """Wait for calls, and return in the process of each: the call."""
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            sys.exit()
        connection, _ = listener.accept()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        with connection:
            _, streams, _, _ = socket.recv_fds(connection, 1, 3)
            program, *call = json.loads(connection.makefile().read())
            if code := PREPARATIONS.pop(program, None):
                exec(code, {})  # noqa: S102
                gc.freeze()  # what is never looked at again is never copied
            if not os.fork():
                listener.close()
                if not (child := os.fork()):
                    break
                _, status = os.waitpid(child, 0)
                with contextlib.suppress(BrokenPipeError):
                    connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
                os._exit(0)
            for stream in streams:
                os.close(stream)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    return program, *call


def take_over(program, arguments, folder, variables):
    """Make this process that of a program, as if Python had started for it."""
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    sites = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [one for one in sites if one] + [one for one in sys.path if one not in sites]
    sys.argv = [program, *arguments]
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", ENCODING).partition(":")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        mode, buffering = ("w", -1) if number else ("r", -1)
        stream = open(  # noqa: SIM115
            number, mode, buffering, encoding, errors or None, closefd=False
        )
        stream.reconfigure(line_buffering=name == "stderr" or stream.isatty())
        setattr(sys, name, stream)
    sys.stderr.reconfigure(errors="backslashreplace")


def run(program):
    """Run a program's entry point, or the file or code that Python is given."""
    if program != "python":
        (point,) = importlib.metadata.entry_points(group="console_scripts", name=program)
        sys.exit(point.load()())
    option, *sys.argv = sys.argv[1:]
    if option == "-c":
        (code, *_), sys.argv = sys.argv, ["-c", *sys.argv[1:]]
        sys.path.insert(0, "")
        exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
    elif option == "-m":
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [option, *sys.argv]
        sys.path.insert(0, str(Path(option).resolve().parent))
        runpy.run_path(option, run_name="__main__")


def end(run, program):
    """Run a program and end as Python does, but for taking everything apart."""
    status = 0
    try:
        run(program)
    except SystemExit as error:
        status = error.code
        if not isinstance(status, int):
            if status is not None:
                sys.stderr.write(f"{status}\n")
            status = int(status is not None)
    except BaseException:  # noqa: BLE001  # whatever it is, the process ends with it
        traceback.print_exc()
        status = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    del sys.path[0]  # the folder of this module
    program, *call = serve(socket.socket(fileno=int(sys.argv[1])))
    take_over(program, *call)
    end(run, program)
