"""The time of day and the calendar. Timestamps are seconds since 1970, in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from math import isfinite

from sema.errors import EvalError
from sema.stdlib.registry import builtin
from sema.vm.maps import Map
from sema.vm.values import intern_keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sema.stdlib.kinds import Number

# The calendar repeats every 400 years: `datetime` does the days, we the years it does not know.
CYCLE_YEARS = 400
CYCLE_SECONDS = 146_097 * 86_400
FIRST_YEAR, LAST_YEAR = -262_143, 262_142
EPOCH = datetime(1970, 1, 1)


class Moment:
    """A point in time: ``within`` is its like in the years from 1970 to 2369."""

    __slots__ = ("nanoseconds", "second", "within", "year_offset")

    def __init__(self, timestamp: float) -> None:
        if not isfinite(timestamp):
            raise EvalError("time: invalid timestamp")
        self.second = int(timestamp // 1)
        self.nanoseconds = min(int(timestamp % 1 * 1e9), 999_999_999)
        cycles, rest = divmod(self.second, CYCLE_SECONDS)
        self.within = EPOCH + timedelta(seconds=rest)
        self.year_offset = CYCLE_YEARS * cycles
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise EvalError("time: invalid timestamp")

    @property
    def year(self) -> int:
        """The year, 0 being the one before 1."""
        return self.within.year + self.year_offset

    @property
    def iso_year(self) -> int:
        """The year to which the week belongs."""
        return self.within.isocalendar().year + self.year_offset

    def fraction(self, digits: int) -> str:
        """The first digits of the fraction of the second."""
        return f"{self.nanoseconds:09}"[:digits]


# --- Format strings -------------------------------------------------------------------------------

# Directives that stand for others.
COMPOSITES = {
    "D": "%m/%d/%y",
    "x": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "v": "%e-%b-%Y",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "X": "%H:%M:%S",
    "r": "%I:%M:%S %p",
    "c": "%a %b %e %H:%M:%S %Y",
    "+": "%Y-%m-%dT%H:%M:%S%.f%:z",
    "h": "%b",
    "n": "\n",
    "t": "\t",
}

# Numbers: what they are, how many digits they have, what fills them up.
NUMBERS: dict[str, tuple[Callable[[Moment], int], int, str]] = {
    "C": (lambda m: m.year // 100, 2, "0"),
    "y": (lambda m: m.year % 100, 2, "0"),
    "m": (lambda m: m.within.month, 2, "0"),
    "d": (lambda m: m.within.day, 2, "0"),
    "e": (lambda m: m.within.day, 2, " "),
    "H": (lambda m: m.within.hour, 2, "0"),
    "k": (lambda m: m.within.hour, 2, " "),
    "I": (lambda m: (m.within.hour + 11) % 12 + 1, 2, "0"),
    "l": (lambda m: (m.within.hour + 11) % 12 + 1, 2, " "),
    "M": (lambda m: m.within.minute, 2, "0"),
    "S": (lambda m: m.within.second, 2, "0"),
    "f": (lambda m: m.nanoseconds, 9, "0"),
    "j": (lambda m: m.within.timetuple().tm_yday, 3, "0"),
    "w": (lambda m: m.within.isoweekday() % 7, 1, "0"),
    "u": (lambda m: m.within.isoweekday(), 1, "0"),
    "U": (lambda m: int(m.within.strftime("%U")), 2, "0"),
    "W": (lambda m: int(m.within.strftime("%W")), 2, "0"),
    "V": (lambda m: m.within.isocalendar().week, 2, "0"),
    "g": (lambda m: m.iso_year % 100, 2, "0"),
    "s": (lambda m: m.second, 1, "0"),
}
YEARS: dict[str, Callable[[Moment], int]] = {"Y": lambda m: m.year, "G": lambda m: m.iso_year}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
TEXTS: dict[str, Callable[[Moment], str]] = {
    "a": lambda m: DAYS[m.within.weekday()][:3],
    "A": lambda m: DAYS[m.within.weekday()],
    "b": lambda m: MONTHS[m.within.month - 1][:3],
    "B": lambda m: MONTHS[m.within.month - 1],
    "p": lambda m: "AM" if m.within.hour < 12 else "PM",
    "P": lambda m: "am" if m.within.hour < 12 else "pm",
    "%": lambda m: "%",
    "Z": lambda m: "UTC",
    "z": lambda m: "+0000",
    ":z": lambda m: "+00:00",
    "::z": lambda m: "+00:00:00",
    ":::z": lambda m: "+00",
    "#z": lambda m: "+00",
    ".3f": lambda m: "." + m.fraction(3),
    ".6f": lambda m: "." + m.fraction(6),
    ".9f": lambda m: "." + m.fraction(9),
    "3f": lambda m: m.fraction(3),
    "6f": lambda m: m.fraction(6),
    "9f": lambda m: m.fraction(9),
    ".f": lambda m: _shortest_fraction(m),
}
FILLS = {"-": "", "_": " ", "0": "0"}
DIRECTIVE = re.compile(r"%([-_0]?)((?::{1,3}|#)z|\.?[369]f|\.f|.|$)", re.DOTALL)


def _shortest_fraction(moment: Moment) -> str:
    for digits in (0, 3, 6):
        if not moment.nanoseconds % 10 ** (9 - digits):
            return ("." if digits else "") + moment.fraction(digits)
    return "." + moment.fraction(9)


def _filled(number: int, digits: int, fill: str) -> str:
    return str(number).rjust(digits, fill) if fill else str(number)


def _year(year: int, fill: str) -> str:
    """At least four digits; a sign where four are not enough."""
    return _filled(year, 4, fill) if 0 <= year <= 9999 else f"{year:+05}"


def _written(fill: str, directive: str, moment: Moment) -> str:
    if directive in COMPOSITES and not fill:
        return _formatted(COMPOSITES[directive], moment)
    if directive in NUMBERS:
        number, digits, usual = NUMBERS[directive]
        return _filled(number(moment), digits, FILLS.get(fill, usual))
    if directive in YEARS:
        return _year(YEARS[directive](moment), FILLS.get(fill, "0"))
    if directive not in TEXTS or fill:
        raise EvalError(f"time/format: invalid directive %{fill}{directive}")
    return TEXTS[directive](moment)


def _formatted(template: str, moment: Moment) -> str:
    return DIRECTIVE.sub(lambda found: _written(found[1], found[2], moment), template)


# --- The clock ------------------------------------------------------------------------------------


@builtin(
    "time/now",
    doc="Seconds since 1970, to the millisecond.",
    example="(float? (time/now)) => #t",
    capability="clock",
)
def now() -> float:
    from time import time_ns

    return time_ns() // 1_000_000 / 1000


# --- The calendar ---------------------------------------------------------------------------------


@builtin(
    "time/format",
    doc="A timestamp as text, in UTC, by a format string such as `%Y-%m-%d %H:%M:%S`.",
    example='(time/format 86400 "%F %T") => "1970-01-02 00:00:00"',
    tier="T2",
)
def format_time(timestamp: Number, template: str) -> str:
    return _formatted(template, Moment(timestamp))


# What determines a date, and what a time of day; each is a set of directives.
DATES = ("Ymd", "Ybd", "YBd", "ymd", "ybd", "yBd", "Yj", "yj", "GVu", "GVa", "GVA", "s")
TIMES = ("HM", "IMp", "s")


def _plain(template: str, has_fraction: bool) -> str:
    """A format string in the directives of Python's ``strptime``; ``%.f`` can be nothing."""

    def plain(found: re.Match[str]) -> str:
        directive = found[2]
        if directive in COMPOSITES:
            return _plain(COMPOSITES[directive], has_fraction)
        if directive == ".f" and not has_fraction:
            return ""
        if directive in ("e", "k", "l", "P"):
            return {"e": "%d", "k": "%H", "l": "%I", "P": "%p"}[directive]
        if directive.endswith("z"):
            return "%z"
        return "." * directive.startswith(".") + f"%{directive[-1:]}"

    return DIRECTIVE.sub(plain, template)


