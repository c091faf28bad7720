/** What the page shows of a scene and where one is: rows, order, cursor. */

import { all } from "../../lib/api";
import { carStyle } from "../../lib/carstyles";
import { Stored } from "../../lib/stored.svelte";
import { Checking } from "./checking.svelte";
import type { Cursor } from "./draw";
import { cut, layOut, rowOf, type Layout, type Measure, type Row } from "./layout";
import { open, stands, type Car, type Track } from "./types";

const SCALES = [3, 4, 5, 6, 8, 10, 14, 20];

export const showing = new Stored<"occupied" | "all" | "unsure">("ribbons-show", "occupied");
export const order = new Stored<"site" | "unsure">("ribbons-order", "site");
const scaling = new Stored<string>("ribbons-scale", "6");
const beneath = new Stored<"on" | "off">("ribbons-before", "off");

export class Table {
  readonly checking: Checking;
  width = $state(1000);
  zone = $state<string | null>(null);
  cursor = $state.raw<Cursor | null>(null);
  /** Cars of the date before, by track; empty until they are wanted. */
  earlier = $state.raw<Map<string, Car[]>>(new Map());
  #cuts = new Map<string, { cars: Car[]; longest: number; rows: [number, number][] }>();

  constructor(scene: string) {
    this.checking = new Checking(scene);
  }

