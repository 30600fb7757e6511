"""Which muscles of a model an electrode is over: names of channels to names of muscles."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion


class _Site(NamedTuple):
    """Electrode site: how channels call it, and how public models call the muscles below it."""

    channel: re.Pattern[str]
    muscle: re.Pattern[str]


def _site(channel: str, muscle: str) -> _Site:
    return _Site(re.compile(channel, re.I), re.compile(muscle, re.I))


SITES = {
    "soleus": _site(r"sol", r"^sol"),
    "medial gastrocnemius": _site(r"gas.*med|med.*gas|^[gm][mg]$", r"gas.*med|med.*gas|^gastroc"),
    "lateral gastrocnemius": _site(r"gas.*lat|lat.*gas|^(gl|lg)$", r"gas.*lat|lat.*gas|^gastroc"),
    "gastrocnemius": _site(r"gas", r"gas"),
    "tibialis anterior": _site(r"tib.*ant|^ta$", r"^tib_?ant"),
    "medial hamstrings": _site(r"med.*ham|ham.*med|semi|^st$|^sm$", r"^semi|^hamstrings"),
    "biceps femoris": _site(r"bi?c?e?p?s?_?f(em)?|lat.*ham|ham.*lat", r"^bi?_?f(em)?(oris)?_?lh|^hamstrings"),
    "vastus lateralis": _site(r"vas.*lat|^vl$", r"^vas_?lat|^vasti"),
    "vastus medialis": _site(r"vas.*med|^vmo?$", r"^vas_?med|^vasti"),
    "rectus femoris": _site(r"rec.*fem|^rf$", r"^rec(t|tus)?_?fem"),
    "gluteus maximus": _site(r"gl.*max|^gmax$", r"^gl(ut)?_?max"),
    "gluteus medius": _site(r"gl.*med|^gmed$", r"^gl(ut)?_?med"),
}
"""Electrode sites, the particular before the general. The long head of the biceps femoris lies under the
electrode, the short head below it does not count; a model's one muscle stands for all the heads it lumps."""

_SIDES = {
    "right": re.compile(r"^(right|r)[_ .-]|[_ .-](right|r)$", re.I),
    "left": re.compile(r"^(left|l)[_ .-]|[_ .-](left|l)$", re.I),
}


class Match(NamedTuple):
    """A channel, the leg it was on and the muscles (names) it is compared with."""

    channel: str
    side: str
    muscles: tuple[str, ...]


def match_channels(
    channels: Sequence[str],
    muscles: Sequence[str],
    *,
    side: str | None = None,
    names: Mapping[str, Sequence[str]] | None = None,
) -> tuple[list[Match], list[str]]:
    """Find the muscles of every channel.

    Parameters
    ----------
    channels
        As the file gives them; a leading or trailing ``r`` or ``right``, ``l`` or ``left`` tells the leg.
    muscles
        Of the model.
    side
        Leg of the channels that do not tell, "right" or "left".
    names
        Channel to muscles (names or glob patterns) in place of `SITES`.

    Returns
    -------
    matches, unmatched
        Channels with their muscles, and those that no site or no muscle is known of.

    Raises
    ------
    ConfigError
        A leg is told by nobody, or ``names`` has what the file or the model does not.
    """
    given = dict(names or {})
    for channel in given:
        if channel not in channels:
            raise ConfigError(f"muscles: no channel is called {channel!r}" + suggestion(channel, channels))
    matches, unmatched = [], []
    for channel in channels:
        if channel in given:
            chosen = _named(channel, given[channel], muscles)
            told = [leg for leg, pattern in _SIDES.items() if all(pattern.search(m) for m in chosen)]
            matches.append(Match(channel, told[0] if told else side or "", chosen))
            continue
        leg = next((leg for leg, pattern in _SIDES.items() if pattern.search(channel)), side)
        bare = re.sub("|".join(pattern.pattern for pattern in _SIDES.values()), "", channel, flags=re.I)
        site = next((site for site in SITES.values() if site.channel.search(bare)), None)
        if site is None:
            unmatched.append(channel)
            continue
        if leg is None:
            raise ConfigError(
                f"channel {channel!r} does not say of which leg it is; give the side, 'right' or 'left'"
            )
        found = tuple(m for m in muscles if site.muscle.search(m) and _SIDES[leg].search(m))
        if found:
            matches.append(Match(channel, leg, found))
        else:
            unmatched.append(channel)
    return matches, unmatched


def _named(channel: str, wanted: Sequence[str], muscles: Sequence[str]) -> tuple[str, ...]:
    chosen: dict[str, None] = {}
    for pattern in [wanted] if isinstance(wanted, str) else wanted:
        found = [muscle for muscle in muscles if fnmatchcase(muscle, pattern)]
        if not found:
            raise ConfigError(
                f"muscles of {channel!r}: the model has no {pattern!r}" + suggestion(pattern, muscles)
            )
        chosen |= dict.fromkeys(found)
    return tuple(chosen)
