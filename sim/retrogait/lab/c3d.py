"""C3D files, through ezc3d: markers in metres, force plates as their channels in newtons.

The format and its parameters: https://www.c3d.org/HTML/default.htm. The package ``ezc3d`` is an extra of this
one, and is imported by another process only: `retrogait.lab.reader` says why.
"""

import math
import pickle
import re
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, FileError
from retrogait.io.text import digest, read_bytes, shown
from retrogait.lab.header import Header, read_header
from retrogait.lab.parameters import Parameters, value_of
from retrogait.lab.reader import FAILED
from retrogait.lab.recording import Recording, drop_unseen, hide_zeros
from retrogait.lab.signals import read_signals
from retrogait.lab.units import (
    LARGEST,
    SMALLEST,
    Unit,
    extent_of,
    guess_length,
    length_unit,
)

_COMPUTED = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS")
"""Groups of POINT that name points that are none: what a model computed, stored as if it were markers."""

LONGEST = 300.0
"""Time after which a file is given up [s]; an hour of 2 kHz plates takes some seconds."""

_MOST_COUNTED = 65535  # frames
_WHOLE = 1e-4  # of a ratio of rates: rates such as 119.88 Hz are written with few digits
_UNLABELLED = re.compile(r"\*\d*|C_\d+|U_\d+|", re.IGNORECASE)


def read_c3d(path: Path | str, *, unit: str | None = None) -> Recording:
    """Read a C3D file.

    Parameters
    ----------
    path
        The file.
    unit
        Unit of length, where the file is silent or wrong: "mm", "cm" or "m".

    Returns
    -------
    Recording
        Markers with names that a person gave, and every plate in use.

    Raises
    ------
    FileError
        The file is cut off, damaged, has no markers or no frames, rates that do not fit each other, an
        unknown unit or a plate that cannot be read.
    ConfigError
        ezc3d is not installed, or ``unit`` is none.
    """
    path = Path(path)
    data = read_bytes(path)
    header = read_header(path, data)
    parameters, points, analogs = _open(path, header)
    findings: list[str] = []
    rate = _rate(path, parameters)
    ratio = _ratio(path, parameters, header, rate)
    if header.first != 1:
        findings.append(
            f"time 0 is frame {header.first} of the recording, {(header.first - 1) / rate:.3f} s after its "
            "start"
        )
    labels, raw = _markers(path, parameters, points, findings)
    findings += hide_zeros(labels, raw)
    labels, raw, unseen = drop_unseen(path, labels, raw)
    findings += unseen
    length = _length(path, parameters, raw, unit, findings)
    signals = tuple(read_signals(path, parameters, analogs, length, findings))
    return Recording(
        path,
        digest(data),
        labels,
        raw * length.factor,
        rate,
        signals,
        ratio,
        _zero(parameters, ratio, analogs),
        tuple(findings),
    )


def _open(path: Path, header: Header) -> tuple[Parameters, Floats, Floats]:
    """Parameters, points (3, marker, frame) and analog data (1, channel, row), read in another process."""
    if find_spec("ezc3d") is None:
        raise ConfigError(f"{path}: reading C3D files needs ezc3d; pip install 'retrogait[c3d]'")
    command = [sys.executable, "-P", str(Path(__file__).with_name("reader.py")), str(path.absolute())]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        raise FileError(f"{path}: could not be read within {LONGEST:g} s; is the file damaged?") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[-1] if said and done.returncode == FAILED else f"ezc3d stopped with {done.returncode}"
        raise FileError(f"{path}: cannot be read as C3D ({reason[:150]}); is the file damaged?")
    parameters, points, analogs = pickle.loads(done.stdout)
    frames = header.last - header.first + 1
    counted = header.last < _MOST_COUNTED  # beyond, the header cannot say how many there are
    if points.shape[1] != header.points or (counted and points.shape[2] != frames):
        raise FileError(
            f"{path}: holds {points.shape[1]} markers in {points.shape[2]} frames, its header says "
            f"{header.points} in {frames}; is the file damaged?"
        )
    return parameters, points, analogs


def _rate(path: Path, parameters: Parameters) -> float:
    value = value_of(parameters, "POINT", "RATE")
    rate = float(np.ravel(value)[0]) if value is not None else math.nan
    if not 1.0 <= rate <= 1e5:
        raise FileError(f"{path}: POINT:RATE is {rate:g} Hz, expected the frames per second; repair the file")
    return rate


