/** One key for each decision. */

import { go } from "../../lib/route.svelte";
import { failed } from "../../lib/toasts.svelte";
import { carStyle } from "../../lib/carstyles";
import type { Shortcut } from "../../lib/keys.svelte";
import { whoAmI, type Step } from "./checking.svelte";
import { TYPE_KEYS } from "./glyphs";
import { lonLat } from "./place";
import * as steps from "./steps";
import type { Table } from "./table.svelte";
import { open, stands, type Car } from "./types";

const SLIDE_M = 2;
const NUDGE_M = 0.5;
const CONCEAL_M = 7;

/** What a person can do, as keys and buttons do it. */
export class Hands {
  /** Said to screen readers and shown for a moment. */
  said = $state("");

  constructor(readonly table: Table) {}

  accept(): void {
    this.#onCar((car, me) => steps.accept(car, me), true, "accepted");
  }

  remove(): void {
    this.#onCar((car, me) => steps.remove(car, me), true, "deleted");
  }

  retype(type: string): void {
    this.#onCar((car, me) => steps.retype(car, type, me), true, carStyle(type).name);
  }

  split(): void {
    this.#onCar((car, me) => steps.split(car, this.table.cursor?.at_m ?? null, me), false, "split in two", "too short to be split");
  }

  merge(): void {
    const next = this.#nextOnTrack();
    if (!next) return this.#say("There is no car after this one on the track");
    this.#onCar((car, me) => steps.merge(car, next, me), false, "merged with the next");
  }

  reshape(low_m: number, high_m: number): void {
    const { track } = this.table;
    if (track) this.#onCar((car, me) => steps.reshape(car, car.start_m + low_m, car.end_m + high_m, track, me), false, "moved", "cannot be that short");
  }

  add(from?: number, to?: number): void {
    const { track, cursor, car, checking } = this.table;
    if (!track || !cursor) return this.#say("Choose a place first");
    const cars = checking.of(track.name);
    const room = from !== undefined && to !== undefined ? ([from, to] as const) : steps.roomFor(cars, cursor.at_m, car, track);
    const like = car ?? cars.filter(stands).sort((a, b) => Math.abs(a.start_m - cursor.at_m) - Math.abs(b.start_m - cursor.at_m))[0];
    const step = room && steps.add(track, room[0], room[1], like, whoAmI());
    if (!step) return this.#say("There is no room for a car here");
    this.#take(step);
    this.table.go(track.name, (room[0] + room[1]) / 2, step.fresh ?? null);
    this.#say("Car added");
  }

  conceal(from?: number, to?: number): void {
    const { track, cursor, car } = this.table;
    if (!track || !cursor) return;
    const low = from ?? car?.start_m ?? Math.max(0, cursor.at_m - CONCEAL_M);
    const high = to ?? car?.end_m ?? Math.min(track.length_m, cursor.at_m + CONCEAL_M);
    this.#take(steps.conceal(track.name, low, high, whoAmI()));
    this.#say(`${low.toFixed(0)} to ${high.toFixed(0)} metres of ${track.name} marked as hidden`);
    if (car) this.table.advance();
  }

  check(): void {
    const { track } = this.table;
    if (!track) return;
    this.#take(steps.check(track.name, whoAmI()));
    this.#say(`${track.name} checked as a whole`);
    this.table.advance();
  }

  /** All tracks shown on which no car is open: they were looked at, empty ones too. */
  checkAll(): void {
    const { tracks, checking } = this.table;
    const done = tracks.filter((track) => !track.checked_by && !checking.of(track.name).some(open)).map((track) => track.name);
    if (!done.length) return this.#say("Every track shown is checked, or has cars nobody has decided on");
    this.#take(steps.checkAll(done.slice(0, 1000)));
    this.#say(`${done.length} tracks without an open car checked as a whole`);
  }

  undo(): void {
    const { cursor, tracks } = this.table;
    const step = steps.takeBack(cursor?.track ?? tracks[0]?.name ?? "");
    step.done = (answer) => {
      const changed = answer.changed[0];
      this.#say(`Taken back: ${answer.corrections.length} on ${changed?.name ?? "this scene"}`);
      if (changed && changed.name !== this.table.cursor?.track) this.table.go(changed.name, 0);
    };
    this.#take(step);
  }

