/** The box around a shape. */

import type { Position } from "geojson";
import type { Bounds } from "../../lib/types";
import { ringsOf, type Shape } from "./shapes";

export function boundsOf(shape: Shape): Bounds | null {
  return boundsOfPositions(ringsOf(shape).flat());
}

export function boundsOfPositions(positions: readonly Position[]): Bounds | null {
  if (!positions.length) return null;
  const xs = positions.map((position) => position[0]!);
  const ys = positions.map((position) => position[1]!);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