def _ratio(path: Path, parameters: Parameters, header: Header, rate: float) -> int:
    """Rows of the plates for each frame."""
    if not header.analogs:
        return 1
    value = value_of(parameters, "ANALOG", "RATE")
    ratio = float(np.ravel(value)[0]) / rate if value is not None else math.nan
    if not header.samples or not abs(ratio - header.samples) <= _WHOLE * header.samples:
        raise FileError(
            f"{path}: ANALOG:RATE is {ratio:g} times POINT:RATE, but there are {header.samples} rows a "
            "frame, expected the same number; export the trial again"
        )
    return header.samples


def _zero(parameters: Parameters, ratio: int, analogs: Floats) -> tuple[int, int] | None:
    """Rows of the frames, counted from 1, that FORCE_PLATFORM:ZERO names; None for impossible ones."""
    value = value_of(parameters, "FORCE_PLATFORM", "ZERO")
    if value is None or np.size(value) < 2:
        return None
    first, last = (int(frame) for frame in np.ravel(value)[:2])
    if not 1 <= first <= last or last * ratio > analogs.shape[2]:
        return None
    return (first - 1) * ratio, last * ratio


def _markers(
    path: Path, parameters: Parameters, points: Floats, findings: list[str]
) -> tuple[tuple[str, ...], Floats]:
    """Names and raw positions (frame, marker, 3) of what is a labelled marker."""
    names = list(value_of(parameters, "POINT", "LABELS") or ())
    number = 2
    while (more := value_of(parameters, "POINT", f"LABELS{number}")) is not None:
        names += list(more)  # a parameter holds 255 names
        number += 1
    names = [str(name).strip() for name in names][: points.shape[1]]
    names += [""] * (points.shape[1] - len(names))
    computed = {
        str(name).strip() for group in _COMPUTED for name in value_of(parameters, "POINT", group) or ()
    }
    computed.discard("")
    unlabelled = {name for name in names if _UNLABELLED.fullmatch(name)}
    kept = [i for i, name in enumerate(names) if name not in computed | unlabelled]
    if not kept:
        raise FileError(
            f"{path}: none of its {len(names)} points is a labelled marker; label the trial and export it "
            "again"
        )
    anonymous = sum(name in unlabelled for name in names)
    if anonymous:
        findings.append(f"{anonymous} unlabelled points are left out")
    if computed & set(names):
        findings.append(f"{len(computed & set(names))} computed quantities stored as points are left out")
    chosen = _without_subject([names[i] for i in kept])
    repeated = [name for name, count in Counter(chosen).items() if count > 1]
    if repeated:
        raise FileError(
            f"{path}: marker {shown(repeated[0])} stands more than once, expected distinct names; is there "
            "more than one person in the trial?"
        )
    position = np.ascontiguousarray(np.asarray(points, dtype=np.float64)[:3, kept].transpose(2, 1, 0))
    position[np.isnan(position).any(axis=2)] = np.nan
    return tuple(chosen), position


def _without_subject(names: list[str]) -> list[str]:
    """Names without the subject's, where all have the same."""
    subjects = {name.partition(":")[0] for name in names if ":" in name}
    if len(subjects) == 1 and all(":" in name for name in names):
        return [name.partition(":")[2] for name in names]
    return names


def _length(path: Path, parameters: Parameters, raw: Floats, unit: str | None, findings: list[str]) -> Unit:
    """Unit of length of the file, of the user or of a person's size."""
    extent = extent_of(raw)
    guess = guess_length(extent)
    if unit is not None:
        named = length_unit(unit)
        if named is None:
            raise ConfigError(f"unit is {unit!r}, expected 'mm', 'cm' or 'm'")
        findings.append(f"lengths are read in {named.name} because the caller says so")
        return named
    value = value_of(parameters, "POINT", "UNITS")
    text = str(value[0]).strip() if value is not None else ""
    stated = length_unit(text)
    if stated is None and text:
        raise FileError(
            f"{path}: POINT:UNITS is {shown(text)}, expected mm, cm or m; pass unit='{guess.name}'"
        )
    if stated is None:
        findings.append(
            f"POINT:UNITS is missing: lengths are read in {guess.name}, because the markers span "
            f"{extent:.3g} and a person {extent * guess.factor:.2f} m"
        )
        return guess
    size = extent * stated.factor
    if not SMALLEST <= size <= LARGEST:
        raise FileError(
            f"{path}: POINT:UNITS is {stated.name}, so the markers span {size:.3g} m, expected "
            f"{SMALLEST:g} to {LARGEST:g} m of a person; pass unit='{guess.name}' if that is what they are"
        )
    return stated