  nextUnsure(by: 1 | -1): void {
    if (!this.table.next((car) => car.unsure, by)) this.#say("No unsure car is left");
  }

  async map(): Promise<void> {
    const { cursor, track, checking } = this.table;
    if (!cursor || !track) return;
    try {
      const place = await lonLat(track.name, cursor.at_m, track.length_m, track.version);
      const at = place?.map((value) => value.toFixed(6)).join(",");
      go("site", { scene: checking.scene, track: track.name, at });
    } catch (error) {
      failed("Finding the place on the map", error);
    }
  }

  before(): void {
    const { table } = this;
    if (!table.checking.head?.before) return this.#say("There is no earlier scene");
    table.before = !table.before;
    if (table.before) void table.fetchEarlier();
  }

  #nextOnTrack(): Car | undefined {
    const { car, checking } = this.table;
    return car && checking.of(car.track).find((one) => stands(one) && one.start_m > car.start_m);
  }

  #onCar(make: (car: Car, me: string) => Step | null, on: boolean, said: string, not = "cannot be done here"): void {
    const { car } = this.table;
    if (!car) return this.#say("No car here; go to one with the arrow keys, or add one with a");
    const step = make(car, whoAmI());
    if (!step) return this.#say(`This car ${not}`);
    this.#take(step);
    const more = !on || this.table.advance();
    this.#say(more ? said : `${said}. All cars shown are checked; confirm each track with c`);
    if (!more && !this.table.car) this.table.step(1);
  }

  #take(step: Step): void {
    this.table.checking.take(step);
  }

  #say(text: string): void {
    this.said = text;
  }
}

export function shortcutsOf(hands: () => Hands): Shortcut[] {
  const table = (): Table => hands().table;
  const types = TYPE_KEYS.map(([key, type]) => ({ keys: key, label: carStyle(type).name, run: () => hands().retype(type) }));
  return [
    { keys: "Space or Enter", label: "Accept the car, go on to the next", run: () => hands().accept() },
    { keys: "n", label: "Next unsure car", run: () => hands().nextUnsure(1) },
    { keys: "Shift+N", label: "Unsure car before", run: () => hands().nextUnsure(-1) },
    { keys: "o", label: "Next car nobody has decided on", run: () => void table().next(open) },
    { keys: "ArrowRight", label: "Next car", run: () => table().step(1) },
    { keys: "ArrowLeft", label: "Car before", run: () => table().step(-1) },
    { keys: "ArrowDown", label: "Row below", run: () => table().leap(1) },
    { keys: "ArrowUp", label: "Row above", run: () => table().leap(-1) },
    { keys: ".", label: `Cursor ${SLIDE_M} m on`, run: () => table().slide(SLIDE_M) },
    { keys: ",", label: `Cursor ${SLIDE_M} m back`, run: () => table().slide(-SLIDE_M) },
    { keys: "x or Delete", label: "Delete: no car stands here", run: () => hands().remove() },
    { keys: "s", label: "Split in two, at the cursor or in the middle", run: () => hands().split() },
    { keys: "j", label: "Merge with the next car on the track", run: () => hands().merge() },
    { keys: "a", label: "Add a car at the cursor, or after this one", run: () => hands().add() },
    { keys: "h", label: "Mark as hidden (roof, cloud, shadow)", run: () => hands().conceal() },
    ...types,
    { keys: "[", label: "Lower end half a metre down", run: () => hands().reshape(-NUDGE_M, 0) },
    { keys: "]", label: "Lower end half a metre up", run: () => hands().reshape(NUDGE_M, 0) },
    { keys: "{", label: "Upper end half a metre down", run: () => hands().reshape(0, -NUDGE_M) },
    { keys: "}", label: "Upper end half a metre up", run: () => hands().reshape(0, NUDGE_M) },
    { keys: "c", label: "Whole track checked: accept what is left on it", run: () => hands().check() },
    { keys: "Shift+C", label: "All tracks shown without an open car checked, empty ones too", run: () => hands().checkAll() },
    { keys: "z or Ctrl+z", label: "Take back", run: () => hands().undo() },
    { keys: "m", label: "The same place on the map", run: () => void hands().map() },
    { keys: "b", label: "The same track on the date before, beneath", run: () => hands().before() },
    { keys: "+ or =", label: "Larger", run: () => table().zoom(1) },
    { keys: "-", label: "Smaller", run: () => table().zoom(-1) },
  ];
}

