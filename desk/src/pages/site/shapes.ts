/** A zone or track with one vertex moved, added or taken out; a ring stays closed. */

import type { LineString, Polygon, Position } from "geojson";

export type Shape = Polygon | LineString;

/** One vertex of a shape: which of its rings (0 for a line), and where in it. */
export interface Vertex {
  ring: number;
  at: number;
}

export function ringsOf(shape: Shape): Position[][] {
  return shape.type === "Polygon" ? shape.coordinates : [shape.coordinates];
}

/** The vertices that can be moved: of a ring without the one that repeats the first. */
export function verticesOf(shape: Shape): { vertex: Vertex; position: Position }[] {
  return ringsOf(shape).flatMap((path, ring) => {
    const free = shape.type === "Polygon" ? path.slice(0, -1) : path;
    return free.map((position, at) => ({ vertex: { ring, at }, position }));
  });
}

/** The middle of each stretch, where a new vertex can be put; it would become vertex `at`. */
export function middlesOf(shape: Shape): { vertex: Vertex; position: Position }[] {
  return ringsOf(shape).flatMap((path, ring) =>
    path.slice(1).map((end, i) => {
      const start = path[i]!;
      return { vertex: { ring, at: i + 1 }, position: [(start[0]! + end[0]!) / 2, (start[1]! + end[1]!) / 2] };
    }),
  );
}

export function withMoved(shape: Shape, vertex: Vertex, position: Position): Shape {
  return edited(shape, vertex.ring, (path) => path.map((old, i) => (i === vertex.at ? position : old)));
}

export function withInserted(shape: Shape, vertex: Vertex, position: Position): Shape {
  return edited(shape, vertex.ring, (path) => path.toSpliced(vertex.at, 0, position));
}

/** Null if too few would be left. */
export function withRemoved(shape: Shape, vertex: Vertex): Shape | null {
  const path = ringsOf(shape)[vertex.ring] ?? [];
  const free = shape.type === "Polygon" ? path.length - 1 : path.length;
  if (free <= (shape.type === "Polygon" ? 3 : 2)) return null;
  return edited(shape, vertex.ring, (old) => old.toSpliced(vertex.at, 1));
}

function edited(shape: Shape, ring: number, change: (path: Position[]) => Position[]): Shape {
  if (shape.type === "LineString") return { type: "LineString", coordinates: change(shape.coordinates) };
  const coordinates = shape.coordinates.map((path, i) => {
    if (i !== ring) return path;
    const open = change(path.slice(0, -1));
    return [...open, open[0]!];
  });
  return { type: "Polygon", coordinates };
}

/** Positions as text, one a line, for people: longitude, latitude. */
export function positionsText(positions: readonly Position[]): string {
  return positions.map((position) => `${position[0]!.toFixed(7)}, ${position[1]!.toFixed(7)}`).join("\n");
}

/** The positions of such a text, or what is wrong with it. */
export function positionsFrom(text: string, least: number): Position[] | string {
  const positions: Position[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const numbers = line.trim().split(/[\s,;]+/).map(Number);
    const [x, y] = numbers;
    if (numbers.length !== 2 || x === undefined || y === undefined || !Number.isFinite(x) || !Number.isFinite(y)) return `Line ${i + 1} is not “longitude, latitude”: ${line.trim()}`;
    if (Math.abs(x) > 180 || Math.abs(y) > 90) return `Line ${i + 1} is not on Earth: ${line.trim()}`;
    positions.push([x, y]);
  }
  return positions.length < least ? `At least ${least} positions are needed; there are ${positions.length}.` : positions;
}
