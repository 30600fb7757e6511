"""Time pages of studies: ``python -m tests.benchmarks.pages``.

Made studies of 28 conditions and of 1 000 trials, and results folders that are named: the whole command in a
fresh interpreter, the share of it that is imports, the size of the page, and the time until a browser has it
ready to be worked. Bars: 28 conditions are built in 3 s, weigh 5 MB and open in 3 s; 1 000 weigh 20 MB and
open in 3 s.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from tests.benchmarks.__main__ import RESULTS, describe_machine, load_average
from tests.browser import browser_program
from tests.page.made import both_ways, make_folder

SOURCE = Path(__file__).resolve().parents[2] / "sim"
READY = "html[data-ready]"
PATIENCE = 120_000  # ms


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", description=__doc__)
    parser.add_argument("results", nargs="*", type=Path, help="further results folders")
    parser.add_argument("--times", type=int, default=3, help="each is timed so often; the median counts")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, results in [*made(Path(folder)), *((path.name, path) for path in options.results)]:
            page = Path(folder) / f"{name}.html"
            rows.append({"study": name, **measured(results, page, options.times)})
            print("  ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
    content = {"machine": describe_machine(), "load": load_average(), "pages": rows}
    RESULTS.with_name("pages.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def made(folder):
    """Name and results folder of each study of made curves."""
    few = both_ways(speeds=np.linspace(0.4, 1.6, 7), inclines=(0.0, 5.0))
    yield "28", make_folder(folder / "few", few)
    many = both_ways(speeds=np.linspace(0.4, 1.6, 10), inclines=np.linspace(-10.0, 10.0, 50))
    yield "1000", make_folder(folder / "many", many)


def measured(results, page, times):
    """Medians of one results folder: seconds of wall and processor, bytes, seconds in the browser."""
    runs = [command("-m", "retrogait", "report", str(results), "-o", str(page)) for _ in range(times)]
    imports = [command("-c", "import retrogait.report.page.build") for _ in range(times)]
    wall, processor = (statistics.median(column) for column in zip(*runs, strict=True))
    return {
        "build_s": round(wall, 2),
        "build_processor_s": round(processor, 2),
        "imports_s": round(statistics.median(wall for wall, _ in imports), 2),
        "megabytes": round(page.stat().st_size / 1e6, 2),
        "opens_s": opened(page, times),
    }


def command(*arguments):
    """Wall and processor seconds of a fresh interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    wall = perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def opened(page, times):
    """Median seconds until a running browser says that the page is ready; None where there is no browser."""
    program = browser_program()
    if program is None:
        return None
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as driver:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=program, args=arguments)
        seconds = []
        for _ in range(times):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(page.resolve().as_uri(), wait_until="commit")
            tab.wait_for_selector(READY, timeout=PATIENCE)
            seconds.append(float(tab.evaluate("document.documentElement.dataset.ready")) / 1e3)
            tab.close()
        browser.close()
    return round(statistics.median(seconds), 2)


if __name__ == "__main__":
    main()
