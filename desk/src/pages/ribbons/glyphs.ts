/** The sign of each type of car: a shape, a colour and a letter, so that no one of them is needed. */

import { carStyle } from "../../lib/carstyles";

export type Shape = "circle" | "square" | "trough" | "bar" | "boxes" | "pill" | "arrow" | "diamond" | "ring" | "half";

export const SHAPES: Record<string, Shape> = {
  open_top: "trough",
  covered: "square",
  tank: "circle",
  flat: "bar",
  container: "boxes",
  passenger: "pill",
  locomotive: "arrow",
  other: "diamond",
  flat_or_container: "half",
  unknown: "ring",
};

/** The types in the order of their keys, 1 to 9 and 0. */
export const TYPE_KEYS: readonly [string, string][] = [
  ["1", "open_top"],
  ["2", "covered"],
  ["3", "tank"],
  ["4", "flat"],
  ["5", "container"],
  ["6", "passenger"],
  ["7", "locomotive"],
  ["8", "other"],
  ["9", "flat_or_container"],
  ["0", "unknown"],
];

const PATHS: Record<Shape, string> = {
  circle: "M7 0a7 7 0 1 0 .01 0z",
  square: "M0 0h14v14H0z",
  trough: "M0 0h14l-2.5 14h-9z",
  bar: "M-2 3h18v8H-2z",
  boxes: "M-4 1h22v12h-22zM0 1v12M14 1v12",
  pill: "M2 1h10a6 6 0 0 1 0 12H2A6 6 0 0 1 2 1z",
  arrow: "M-1 1h10l6 6-6 6H-1z",
  diamond: "M7-1l8 8-8 8-8-8z",
  ring: "M7 0a7 7 0 1 0 .01 0z",
  half: "M-4 3h22v8h-22zM-1 3v8M15 3v8",
};

const paths = new Map<Shape, Path2D>();

export function shapePath(type: string): string {
  return PATHS[SHAPES[type] ?? "ring"];
}

/** Draw a sign, 14 pixels high, with its middle at `x` and its top at `y`. */
export function drawGlyph(context: CanvasRenderingContext2D, type: string, x: number, y: number): void {
  const style = carStyle(type);
  const shape = SHAPES[type] ?? "ring";
  let path = paths.get(shape);
  if (!path) paths.set(shape, (path = new Path2D(PATHS[shape])));
  context.save();
  context.translate(x - 7, y);
  context.fillStyle = style.colour;
  context.strokeStyle = style.casing === "#ffffff" ? "#10151a" : style.casing;
  context.lineWidth = 1.25;
  context.fill(path);
  context.stroke(path);
  context.fillStyle = style.casing === "#ffffff" ? "#ffffff" : "#10151a";
  context.font = `700 ${style.letter.length > 1 ? 8 : 9.5}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(style.letter, 7, 7.6);
  context.restore();
}
