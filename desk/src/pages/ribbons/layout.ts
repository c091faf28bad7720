/** Tracks cut into rows that fit the page, and where each row lies in the list. */

import { stands, type Car, type Track } from "./types";

/** One row: a stretch of a track. */
export interface Row {
  /** Where it stands in the list. */
  index: number;
  track: Track;
  start_m: number;
  end_m: number;
  /** The first row of its track has the heading. */
  first: boolean;
  top: number;
  height: number;
}

export interface Layout {
  rows: Row[];
  height: number;
}

export interface Measure {
  /** Pixels a metre. */
  scale: number;
  /** Width of a row, pixels. */
  width: number;
  /** Height of a picture, metres. */
  deep_m: number;
  /** Whether the date before stands beneath. */
  before: boolean;
}

export const HEADING = 24;
export const TAGS = 19;
export const AXIS = 14;
const GAP = 5;
const AIR_M = 0.8;
const STUB = 1.2;

export function pictureHeight(measure: Measure): number {
  return Math.round(measure.deep_m * measure.scale);
}

export function rowHeight(measure: Measure): number {
  return TAGS + pictureHeight(measure) + AXIS + GAP + (measure.before ? pictureHeight(measure) + 2 : 0);
}

/** Cut a track where no car is cut, into rows of at most `longest` metres; the last is no stub. */
export function cut(length_m: number, cars: readonly Car[], longest: number): [number, number][] {
  const found: [number, number][] = [];
  let start = 0;
  while (length_m - start > longest) {
    const rest = length_m - start;
    const wanted = start + (rest < STUB * longest ? rest / 2 : longest);
    const end = between(wanted, cars, start + longest / 3);
    found.push([start, end]);
    start = end;
  }
  found.push([start, length_m]);
  return found;
}

/** The last place up to `wanted` where no car stands: in the gap before the car there; `wanted` itself if that is far. */
function between(wanted: number, cars: readonly Car[], least: number): number {
  const standing = cars.filter(stands);
  const at = standing.findIndex((car) => car.start_m - AIR_M < wanted && wanted < car.end_m + AIR_M / 2);
  if (at < 0) return wanted;
  const gap = standing[at]!.start_m - (standing[at - 1]?.end_m ?? 0);
  const place = standing[at]!.start_m - Math.min(AIR_M, Math.max(0, gap) / 2);
  return place >= least ? place : wanted;
}

/** All rows, one below the other; `cutOf` gives those of one track. */
export function layOut(tracks: readonly Track[], cutOf: (track: Track) => [number, number][], measure: Measure): Layout {
  const rows: Row[] = [];
  const plain = rowHeight(measure);
  let top = 0;
  for (const track of tracks)
    cutOf(track).forEach(([start_m, end_m], at) => {
      const height = plain + (at === 0 ? HEADING : 0);
      rows.push({ index: rows.length, track, start_m, end_m, first: at === 0, top, height });
      top += height;
    });
  return { rows, height: top };
}

/** The first row whose lower edge lies below `y`. */
export function rowAt(rows: readonly Row[], y: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle]!;
    if (row.top + row.height > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function rowOf(rows: readonly Row[], track: string, at_m: number): Row | undefined {
  const own = rows.filter((row) => row.track.name === track);
  return own.find((row) => at_m >= row.start_m && at_m <= row.end_m) ?? own.at(-1);
}