  tracks: Track[] = $derived.by(() => {
    const wanted = this.checking.tracks.filter((track) => this.#isWanted(track));
    return order.value === "unsure" ? [...wanted].sort((a, b) => b.unsure - a.unsure) : wanted;
  });

  measure: Measure = $derived.by(() => {
    const picture = this.checking.head?.picture;
    const deep_m = picture ? 2 * picture.half_width_m + picture.step_m : 8;
    return { scale: Number(scaling.value) || 6, width: this.width, deep_m, before: this.before };
  });

  layout: Layout = $derived.by(() => {
    const longest = Math.max(40, this.measure.width / this.measure.scale);
    return layOut(this.tracks, (track) => this.#cut(track, longest), this.measure);
  });

  /** Cars that stand, in the order in which they are shown. */
  sequence: Car[] = $derived.by(() => this.tracks.flatMap((track) => this.checking.of(track.name).filter((car) => stands(car))));

  unsure: number = $derived(this.sequence.reduce((sum, car) => sum + Number(car.unsure), 0));
  left: number = $derived(this.sequence.reduce((sum, car) => sum + Number(open(car)), 0));

  car: Car | undefined = $derived.by(() => (this.cursor ? this.checking.find(this.cursor.track, this.cursor.car) : undefined));
  track: Track | undefined = $derived.by(() => this.checking.tracks.find((track) => track.name === this.cursor?.track));

  get before(): boolean {
    return beneath.value === "on" && Boolean(this.checking.head?.before);
  }

  set before(on: boolean) {
    beneath.value = on ? "on" : "off";
  }

  /** Fetch the cars of the date before, to be outlined beneath. */
  async fetchEarlier(): Promise<void> {
    const before = this.checking.head?.before;
    if (!before || this.earlier.size) return;
    const cars = await all<Car>(`/scenes/${encodeURIComponent(before.id)}/ribbons/cars`, { quiet: true }).catch(() => []);
    const found = new Map<string, Car[]>();
    for (const car of cars) found.set(car.track, [...(found.get(car.track) ?? []), car]);
    this.earlier = found;
  }

  zoom(by: 1 | -1): void {
    const at = SCALES.findIndex((scale) => scale >= this.measure.scale);
    scaling.value = String(SCALES[Math.max(0, Math.min(SCALES.length - 1, at + by))]);
  }

  /** Put the cursor on a car, or on a place of a track. */
  go(track: string, at_m: number, car: string | null = null): void {
    this.cursor = { track, at_m, car };
  }

  goTo(car: Car): void {
    this.go(car.track, (car.start_m + car.end_m) / 2, car.id);
  }

  /** The car so many places further on; stops at the ends. */
  step(by: number): void {
    const cars = this.sequence;
    if (!cars.length) return;
    const at = this.#place(cars);
    const next = Number.isInteger(at) ? at + by : by > 0 ? Math.ceil(at) + by - 1 : Math.floor(at) + by + 1;
    this.goTo(cars[Math.max(0, Math.min(cars.length - 1, next))]!);
  }

  /** Put the cursor on a place so many metres further along the track, on the car there if there is one. */
  slide(by_m: number): void {
    if (!this.cursor || !this.track) return;
    const at_m = Math.max(0, Math.min(this.track.length_m, this.cursor.at_m + by_m));
    this.go(this.track.name, at_m, null);
  }

  /** The next car after the cursor for which something holds, going round; false if there is none. */
  next(holds: (car: Car) => boolean, by: 1 | -1 = 1): boolean {
    const cars = this.sequence;
    const from = this.#place(cars);
    const start = by > 0 ? Math.floor(from) + 1 : Math.ceil(from) - 1;
    for (let count = 0; count < cars.length; count++) {
      const car = cars[(((start + by * count) % cars.length) + cars.length) % cars.length]!;
      if (holds(car)) {
        this.goTo(car);
        return true;
      }
    }
    return false;
  }

  /** After a decision: on to what is still open. */
  advance(): boolean {
    if (order.value === "unsure" || showing.value === "unsure") if (this.next((car) => car.unsure)) return true;
    return this.next(open);
  }

  /** The row above or below, at the same place across the page. */
  leap(by: 1 | -1): void {
    const { rows } = this.layout;
    const row = this.cursor ? rowOf(rows, this.cursor.track, this.cursor.at_m) : undefined;
    const next = rows[row ? row.index + by : 0];
    if (!next) return;
    const at_m = Math.min(next.end_m, next.start_m + (row ? Math.max(0, this.cursor!.at_m - row.start_m) : 0));
    const near = this.nearest(next, at_m);
    if (near) this.goTo(near);
    else this.go(next.track.name, at_m);
  }

  nearest(row: Row, at_m: number): Car | undefined {
    const inside = this.checking.of(row.track.name).filter((car) => stands(car) && car.end_m > row.start_m && car.start_m < row.end_m);
    const away = (car: Car): number => Math.max(0, car.start_m - at_m, at_m - car.end_m);
    return inside.sort((a, b) => away(a) - away(b))[0];
  }

  carAt(track: string, at_m: number): Car | undefined {
    return this.checking.of(track).find((car) => stands(car) && car.start_m <= at_m && car.end_m >= at_m);
  }

  /** What is under the cursor, in words. */
  words: string = $derived.by(() => {
    const { car, cursor } = this;
    if (!cursor) return "No place chosen";
    if (!car) return `${cursor.track}, ${cursor.at_m.toFixed(0)} metres, no car here`;
    const on = this.checking.of(car.track).filter(stands);
    const sure = car.unsure ? `unsure, ${Math.round(car.confidence * 100)} percent` : "";
    const state = { machine: "not checked", accepted: "accepted", changed: "changed", added: "added" }[car.state as "machine"];
    const place = `car ${on.indexOf(car) + 1} of ${on.length} on ${car.track}, ${car.start_m.toFixed(0)} to ${car.end_m.toFixed(0)} metres`;
    return [carStyle(car.type).name, place, sure, state].filter(Boolean).join(", ");
  });

  #isWanted(track: Track): boolean {
    if (this.zone !== null && track.zone !== this.zone) return false;
    if (showing.value === "all") return true;
    return showing.value === "unsure" ? track.unsure > 0 || track.name === this.cursor?.track : track.cars > 0 || this.checking.of(track.name).length > 0;
  }

  #cut(track: Track, longest: number): [number, number][] {
    const cars = this.checking.of(track.name);
    const known = this.#cuts.get(track.name);
    if (known && known.cars === cars && known.longest === longest) return known.rows;
    const rows = cut(track.length_m, cars, longest);
    this.#cuts.set(track.name, { cars, longest, rows });
    return rows;
  }

  /** Where the cursor is in a sequence of cars; between two of them it is a half. */
  #place(cars: Car[]): number {
    const { cursor, car } = this;
    if (car) return cars.indexOf(car);
    if (!cursor) return -0.5;
    const tracks = this.tracks.map((track) => track.name);
    const own = tracks.indexOf(cursor.track);
    const before = cars.filter((one) => {
      const at = tracks.indexOf(one.track);
      return at < own || (at === own && one.end_m < cursor.at_m);
    });
    return before.length - 0.5;
  }
}
