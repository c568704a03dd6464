"""Charts as SVG, with nothing but the standard library."""

import math
import xml.sax.saxutils

COLOURS = ["#1b6ca8", "#c8553d", "#3a7d44", "#8e5572", "#b8860b", "#555555"]
WIDTH, LEFT, RIGHT, BOTTOM, PLOT, LINE = 860, 70, 28, 56, 340, 20


def steps(points):
    """A value that holds until the next one."""
    held = []
    for x, y in points:
        if held:
            held.append((x, held[-1][1]))
        held.append((x, y))
    return held


def chart(title, x_label, y_label, series, x_ticks, y_ticks, log_y=False):
    """series: name, points, whether dashed. Ticks: value and its text, in growing order; they set the range."""
    top = 44 + LINE * len(series)  # Below the title and the names of the series.
    height = top + PLOT + BOTTOM

    def along(value, ticks, length, log=False):
        low, high, value = ticks[0][0], ticks[-1][0], min(max(value, ticks[0][0]), ticks[-1][0])
        share = math.log(value / low) / math.log(high / low) if log else (value - low) / (high - low)
        return share * length

    def place(x, y):
        return (LEFT + along(x, x_ticks, WIDTH - LEFT - RIGHT), height - BOTTOM - along(y, y_ticks, PLOT, log_y))

    def text(x, y, words, anchor="middle", more=""):
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{xml.sax.saxutils.escape(str(words))}</text>'

    right, bottom = WIDTH - RIGHT, height - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        text(LEFT, 24, title, "start", ' font-size="16"'),
    ]
    for value, words in x_ticks:
        x = place(value, y_ticks[0][0])[0]
        parts += [f'<path d="M{x:.1f} {top}V{bottom}" stroke="#e4e4e4"/>', text(x, bottom + 18, words)]
    for value, words in y_ticks:
        y = place(x_ticks[0][0], value)[1]
        parts += [f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#e4e4e4"/>', text(LEFT - 8, y + 4, words, "end")]
    parts += [
        f'<path d="M{LEFT} {top}V{bottom}H{right}" fill="none" stroke="#333"/>',
        text((LEFT + right) / 2, height - 14, x_label),
        text(18, (top + bottom) / 2, y_label, more=f' transform="rotate(-90 18 {(top + bottom) / 2})"'),
    ]
    for number, (name, points, dashed) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in (place(*point) for point in points))
        dash = ' stroke-dasharray="6 5"' if dashed else ""
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        y = 48 + LINE * number
        parts += [
            f'<path d="M{LEFT + 14} {y - 4}h26" stroke="{colour}" stroke-width="2"{dash}/>',
            text(LEFT + 48, y, name, "start"),
        ]
    return "\n".join([*parts, "</svg>", ""])
