/** Whether what is proposed is drawn already. */

import type { Polygon, Position } from "geojson";
import type { TrackFeature, ZoneFeature } from "../../lib/types";
import { boundsOf } from "./extent";
import { along, distanceToLine, lengthOf, Plane } from "./geometry";

/** Closer than this to a track, a line is on that track, metres. */
const SAME_TRACK_M = 2.4;
const STEP_M = 10;
/** How much of a track a line must cover to take its place. */
const WHOLE = 0.8;
const SAME_ZONE = 0.8;

export interface Over {
  name: string;
  /** Whether it would take the place of the whole of it. */
  same: boolean;
  /** How far off it is drawn, median, metres. */
  offM: number;
}

/** Whether most of a line lies on another one. */
export function liesOn(line: Position[], other: Position[]): boolean {
  return shareOn(line, other).share > 0.5;
}

/** The drawn track that a line lies on, the one it covers most of; null if there is none. */
export function trackUnder(line: Position[], drawn: readonly TrackFeature[]): Over | null {
  let best: Over | null = null;
  let most = 0;
  for (const track of drawn) {
    const { share, offM } = shareOn(line, track.geometry.coordinates);
    if (share <= 0.5 || share <= most) continue;
    most = share;
    best = { name: track.properties.name, same: shareOn(track.geometry.coordinates, line).share >= WHOLE && share >= WHOLE, offM };
  }
  return best;
}

/** The drawn zone of the same name, or of nearly the same extent. */
export function zoneUnder(shape: Polygon, name: string | undefined, drawn: readonly ZoneFeature[]): Over | null {
  const found = drawn.find((zone) => zone.properties.name === name || likeBoxes(shape, zone.geometry) >= SAME_ZONE);
  return found ? { name: found.properties.name, same: true, offM: 0 } : null;
}

function shareOn(line: Position[], other: Position[]): { share: number; offM: number } {
  const plane = new Plane(line[0]!);
  const path = line.map((position) => plane.to(position));
  const under = other.map((position) => plane.to(position));
  const away = along(path, Math.max(STEP_M, lengthOf(path) / 200)).map((point) => distanceToLine(point, under));
  const near = away.filter((distance) => distance < SAME_TRACK_M).sort((a, b) => a - b);
  return { share: near.length / away.length, offM: near[Math.floor(near.length / 2)] ?? 0 };
}

/** What two boxes have in common, of what they cover together. */
function likeBoxes(one: Polygon, other: Polygon): number {
  const [a, b] = [boundsOf(one), boundsOf(other)];
  if (!a || !b) return 0;
  const size = (box: readonly number[]) => Math.max(0, box[2]! - box[0]!) * Math.max(0, box[3]! - box[1]!);
  const both = size([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  return both / (size(a) + size(b) - both || 1);
}
