"""One table of what a benchmark saw: medians, spreads, and ratios to what was measured beside it, with the targets.

Pure: no clock, process or file. A figure and its yardsticks are measured in turn, so the n-th value of one belongs to the n-th of the
other, and the ratio is the median of the ratios of each turn: load that comes and goes between turns falls out.
"""
import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Bound:
    """At most, or at least, so many times the figure named `beside`; without `beside` so many of the figure's own unit."""
    sign: str
    value: float
    beside: str | None = None

    def met(self, value):
        return value <= self.value if self.sign == "≤" else value >= self.value


@dataclasses.dataclass(frozen=True)
class Figure:
    """`key` names it for others of its section to stand beside. `values`: seconds when `unit` is "ms", else as they are. `beside`: (key, factor) of the
    yardstick, whose values are multiplied by `factor` first (five commits of one)."""
    section: str
    key: str
    what: str
    values: list
    unit: str = "ms"
    beside: tuple | list = ()
    targets: tuple | list = ()


def shown(value, unit):
    if unit == "ms":
        return f"{1000 * value:,.1f} ms" if value < 10 else f"{value:,.1f} s"
    return f"{value:,.{0 if value >= 100 else 1}f}{unit}"


def ratio(figure, yardstick, factor=1):
    """The median of the ratios of each turn."""
    pairs = list(zip(figure.values, yardstick.values))
    if not pairs or any(base == 0 for _, base in pairs):
        return float("nan")
    return statistics.median(value / (base * factor) for value, base in pairs)


def verdict(figure, bound, value):
    limit = f"{bound.sign} {bound.value:g} ×" if bound.beside else f"{bound.sign} {shown(bound.value, figure.unit)}"
    return f"{limit} {'met' if bound.met(value) else 'MISSED'}"


def rows(figures):
    """A list of cells for each line of the table."""
    by_key = {(figure.section, figure.key): figure for figure in figures}
    lines, section = [], None
    for figure in figures:
        low, high, middle = min(figure.values), max(figure.values), statistics.median(figure.values)
        spread = f"{shown(low, figure.unit)} – {shown(high, figure.unit)}"
        own = "; ".join(verdict(figure, bound, middle) for bound in figure.targets if bound.beside is None)
        first = [figure.section if figure.section != section else "", figure.what, shown(middle, figure.unit), spread]
        section = figure.section
        compared = [(by_key[figure.section, key], factor) for key, factor in figure.beside if (figure.section, key) in by_key]
        if not compared:
            lines.append([*first, "", own])
        for place, (yardstick, factor) in enumerate(compared):
            value = ratio(figure, yardstick, factor)
            times = f"{factor} × " if factor != 1 else ""
            against = "; ".join(verdict(figure, bound, value) for bound in figure.targets if bound.beside == yardstick.key)
            said = "; ".join(each for each in (against, own if place == 0 else "") if each)
            lines.append([*(first if place == 0 else ["", "", "", ""]), f"{value:,.2f} × {times}{yardstick.what}", said])
    return lines


HEAD = ["", "what", "median", "spread", "ratio", "target"]


def render(figures):
    """Each section under its own line."""
    lines = [HEAD, *rows(figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(1, len(HEAD))]
    written = []
    for section, *cells in lines:
        if section:
            written += ["", section]
        columns = (cell.rjust(width) if place in (1, 2) else cell.ljust(width) for place, (cell, width) in enumerate(zip(cells, widths)))
        written.append("  " + "  ".join(columns).rstrip())
    return "\n".join([written[0], "-" * max(map(len, written)), *written[1:]])


def missed(figures):
    """How many targets the figures miss."""
    return sum(line[-1].count("MISSED") for line in rows(figures))
