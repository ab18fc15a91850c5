#!/usr/bin/env python3
"""Draws what `tmux capture-pane -e -p` gives (text with SGR escapes) as an SVG: for pictures of the real thing in documents.

usage: ansi-to-svg.py COLUMNS TITLE <CAPTURE >PICTURE.svg
"""
import html
import re
import sys
import unicodedata

NORMAL = ['#1c2128', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#c9d1d9']
BRIGHT = ['#6e7681', '#ffa198', '#a5f3b0', '#f2cc60', '#a5d6ff', '#e2c5ff', '#76e3ea', '#ffffff']
FOREGROUND, BACKGROUND = '#c9d1d9', '#0d1117'
WIDTH, HEIGHT = 8.4, 18


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in text)


def colour(codes, i):
    """One colour of an SGR sequence, and the index after it."""
    if codes[i] == 5:
        n = codes[i + 1]
        if n < 16:
            return (NORMAL + BRIGHT)[n], i + 2
        if n < 232:
            steps = [0, 95, 135, 175, 215, 255]
            n -= 16
            return '#%02x%02x%02x' % (steps[n // 36], steps[n // 6 % 6], steps[n % 6]), i + 2
        return '#%02x%02x%02x' % ((8 + (n - 232) * 10,) * 3), i + 2
    return '#%02x%02x%02x' % tuple(codes[i + 1:i + 4]), i + 4


def apply(style, codes):
    i = 0
    while i < len(codes):
        c = codes[i]
        i += 1
        if c == 0:
            style = dict(fg=None, bg=None, bold=False)
        elif c == 1:
            style = dict(style, bold=True)
        elif c == 22:
            style = dict(style, bold=False)
        elif 30 <= c <= 37 or 90 <= c <= 97:
            style = dict(style, fg=NORMAL[c - 30] if c < 90 else BRIGHT[c - 90])
        elif 40 <= c <= 47 or 100 <= c <= 107:
            style = dict(style, bg=NORMAL[c - 40] if c < 100 else BRIGHT[c - 100])
        elif c in (38, 48):
            value, i = colour(codes, i)
            style = dict(style, **{'fg' if c == 38 else 'bg': value})
        elif c == 39:
            style = dict(style, fg=None)
        elif c == 49:
            style = dict(style, bg=None)
    return style


def main():
    columns, title = int(sys.argv[1]), sys.argv[2]
    lines = sys.stdin.read().rstrip('\n').split('\n')
    style = dict(fg=None, bg=None, bold=False)
    top, left = 40, 14
    total_width, total_height = columns * WIDTH + 2 * left, len(lines) * HEIGHT + top + 14
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total_width:.0f}" height="{total_height:.0f}" viewBox="0 0 {total_width:.0f} {total_height:.0f}">',
        f'<title>{html.escape(title)}</title>',
        f'<rect width="100%" height="100%" rx="10" fill="{BACKGROUND}" stroke="#30363d"/>',
        '<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>',
        f'<text x="50%" y="25" text-anchor="middle" font-family="system-ui, sans-serif" font-size="13" fill="#8b949e">{html.escape(title)}</text>',
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14">',
    ]
    for row, line in enumerate(lines):
        x, y = 0, top + row * HEIGHT
        for part in re.split(r'(\x1b\[[0-9;:]*m)', line):
            sgr = re.fullmatch(r'\x1b\[([0-9;:]*)m', part)
            if sgr:
                style = apply(style, [int(c or 0) for c in re.split('[;:]', sgr.group(1))])
                continue
            if not part:
                continue
            cells = width(part)
            if style['bg']:
                out.append(f'<rect x="{left + x * WIDTH:.1f}" y="{y}" width="{cells * WIDTH:.1f}" height="{HEIGHT}" fill="{style["bg"]}"/>')
            weight = ' font-weight="bold"' if style['bold'] else ''
            # A word run for each place: blanks between them are left to positions, which every viewer draws alike.
            for run in re.finditer(r'\S+(?: \S+)*', part):
                at = x + width(part[:run.start()])
                out.append(
                    f'<text x="{left + at * WIDTH:.1f}" y="{y + 14}" textLength="{width(run.group()) * WIDTH:.1f}" lengthAdjust="spacingAndGlyphs"'
                    f' fill="{style["fg"] or FOREGROUND}"{weight}>{html.escape(run.group())}</text>')
            x += cells
    out.append('</g></svg>')
    print('\n'.join(out))


main()
