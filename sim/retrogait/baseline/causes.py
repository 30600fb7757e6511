"""What the records of two results name as different: the likely cause of a load that moved."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from retrogait.baseline.compare import Comparison

SAME_KEY = "none on record, since model, trial, settings and software are the same"
"""Where not even the key that a run gave a condition differs, or there is none."""

OTHER_CODE = (
    "retrogait's own code under the same version, since the keys of the conditions differ, and model, trial, "
    "settings and software do not"
)
"""Where only the keys differ."""

PREDICTION = "prediction."
"""Before what was assumed to predict a walk."""

_NEUTRAL = ("strength", "weights")
"""Tables of factors: what does not stand there is 1."""


def causes(comparison: Comparison) -> list[str]:
    """Likely causes of what moved, the most telling first.

    Settings first, then the model, the files of trials, retrogait, its libraries and the machine; one that
    not all conditions share says in how many it is. `OTHER_CODE` or `SAME_KEY` alone where the records are
    the same; empty where nothing moved.
    """
    conditions = tuple(dict.fromkeys(check.condition for check in comparison.moved))
    if not conditions:
        return []
    found: dict[str, dict[str, list[str]]] = {}  # key: text: conditions
    for name in conditions:
        old = comparison.baseline.loads[name].record
        new = comparison.results.loads[name].record
        for key, text in _differences(old, new):
            found.setdefault(key, {}).setdefault(text, []).append(name)
    told = [_told(key, texts, len(conditions)) for key, texts in found.items()]
    if told:
        return told
    keys = [
        [held.loads[name].record.get("key", "") for name in conditions]
        for held in (comparison.baseline, comparison.results)
    ]
    return [OTHER_CODE if keys[0] != keys[1] and all(map(all, keys)) else SAME_KEY]


def _told(key: str, texts: Mapping[str, list[str]], of: int) -> str:
    count = len(set().union(*texts.values()))  # a condition may have two files that changed
    where = "" if count == of else f" (in {count} of {of} conditions)"
    text, names = next(iter(texts.items()))
    if len(texts) > 1:
        return f"{key} changed{where}, for instance {text} in {names[0]}"
    return f"{text}{where}"


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and sentence of everything that two records say differently."""
    before, after = _flat(old["settings"]), _flat(new["settings"])
    for key in dict.fromkeys([*after, *before]):
        absent: object = 1 if key.removeprefix(PREDICTION).partition(".")[0] in _NEUTRAL else "none"
        was, now = before.get(key, absent), after.get(key, absent)
        plain = key.removeprefix(PREDICTION)
        twice = plain != key and (before.get(plain, absent), after.get(plain, absent)) == (was, now)
        if was != now and not twice:  # a strength is that of prediction and analysis
            yield key, f"{key} {_shown(was)} -> {_shown(now)}"
    if old["model"] != new["model"]:
        yield "model", f"model {old['model']} -> {new['model']}"
    yield from _files(old, new)
    for key in dict.fromkeys([*new["software"], *old["software"]]):
        was, now = (record["software"].get(key, "none") for record in (old, new))
        if was != now:
            yield key, f"{key} {was} -> {now}"


def _files(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Files with another content, the model first; experiments say in the settings what they change."""
    was, now = old["inputs"], new["inputs"]
    for name in sorted(was.keys() | now.keys(), key=lambda name: (name != new["model"], name)):
        if name.endswith(".toml") or was.get(name) == now.get(name):
            continue
        if name == new["model"] and name in was:
            yield "model", f"model {name} changed"
        elif name in was and name in now:
            yield "a file of the trial", f"{name} changed"
        elif name != old["model"] and name != new["model"]:
            yield "a file of the trial", f"{name} {'came' if name in now else 'went'}"


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            out |= _flat(value, f"{prefix}{key}.")
        else:
            out[f"{prefix}{key}"] = value
    return out


def _shown(value: object) -> str:
    match value:
        case bool() | None:
            return str(value).lower()
        case int() | float():
            return f"{value:.6g}"
        case list() | tuple():
            return f"[{', '.join(map(str, _first(value)))}]"
        case _:
            return str(value)


def _first(values: Iterable[object], most: int = 3) -> list[object]:
    held = list(values)
    return held if len(held) <= most else [*held[:most], f"and {len(held) - most} more"]
