"""One prediction at a time, told about and cancelled from other threads."""

from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from time import perf_counter
from typing import Any

import retrogait as rg
from retrogait.errors import ConfigError, GaitError, SolveError
from retrogait.explore.gather import walk_of_gait
from retrogait.predict.api import team
from retrogait.predict.condition import Condition
from retrogait.predict.gait import Gait
from retrogait.report.explorer import Walk, pack

Predict = Callable[..., Gait]

ACCEPTED = ("direction", "speed", "incline")


class Predictor:
    """Predicts walks, one after the other.

    Parameters
    ----------
    predict
        As `retrogait.predict`.

    Attributes
    ----------
    found : walks that were predicted, the last one last
    """

    def __init__(self, predict: Predict = rg.predict) -> None:
        self._predict = predict
        self._lock = Lock()
        self._stop = Event()
        self._running = False
        self._told: dict[str, Any] = {"state": "idle", "said": ""}
        self.found: list[Walk] = []

    def ask(self, given: Mapping[str, Any]) -> None:
        """Begin to predict a condition.

        Parameters
        ----------
        given
            Direction, speed [m/s] and incline [deg], numbers or text.

        Raises
        ------
        ConfigError
            It is none that a gait is looked for at, or another one is being predicted.
        """
        condition = condition_of(given)
        with self._lock:
            if self._running:
                raise ConfigError("another walk is being predicted; wait for it or cancel it")
            self._running = True
            self._stop = Event()
            self._told = {"state": "running", "said": f"{condition.name}: beginning"}
        Thread(target=self._work, args=(condition, self._stop), name="predicting", daemon=True).start()

    def progress(self) -> dict[str, Any]:
        """State ("idle", "running", "done", "failed" or "cancelled") and one line about it."""
        with self._lock:
            return dict(self._told)

    def packed(self) -> bytes | None:
        """Walk that was predicted last, as the page reads it; None without one."""
        with self._lock:
            last = self.found[-1:]
        return pack(last) if last else None

    def cancel(self) -> None:
        """Stop what is being predicted; nothing where nothing is."""
        with self._lock:
            if not self._running or self._stop.is_set():
                return
            self._stop.set()
            self._told = {"state": "running", "said": "stopping"}
        # Solvers cannot be interrupted: their processes are ended, and the next prediction starts new ones.
        team().close()
        team.cache_clear()

    def _work(self, condition: Condition, stop: Event) -> None:
        begun = perf_counter()

        def report(text: str) -> None:
            if stop.is_set():  # ends a process too that was about to start when the others were ended
                raise SolveError("cancelled")
            self._tell("running", f"{condition.name}: {text} ({perf_counter() - begun:.0f} s)")

        try:
            gait = self._predict(condition.direction, condition.speed, condition.incline, report=report)
            report("drawing")
            walk = walk_of_gait(gait)
        except Exception as error:  # whatever it was, the page must hear of it
            told = str(error) if isinstance(error, GaitError) else f"{type(error).__name__}: {error}"
            self._end(stop, "failed", " ".join(told.split()))
            return
        self._end(stop, "done", "done", walk, round(perf_counter() - begun, 1))

    def _tell(self, state: str, said: str) -> None:
        with self._lock:
            self._told = {"state": state, "said": said}

    def _end(
        self, stop: Event, state: str, said: str, walk: Walk | None = None, seconds: float = 0.0
    ) -> None:  # fmt: skip
        with self._lock:
            self._running = False
            if stop.is_set():
                self._told = {"state": "cancelled", "said": "cancelled"}
            else:
                self._told = {"state": state, "said": said, "seconds": seconds}
                self.found += [walk] if walk is not None else []


def condition_of(given: Mapping[str, Any]) -> Condition:
    """Condition that was asked for.

    Raises
    ------
    ConfigError
        A part is missing, unknown or no number, or nobody walks so.
    """
    unknown = [name for name in given if name not in ACCEPTED]
    if unknown:
        raise ConfigError(f"{unknown[0]!r} is not asked for; expected {', '.join(ACCEPTED)}")
    missing = [name for name in ACCEPTED if name not in given]
    if missing:
        raise ConfigError(f"{missing[0]} is missing; expected {', '.join(ACCEPTED)}")
    speed, incline = (_number(name, given[name]) for name in ("speed", "incline"))
    return Condition(str(given["direction"]), speed, incline)


def _number(name: str, given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise ConfigError(f"{name} is {given!r}, expected a number")
    try:
        return float(str(given).replace(",", "."))
    except ValueError:
        raise ConfigError(f"{name} is {given!r}, expected a number such as 0.9") from None
