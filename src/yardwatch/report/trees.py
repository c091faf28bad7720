"""Who repeats whom: trees of claims, the root on the left, with what changed written on the way."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yardwatch.claims.drift import Drift, DriftKind, Relation
from yardwatch.claims.lineage import Basis, Edge, Lineage
from yardwatch.model.claim import Claim, Source
from yardwatch.report.dates import date_words
from yardwatch.report.svg import element, number, text, titled
from yardwatch.report.timeline import INK, SOFT
from yardwatch.report.view import WIDTH

__all__ = ["Told", "grown", "lineage_svg"]

_SANS = "Helvetica Neue, Arial, Liberation Sans, sans-serif"
_MARK, _PLATE = "#a3195b", "#f4f5f3"
_NODE, _PITCH, _GAP, _DEEP_GAP = 300.0, 92.0, 400.0, 250.0
_LINE, _LETTER = 15.0, 6.5
_MOST_LINES = 3
_SHORT = 28
"""Letters up to which two quotes are set side by side."""
_NUMERIC = {DriftKind.QUALIFIER, DriftKind.VALUE, DriftKind.UNIT}


@dataclass(frozen=True, slots=True)
class Told:
    """A claim as it stands in a tree."""

    number: str
    """Its number in the report, e.g. ``C3``."""
    claim: Claim
    """What is said."""
    source: Source | None
    """Who says it; None if the source is not in the record."""


def grown(lineage: Lineage) -> tuple[str, ...]:
    """Roots that somebody repeats, in the order of the record."""
    repeated = {edge.parent for edge in lineage.edges}
    return tuple(root for root in lineage.roots if root in repeated)


def lineage_svg(root: str, lineage: Lineage, told: Mapping[str, Told], drifts: Sequence[Drift] = ()) -> str:
    """One tree of claims.

    Parameters
    ----------
    root : str
        Id of the claim at its left, one of `grown`.
    lineage : Lineage
        Which claim repeats which.
    told : mapping
        Id of a claim to what is written of it.
    drifts : sequence of Drift
        Those along copies are written on the edge.
    """
    edges = _below(root, lineage)
    spots = _layout(root, edges)
    depth = max(column for column, _ in spots.values())
    gap = _GAP if depth < 2 else _DEEP_GAP
    width = max(WIDTH, (depth + 1) * _NODE + depth * gap)
    rows = max(row for _, row in spots.values())
    height = (rows + 1) * _PITCH
    at = {name: (column * (_NODE + gap), row * _PITCH + _PITCH / 2) for name, (column, row) in spots.items()}
    parts = [
        _edge(edge, at[edge.parent], at[edge.child], gap, _changed(edge, told, _on(edge, drifts))) for edge in edges
    ]
    parts += [_node(told[name], *at[name], first=name == root) for name in spots if name in told]
    words = f"{len(edges)} {'claim repeats' if len(edges) == 1 else 'claims repeat'} one claim"
    described = " ".join(_sentence(edge, told, _on(edge, drifts)) for edge in edges)
    return element(
        "svg", titled(words), element("desc", text(described)), *parts, xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}", width=width, height=round(height), role="img",
        font_family=_SANS, class_="tree",
    )  # fmt: skip


def _below(root: str, lineage: Lineage) -> list[Edge]:
    """All edges of a tree, each after the one it hangs on, siblings in their order."""
    children: dict[str, list[Edge]] = {}
    for edge in lineage.edges:
        children.setdefault(edge.parent, []).append(edge)
    found, waiting = [], [*reversed(children.get(root, []))]
    while waiting:
        edge = waiting.pop()
        found.append(edge)
        waiting += reversed(children.get(edge.child, []))
    return found


def _layout(root: str, edges: Sequence[Edge]) -> dict[str, tuple[int, float]]:
    """Column and row of each claim: leaves below one another, a claim midway between its first and last copy."""
    columns = {root: 0}
    children: dict[str, list[str]] = {}
    for edge in edges:
        columns[edge.child] = columns[edge.parent] + 1
        children.setdefault(edge.parent, []).append(edge.child)
    leaves = (name for name in columns if name not in children)
    rows: dict[str, float] = {name: float(index) for index, name in enumerate(leaves)}
    for name in reversed(columns):
        if name in children:
            rows[name] = (rows[children[name][0]] + rows[children[name][-1]]) / 2
    return {name: (column, rows[name]) for name, column in columns.items()}


def _on(edge: Edge, drifts: Sequence[Drift]) -> list[Drift]:
    return [
        drift
        for drift in drifts
        if drift.relation is Relation.COPY and drift.claim == edge.child and drift.against == edge.parent
    ]


@dataclass(frozen=True, slots=True)
class _Changed:
    """What changed along one edge."""

    words: tuple[str, ...]
    """From and to, a line each."""
    kinds: str
    """What kind of thing changed."""
    serious: bool
    """Whether the meaning did."""


def _changed(edge: Edge, told: Mapping[str, Told], drifts: Sequence[Drift]) -> _Changed:
    """The words of model and copy where both are short, since they show a changed number best; else what changed."""
    quotes = [told[name].claim.quote if name in told else "" for name in (edge.parent, edge.child)]
    short = all(0 < len(quote) <= _SHORT for quote in quotes)
    plain = [drift for drift in drifts if not (short and drift.kind in _NUMERIC)]
    words = [" → ".join(quotes)] if len(plain) < len(drifts) else []
    words += [f"{drift.before} → {drift.after}" for drift in plain]
    return _Changed(tuple(words), ", ".join(drift.kind.value for drift in drifts), any(d.serious for d in drifts))


def _node(told: Told, x: float, y: float, *, first: bool) -> str:
    who = told.source.publisher if told.source else told.claim.source_id
    when = date_words(told.source.published) if told.source and told.source.published else "date not known"
    lines = textwrap.wrap(told.claim.quote, int((_NODE - 24) / _LETTER), max_lines=_MOST_LINES, placeholder=" …")
    tall = 42 + _LINE * len(lines)
    top = y - tall / 2
    box = element(
        "rect", x=x + 1, y=top, width=_NODE - 2, height=tall, rx=2, fill=_PLATE if first else "#ffffff",
        stroke=INK if first else SOFT, stroke_width=1.6 if first else 0.9,
    )  # fmt: skip
    name = element("tspan", text(_cut(who, 34)), font_weight="700")
    head = element(
        "text", element("tspan", text(f"{told.number} "), fill=SOFT), name, x=x + 12, y=top + 18, font_size=13.5,
        fill=INK,
    )  # fmt: skip
    date = element("text", text(when), x=x + 12, y=top + 33, font_size=11.5, fill=SOFT)
    quote = [
        element("text", text(line), x=x + 12, y=top + 49 + _LINE * index, font_size=12.5, fill=INK)
        for index, line in enumerate(lines)
    ]
    return element("g", titled(f"{told.number} {who}: {told.claim.quote}"), box, head, date, *quote)


def _edge(edge: Edge, start: tuple[float, float], end: tuple[float, float], gap: float, changed: _Changed) -> str:
    """An elbow from the model to the copy; above it what changed, below it how it is known."""
    x0, y0, x1, y1 = start[0] + _NODE, start[1], end[0], end[1]
    bend = x0 + 22
    colour, wide = (_MARK, 2.6) if changed.serious else (SOFT, 1.2)
    dash = "6 4" if edge.basis is Basis.INFERRED else None
    line = element(
        "path", d=f"M{number(x0)} {number(y0)}H{number(bend)}V{number(y1)}H{number(x1 - 7)}", stroke=colour,
        stroke_width=wide, stroke_dasharray=dash, fill="none", stroke_linejoin="round",
    )  # fmt: skip
    head = element("path", d=f"M{number(x1 - 9)} {number(y1 - 5)}l9 5l-9 5Z", fill=colour)
    said = [line for words in changed.words[:2] for line in _wrapped(words, gap)][:3]
    said += [f"and {len(changed.words) - 2} more"] if len(changed.words) > 2 else []
    words = [
        element(
            "text", text(line), x=bend + 10, y=y1 - 8 - 14 * (len(said) - 1 - index), font_size=13, font_weight="700",
            fill=_MARK if changed.serious else INK, stroke="#ffffff", stroke_width=3, paint_order="stroke",
        )
        for index, line in enumerate(said)
    ]  # fmt: skip
    known = _basis(edge) + (f"; changed: {changed.kinds}" if changed.kinds else "")
    basis = element(
        "text", text(known), x=bend + 10, y=y1 + 17, font_size=11.5, fill=SOFT, stroke="#ffffff", stroke_width=3,
        paint_order="stroke",
    )  # fmt: skip
    return element("g", line, head, *words, basis)


def _wrapped(words: str, gap: float) -> list[str]:
    return textwrap.wrap(words, int((gap - 46) / 7.0), max_lines=2, placeholder=" …")


def _basis(edge: Edge) -> str:
    return "stated" if edge.basis is Basis.STATED else f"inferred, {edge.score:.2f} of 1"


def _sentence(edge: Edge, told: Mapping[str, Told], drifts: Sequence[Drift]) -> str:
    names = [told[name].number if name in told else name for name in (edge.child, edge.parent)]
    changed = "; ".join(f"{drift.before} → {drift.after}" for drift in drifts)
    return f"{names[0]} repeats {names[1]} ({_basis(edge)}){f': {changed}' if changed else ''}."


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"