@builtin(
    "time/parse",
    doc="The timestamp that a text means by a format string, taken as UTC.",
    example='(time/parse "1970-01-02 00:00:00" "%Y-%m-%d %H:%M:%S") => 86400.0',
    tier="T2",
)
def parse_time(s: str, template: str) -> float:
    plain = _plain(template, True)
    known = set(re.findall("%(.)", plain))
    if not all(any(known.issuperset(enough) for enough in needed) for needed in (DATES, TIMES)):
        raise EvalError(f'time/parse: "{template}" does not determine a date and a time')
    if "s" in known:
        if plain != "%s" or not re.fullmatch(r"[-+]?\d{1,18}", s, re.ASCII):
            raise EvalError(f'time/parse: "{s}" does not match "{template}"')
        return float(s)
    text = re.sub(r"(\.\d{6})\d+", r"\1", s) if "f" in known else s  # Python has microseconds
    for layout in (plain, _plain(template, False)):
        try:
            moment = datetime.strptime(text, layout)
        except ValueError:
            continue
        return float(moment.replace(tzinfo=UTC, microsecond=0).timestamp())
    raise EvalError(f'time/parse: "{s}" does not match "{template}"')


@builtin(
    "time/date-parts",
    doc="The year, month, day, hour, minute, second and weekday of a timestamp, in UTC.",
    example='(:weekday (time/date-parts 0)) => "Thursday"',
    tier="T2",
)
def date_parts(timestamp: Number) -> Map:
    moment = Moment(timestamp)
    within = moment.within
    parts = {
        "year": moment.year,
        "month": within.month,
        "day": within.day,
        "hour": within.hour,
        "minute": within.minute,
        "second": within.second,
        "weekday": DAYS[within.weekday()],
    }
    return Map.from_pairs((intern_keyword(name), value) for name, value in parts.items())


@builtin(
    "time/add",
    doc="A timestamp so many seconds later.",
    example="(time/add 60 1.5) => 61.5",
    tier="T2",
)
def add(timestamp: Number, seconds: Number) -> float:
    return float(timestamp) + float(seconds)


@builtin(
    "time/diff",
    doc="How many seconds the first timestamp is later than the second.",
    example="(time/diff 60 1.5) => 58.5",
    tier="T2",
)
def difference(a: Number, b: Number) -> float:
    return float(a) - float(b)
