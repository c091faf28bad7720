/** One row drawn over its picture: cars, what is hidden, the cursor, the axis. */

import { carStyle } from "../../lib/carstyles";
import { drawGlyph } from "./glyphs";
import { AXIS, TAGS, pictureHeight, type Measure, type Row } from "./layout";
import { stands, type Car, type Picture } from "./types";

export interface Cursor {
  track: string;
  at_m: number;
  car: string | null;
}

export interface Drawn {
  row: Row;
  cars: readonly Car[];
  earlier: readonly Car[];
  /** Date of the scene beneath. */
  date: string;
  cursor: Cursor | null;
  measure: Measure;
  picture: Picture;
  ink: string;
  strong: string;
}

const TICK_M = 10;
const LABEL_M = 50;

export function drawRow(canvas: HTMLCanvasElement, drawn: Drawn): void {
  const { row, measure } = drawn;
  const depth = pictureHeight(measure);
  const width = Math.ceil((row.end_m - row.start_m) * measure.scale) + 2;
  const height = TAGS + depth + AXIS + (measure.before ? depth + 2 : 0);
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  const pen = new Pen(context, drawn, depth);
  pen.hidden();
  pen.axis();
  for (const car of drawn.cars) if (pen.shows(car)) pen.car(car, car.id === drawn.cursor?.car);
  if (measure.before) {
    for (const car of drawn.earlier) if (stands(car) && pen.shows(car)) pen.earlier(car);
    pen.date(drawn.date);
  }
  if (drawn.cursor) pen.cursor(drawn.cursor);
}

class Pen {
  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly drawn: Drawn,
    private readonly depth: number,
  ) {}

  shows(car: Car): boolean {
    return car.end_m > this.drawn.row.start_m && car.start_m < this.drawn.row.end_m;
  }

  x(at_m: number): number {
    return (at_m - this.drawn.row.start_m) * this.drawn.measure.scale;
  }

  /** The box of a car on its picture. */
  box(car: Car): [x: number, y: number, width: number, height: number] {
    const { scale } = this.drawn.measure;
    const { half_width_m, step_m } = this.drawn.picture;
    const top_m = half_width_m + step_m / 2 - (car.offset_m - this.drawn.row.track.centre_m) - car.width_m / 2;
    return [this.x(car.start_m), TAGS + top_m * scale, (car.end_m - car.start_m) * scale, car.width_m * scale];
  }

  hidden(): void {
    this.context.fillStyle = "rgb(107 113 120 / 62%)";
    for (const [start, end] of this.drawn.row.track.hidden)
      if (end > this.drawn.row.start_m && start < this.drawn.row.end_m)
        this.context.fillRect(this.x(Math.max(start, this.drawn.row.start_m)), TAGS, this.x(end) - this.x(start), this.depth);
  }

  axis(): void {
    const { context, drawn } = this;
    const top = TAGS + this.depth;
    context.fillStyle = drawn.ink;
    context.font = "10px system-ui, sans-serif";
    context.textBaseline = "top";
    for (let at = Math.ceil(drawn.row.start_m / TICK_M) * TICK_M; at <= drawn.row.end_m; at += TICK_M) {
      const labelled = at % LABEL_M === 0;
      const x = this.x(at);
      context.fillRect(Math.round(x), top, 1, labelled ? 5 : 3);
      if (!labelled) continue;
      const right = x > this.x(drawn.row.end_m) - 34;
      context.textAlign = right ? "right" : "left";
      context.fillText(`${at} m`, x + (right ? -2 : 3), top + 3);
    }
  }

  car(car: Car, chosen: boolean): void {
    if (!stands(car)) return this.gone(car);
    const { context } = this;
    const [x, y, width, height] = this.box(car);
    const style = carStyle(car.type);
    context.setLineDash(car.unsure ? [4, 3] : []);
    context.strokeStyle = car.unsure ? "#10151a" : style.casing;
    context.lineWidth = chosen ? 6 : 4;
    context.strokeRect(x, y, width, height);
    context.strokeStyle = style.colour;
    context.lineWidth = chosen ? 3.5 : 2;
    context.strokeRect(x, y, width, height);
    context.setLineDash([]);
    const middle = x + width / 2;
    drawGlyph(context, car.type, middle, 3);
    if (car.state !== "machine") this.tick(middle + 13, 4);
    else if (car.unsure) this.doubt(middle + 14, 3);
  }

  earlier(car: Car): void {
    const [x, y, width, height] = this.box(car);
    this.context.strokeStyle = "rgb(255 255 255 / 80%)";
    this.context.lineWidth = 1;
    this.context.strokeRect(x, y + this.depth + AXIS + 2, width, height);
  }

  date(text: string): void {
    const { context } = this;
    const bottom = TAGS + 2 * this.depth + AXIS + 2;
    context.font = "600 11px system-ui, sans-serif";
    const width = context.measureText(text).width + 8;
    context.fillStyle = "rgb(16 21 26 / 75%)";
    context.fillRect(0, bottom - 15, width, 15);
    context.fillStyle = "#ffffff";
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(text, 4, bottom - 7);
  }

  cursor(cursor: Cursor): void {
    const { context } = this;
    const bottom = TAGS + this.depth;
    const car = this.drawn.cars.find((one) => one.id === cursor.car && stands(one));
    const [left, right] = car ? [this.x(car.start_m) - 4, this.x(car.end_m) + 4] : [this.x(cursor.at_m), this.x(cursor.at_m)];
    for (const [colour, wide] of [["#10151a", 5], ["#ffffff", 2.5]] as const) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.beginPath();
      if (car) {
        for (const [x, turn] of [[left, 6], [right, -6]] as const) {
          context.moveTo(x + turn, TAGS + 1.5);
          context.lineTo(x, TAGS + 1.5);
          context.lineTo(x, bottom - 1.5);
          context.lineTo(x + turn, bottom - 1.5);
        }
      } else {
        context.moveTo(left, TAGS);
        context.lineTo(left, bottom);
      }
      context.stroke();
    }
    const middle = (left + right) / 2;
    context.fillStyle = this.drawn.strong;
    context.beginPath();
    context.moveTo(middle - 6, bottom + 8);
    context.lineTo(middle + 6, bottom + 8);
    context.lineTo(middle, bottom + 1);
    context.fill();
  }

  /** A car that a person deleted or that cannot be seen: a faint box, crossed out. */
  private gone(car: Car): void {
    const { context } = this;
    const [x, y, width, height] = this.box(car);
    context.setLineDash([2, 4]);
    context.lineWidth = 1.5;
    context.strokeStyle = "rgb(255 255 255 / 75%)";
    context.strokeRect(x, y, width, height);
    context.setLineDash([]);
    if (car.state !== "deleted") return;
    context.beginPath();
    context.moveTo(x, y + height);
    context.lineTo(x + width, y);
    context.stroke();
  }

  private tick(x: number, y: number): void {
    const { context } = this;
    context.strokeStyle = this.drawn.strong;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - 1, y + 6);
    context.lineTo(x + 2, y + 9.5);
    context.lineTo(x + 8, y + 1.5);
    context.stroke();
  }

  private doubt(x: number, y: number): void {
    this.context.fillStyle = this.drawn.strong;
    this.context.font = "800 14px system-ui, sans-serif";
    this.context.textAlign = "center";
    this.context.textBaseline = "top";
    this.context.fillText("?", x, y);
  }
}
