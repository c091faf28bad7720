"""Compare the claims proposed from labelled articles with what a careful reader found, and print how many match.

Usage: python tools/claims_accuracy.py [--show NAME]
"""

import argparse
import csv
import os
from collections import defaultdict
from pathlib import Path

from yardwatch.claims.extract import extract_claims
from yardwatch.claims.scoring import ListedClaim, Score, pair_claims, score_claims
from yardwatch.model.dates import parse_when

ROOT = Path(__file__).resolve().parents[1]
MADE = ROOT / "tests" / "claims" / "articles"
GIVEN = {"goods-pile-up": "2022-12-12", "checkpoint-upgrade": "2024-12-10"}
HEAD = (
    f"{'article':26}{'quantities':>12}{'recall':>8}{'the rest':>10}{'recall':>8}"
    f"{'dates':>9}{'proposed':>10}{'listed':>8}"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", metavar="NAME", help="also print what was missed and what nobody listed")
    options = parser.parse_args()
    shared = Path(os.environ.get("YARDWATCH_SHARED_DATA", ROOT.parent / "shared" / "data")) / "articles"
    sets: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    sets["given"] = [(shared / f"{name}.txt", day) for name, day in GIVEN.items() if (shared / f"{name}.txt").is_file()]
    with (MADE / "index.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sets[row["set"]].append((MADE / f"{row['name']}.txt", row["published"]))
    for title, articles in sets.items():
        print(f"\n{title.replace('_', ' ')}\n{HEAD}")
        total = Score()
        for path, published in articles:
            score = _score(path, published, show=options.show == path.stem)
            print(_row(path.stem, score))
            total += score
        print(_row("all", total))
    return 0


def _score(path: Path, published: str, *, show: bool) -> Score:
    text = path.read_text(encoding="utf-8")
    claims = extract_claims(text, source_id=path.stem, published=parse_when(published))
    with path.with_name(f"{path.stem}.claims.csv").open(encoding="utf-8", newline="") as file:
        listed = [ListedClaim.from_row(text, row) for row in csv.DictReader(file)]
    if show:
        pairs = pair_claims(listed, claims)
        for one in listed:
            if one not in pairs:
                print(f"  missed   {one.kind:13}{one.value} {one.unit} {one.qualifier}  {one.quote}")
        for claim in claims:
            if claim not in pairs.values():
                print(f"  unlisted {claim.kind:13}{claim.value} {claim.unit} {claim.qualifier}  {claim.quote}")
        for one, claim in pairs.items():
            said = claim.when.text if claim.when else ""
            if said != (one.date or ""):
                print(f"  date     {one.date!r} is read as {said!r}: {one.quote}")
    return score_claims(listed, claims)


def _row(name: str, score: Score) -> str:
    quantities, rest = f"{score.quantities_found}/{score.quantities}", f"{score.rest_found}/{score.rest}"
    return (
        f"{name[:25]:26}{quantities:>12}{_share(score.quantities_found, score.quantities):>8}"
        f"{rest:>10}{_share(score.rest_found, score.rest):>8}"
        f"{f'{score.dates_right}/{score.dates}':>9}{score.proposed:>10}{score.matched:>8}"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


if __name__ == "__main__":
    raise SystemExit(main())
