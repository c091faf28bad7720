/** Plane geometry on the ground, in metres about a point: for snapping, lengths and parallel lines. */

import type { Position } from "geojson";

export type XY = [x: number, y: number];

const METRES_PER_DEGREE = 111_195; // of latitude, on the mean sphere; only for distances of a site's size

/** Longitude and latitude to metres about `origin`, and back; good to a few parts in a thousand over a site. */
export class Plane {
  readonly #cos: number;

  constructor(readonly origin: Position) {
    this.#cos = Math.cos(((origin[1] ?? 0) * Math.PI) / 180);
  }

  to(position: Position): XY {
    return [((position[0] ?? 0) - this.origin[0]!) * METRES_PER_DEGREE * this.#cos, ((position[1] ?? 0) - this.origin[1]!) * METRES_PER_DEGREE];
  }

  from([x, y]: XY): [number, number] {
    return [this.origin[0]! + x / (METRES_PER_DEGREE * this.#cos), this.origin[1]! + y / METRES_PER_DEGREE];
  }
}

export function distance(a: XY, b: XY): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** The point of the stretch a–b that is nearest to p. */
export function nearestOnStretch(p: XY, a: XY, b: XY): XY {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const squared = dx * dx + dy * dy;
  const t = squared ? Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / squared)) : 0;
  return [a[0] + t * dx, a[1] + t * dy];
}

export function distanceToLine(p: XY, line: XY[]): number {
  let least = Infinity;
  for (let i = 1; i < line.length; i++) least = Math.min(least, distance(p, nearestOnStretch(p, line[i - 1]!, line[i]!)));
  return least;
}

export function lengthOf(line: XY[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += distance(line[i - 1]!, line[i]!);
  return sum;
}

export function areaOf(ring: XY[]): number {
  let sum = 0;
  for (let i = 1; i < ring.length; i++) sum += ring[i - 1]![0] * ring[i]![1] - ring[i]![0] * ring[i - 1]![1];
  return Math.abs(sum) / 2;
}

/** The area of a ring of positions, in words. */
export function hectares(ring: readonly Position[]): string {
  const plane = new Plane(ring[0] ?? [0, 0]);
  return `${(areaOf(ring.map((position) => plane.to(position))) / 10_000).toFixed(2)} ha`;
}

/** The point `at` metres along a line. */
export function pointAt(line: XY[], at: number): XY {
  let left = at;
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!];
    const step = distance(a, b);
    if (step > 0 && left <= step) return [a[0] + ((b[0] - a[0]) * left) / step, a[1] + ((b[1] - a[1]) * left) / step];
    left -= step;
  }
  return line.at(-1)!;
}

/** Points at most `step` metres apart along a line, its ends included. */
export function along(line: XY[], step: number): XY[] {
  const points: XY[] = line.length ? [line[0]!] : [];
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!];
    const pieces = Math.max(1, Math.ceil(distance(a, b) / step));
    for (let k = 1; k <= pieces; k++) points.push([a[0] + ((b[0] - a[0]) * k) / pieces, a[1] + ((b[1] - a[1]) * k) / pieces]);
  }
  return points;
}

/** The line moved sideways by `by` metres, left positive; each vertex along the mean of its two directions. */
export function shifted(line: XY[], by: number): XY[] {
  return line.map((point, i) => {
    const before = line[Math.max(0, i - 1)]!;
    const after = line[Math.min(line.length - 1, i + 1)]!;
    const length = distance(before, after) || 1;
    return [point[0] - ((after[1] - before[1]) / length) * by, point[1] + ((after[0] - before[0]) / length) * by];
  });
}
