"""Tables of a file of claims: which keys they have and what each may hold.

Parameters are facts with their source, and what an article says is put in other words: nothing is quoted.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion
from retrogait.tables import Direction, Incline, Speed, Table

Some = Meta(min_length=1)
Text = Annotated[str, Meta(min_length=3)]
EntryId = Annotated[str, Meta(pattern=r"^[A-Z][0-9]+$")]
Kind = Literal["retro", "bound", "trend"]
Expect = Literal["higher", "lower", "equal", "inside"]
Finding = Literal["supported", "partly", "contradicted", "no data", "out"]


class Article(Table, frozen=True, kw_only=True):
    """``[article.ID]``: where a claim was read.

    Attributes
    ----------
    title
        As it stands above the text.
    about
        What it is, such as "popular article".
    url
        Empty where the copy that was read names none.
    """

    title: Text
    about: str = "popular article"
    url: str = ""


class Speeds(Table, frozen=True, kw_only=True):
    """``[speeds]``: what walks are compared at, unless a test says otherwise.

    Attributes
    ----------
    matched
        Both directions at each of these [m/s].
    forward, retro
        What people choose [m/s].
    source
        Where the last two are from.
    undecided
        Two values nearer than this share of the larger are no difference [1].
    """

    matched: Annotated[tuple[Speed, ...], Some]
    forward: Speed
    retro: Speed
    source: Text
    undecided: Annotated[float, Meta(gt=0.0, lt=1.0)]


class WeaknessTable(Table, frozen=True, kw_only=True):
    """``[weakness.ID]``: what the predictions are known to do wrong; shown with every claim that it touches.

    Attributes
    ----------
    text
        One sentence; with ``measure`` the value of the bundled walks stands behind it.
    measure, direction, speed, incline
        Where that value is read.
    published
        What people do there, with its spread and its source.
    """

    text: Text
    measure: str = ""
    direction: Direction = "retro"
    speed: Speed = 1.0
    incline: Incline = 0.0
    published: str = ""


class Test(Table, frozen=True, kw_only=True):
    """``[[claim.test]]``: one comparison of one number.

    Attributes
    ----------
    quantity
        Measure of `retrogait.gait.measures.MEASURES`, or a sum, difference, product or ratio of some.
    about
        The same in words.
    unit
        Of an expression; a single measure has its own.
    kind
        "retro": retro against forward walking at one speed and incline; "bound": one direction against
        ``low`` and ``high``; "trend": one direction, first of ``speeds`` or ``inclines`` against the last.
    expect
        What follows from the claim: the second "higher" than the first, "lower" or "equal", and for a bound
        "inside".
    low, high
        Of a bound.
    direction
        Of a bound or a trend.
    speeds, inclines
        Where [m/s], [deg]; ``[speeds] matched`` and level when empty.
    preferred
        Whether retro and forward walking are also compared at the speeds that people choose.
    span
        Measure whose sensitivity stands in, in proportion, for that of this number; empty for none.
    counts
        Whether it enters the verdict; one that does not is only shown.
    """

    quantity: Text
    about: Text
    expect: Expect
    kind: Kind = "retro"
    unit: str = ""
    low: float | None = None
    high: float | None = None
    direction: Direction = "retro"
    speeds: tuple[Speed, ...] = ()
    inclines: Annotated[tuple[Incline, ...], Some] = (0.0,)
    preferred: bool = True
    span: Literal["", "tibiofemoral_peak", "patellofemoral_peak"] = ""
    counts: bool = True


class Literature(Table, frozen=True, kw_only=True):
    """``literature`` of a claim: what was published about people.

    Attributes
    ----------
    verdict
        "supported", "partly", "contradicted", "no data" (nothing numeric was found) or "out" (nothing that a
        model of gait computes).
    words
        The same in one or two sentences.
    rows
        Ids of the published values that it rests on.
    """

    verdict: Finding
    words: Text
    rows: tuple[str, ...] = ()


class Entry(Table, frozen=True, kw_only=True):
    """What claims and protocols have in common.

    Attributes
    ----------
    id
        Unique, such as "K09".
    text
        One sentence, in other words than the article's.
    articles
        Keys of ``[article]``.
    literature
        What was published.
    out_of_reach
        Why a model of one stride cannot answer; empty where it can.
    touches
        Keys of ``[weakness]`` that bear on the answer.
    note
        What else a reader must know.
    """

    id: EntryId
    text: Text
    articles: Annotated[tuple[str, ...], Some]
    literature: Literature
    out_of_reach: str = ""
    touches: tuple[str, ...] = ()
    note: str = ""


class Claim(Entry, frozen=True, kw_only=True):
    """``[[claim]]``: one statement of the articles.

    Attributes
    ----------
    test
        Comparisons; none where the claim is out of reach.
    """

    test: tuple[Test, ...] = ()


class Bout(Table, frozen=True, kw_only=True):
    """``[[protocol.bout]]``: walking of one kind within a day; either minutes or steps are given."""

    direction: Direction
    speed: Speed
    incline: Incline = 0.0
    minutes: Annotated[float, Meta(gt=0.0, le=1440.0)] | None = None
    steps: Annotated[float, Meta(gt=0.0, le=1e6)] | None = None
    label: str = ""


class Protocol(Entry, frozen=True, kw_only=True):
    """``[[protocol]]``: a dose of walking that was advised or tried.

    Attributes
    ----------
    bout
        What a day is made of; bouts of one ``label`` are one day, those of others other ways to do it.
    days
        In a week; 0 where nobody said.
    """

    bout: tuple[Bout, ...] = ()
    days: Annotated[float, Meta(ge=0.0, le=7.0)] = 0.0


class Book(Table, frozen=True, kw_only=True):
    """A whole file of claims."""

    speeds: Speeds
    article: dict[str, Article]
    weakness: dict[str, WeaknessTable]
    claim: tuple[Claim, ...] = ()
    protocol: tuple[Protocol, ...] = ()

    def claims(self, names: Iterable[str] = ()) -> tuple[Claim, ...]:
        """Claims by id, in the order of the file; all without one.

        Raises
        ------
        ConfigError
            An id is of neither a claim nor a protocol.
        """
        wanted = self._wanted(names)
        return tuple(one for one in self.claim if not wanted or one.id in wanted)

    def protocols(self, names: Iterable[str] = ()) -> tuple[Protocol, ...]:
        """Protocols by id, as `claims`."""
        wanted = self._wanted(names)
        return tuple(one for one in self.protocol if not wanted or one.id in wanted)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Claims and protocols."""
        return (*self.claim, *self.protocol)

    def _wanted(self, names: Iterable[str]) -> set[str]:
        wanted = {name.upper() for name in names}
        known = [one.id for one in self.entries]
        for name in sorted(wanted.difference(known)):
            raise ConfigError(f"{name}: no claim and no protocol is called so{suggestion(name, known)}")
        return wanted
