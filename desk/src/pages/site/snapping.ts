/** Where a point goes when it is put near something that is drawn already. */

import type { Position } from "geojson";
import type { Drawn } from "./drawing.svelte";
import { distance, nearestOnStretch, type XY } from "./geometry";

export interface Snap {
  position: Position;
  /** To a vertex, which wins, or to a line between two. */
  to: "vertex" | "line";
  name: string;
}

/** The snap within `reach` pixels of `pixel`, or null. `project` says where a position is on the screen. */
export function snapTo(pixel: XY, features: readonly Drawn[], project: (position: Position) => XY, unproject: (pixel: XY) => Position, reach = 9): Snap | null {
  let vertex: { away: number; snap: Snap } | null = null;
  let line: { away: number; snap: Snap } | null = null;
  for (const feature of features)
    for (const path of pathsOf(feature)) {
      const pixels = path.map(project);
      for (let i = 0; i < pixels.length; i++) {
        const away = distance(pixel, pixels[i]!);
        if (away <= reach && away < (vertex?.away ?? Infinity)) vertex = { away, snap: { position: path[i]!, to: "vertex", name: feature.properties.name } };
        if (i === 0) continue;
        const near = nearestOnStretch(pixel, pixels[i - 1]!, pixels[i]!);
        const off = distance(pixel, near);
        if (off <= reach && off < (line?.away ?? Infinity)) line = { away: off, snap: { position: unproject(near), to: "line", name: feature.properties.name } };
      }
    }
  return vertex?.snap ?? line?.snap ?? null;
}

export function pathsOf(feature: Drawn): Position[][] {
  return feature.geometry.type === "Polygon" ? feature.geometry.coordinates : [feature.geometry.coordinates];
}
