/** Which handles of a shape are shown and can be taken hold of: all where there is room, else its ends and those near the chosen one. */

import type { Position } from "geojson";
import { distance, type XY } from "./geometry";
import { middlesOf, verticesOf, type Shape, type Vertex } from "./shapes";

export interface Handle {
  vertex: Vertex;
  position: Position;
}

export interface Handles {
  vertices: Handle[];
  middles: Handle[];
  /** Whether some are left out for want of room. */
  thinned: boolean;
}

const VERTEX_ROOM_PX = 13;
const MIDDLE_ROOM_PX = 30;
const NEAR = 2;

export function handlesOf(shape: Shape, chosen: Vertex | null, project: (position: Position) => XY): Handles {
  const vertices = verticesOf(shape);
  const room = roomBetween(vertices.map((one) => project(one.position)));
  const thinned = room < VERTEX_ROOM_PX;
  const shown = thinned ? vertices.filter((one, i) => i === 0 || i === vertices.length - 1 || isNear(one.vertex, chosen)) : vertices;
  return { vertices: shown, middles: room < MIDDLE_ROOM_PX ? [] : middlesOf(shape), thinned };
}

/** The middle one of the distances between neighbours. */
function roomBetween(pixels: XY[]): number {
  const gaps = pixels.slice(1).map((pixel, i) => distance(pixel, pixels[i]!));
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? Infinity;
}

function isNear(vertex: Vertex, chosen: Vertex | null): boolean {
  return chosen !== null && vertex.ring === chosen.ring && Math.abs(vertex.at - chosen.at) <= NEAR;
}
