"""Choose, watch and compare walks in a browser."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from retrogait.commands.common import Subparsers, console

if TYPE_CHECKING:
    from retrogait.report.explorer import Walk

NAME = "explorer.html"


def add(commands: Subparsers) -> None:
    """Add the command."""
    explore = commands.add_parser(
        "explore",
        help="choose, watch and compare walks in a browser",
        description="Write one page that needs no network: sliders for direction, speed and incline, a "
        "figure that walks with its muscles and forces, curves in step. Of the walks that come with "
        "retrogait, or of results. With --live a server on this machine adds walks that it predicts when "
        "asked. Exit status: 0 written, 2 bad input.",
    )
    explore.add_argument(
        "results",
        metavar="RESULTS",
        type=Path,
        nargs="*",
        help="folder of a run, or files of results (default: the bundled walks)",
    )
    explore.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help=f"page to write (default: results/{NAME})"
    )
    explore.add_argument("--open", action="store_true", help="show it in a browser")
    explore.add_argument(
        "--models",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="where the models and recordings of the results are; may be repeated",
    )
    explore.add_argument(
        "--live", action="store_true", help="serve the page on this machine and predict what is asked for"
    )
    explore.add_argument(
        "--port", type=_port, default=0, metavar="N", help="of the server (default: a free one)"
    )
    explore.set_defaults(command=_explore)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return int(text)


def _explore(arguments: argparse.Namespace) -> int:
    from retrogait.errors import ConfigError  # noqa: PLC0415
    from retrogait.explore import bundled_walks, stored_walks  # noqa: PLC0415

    if arguments.live and arguments.output is not None:
        raise ConfigError("--live writes no file, so -o has no meaning with it; leave one of them out")
    if arguments.port and not arguments.live:
        raise ConfigError("--port is that of --live; add it, or leave the port out")
    with console(err=True).status("drawing") as status:
        report = status.update
        if arguments.results:
            walks = stored_walks(arguments.results, arguments.models, report)
            source = ", ".join(path.name for path in arguments.results)
        else:
            walks, source = bundled_walks(report), "the walks that come with retrogait"
    if arguments.live:
        return _serve(walks, arguments.port, show=arguments.open)
    return _write(walks, source, arguments.output or Path("results", NAME), show=arguments.open)


def _write(walks: "list[Walk]", source: str, path: Path, *, show: bool) -> int:
    from retrogait import __version__  # noqa: PLC0415
    from retrogait.io.atomic import replacing  # noqa: PLC0415
    from retrogait.io.text import many  # noqa: PLC0415
    from retrogait.report.explorer import page  # noqa: PLC0415

    text = page(walks, source=f"Made by retrogait {__version__} of {source}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{many(len(walks), 'walk')} in {path}: one page, no network needed\n")
    if show:
        _show(path.resolve().as_uri())
    return 0


def _serve(walks: "list[Walk]", port: int, *, show: bool) -> int:
    from retrogait.explore.live import Explorer  # noqa: PLC0415
    from retrogait.io.text import many  # noqa: PLC0415

    server = Explorer(walks, port)
    try:
        shown = many(len(walks), "walk")
        sys.stdout.write(f"{server.address} shows {shown} and predicts others; end it with Ctrl-C\n")
        sys.stdout.flush()
        if show:
            _show(server.address)
        server.serve_forever()
    except KeyboardInterrupt:
        sys.stdout.write("stopped\n")
    finally:
        server.close()
    return 0


def _show(address: str) -> None:
    import webbrowser  # noqa: PLC0415

    if not webbrowser.open(address):
        sys.stderr.write(f"retrogait: no browser was found; open {address} yourself\n")
