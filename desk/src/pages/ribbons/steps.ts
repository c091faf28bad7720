/** What each key does to the cars of a track. */

import type { Step } from "./checking.svelte";
import { open, stands, type Car, type Decision, type Track } from "./types";

const GAP_M = 1.0;
const SHORTEST_M = 3;
const PLAIN_M = 13;
let number = 0;

const round = (value: number): number => Math.round(value * 100) / 100;

export function accept(car: Car, by: string): Step {
  return one(car, { act: "accept", railcar: car.id }, { state: car.state === "machine" ? "accepted" : car.state, by });
}

export function remove(car: Car, by: string): Step {
  const gone = (cars: Car[]): Car[] =>
    car.machine ? swap(cars, car.id, [{ ...car, state: "deleted", by, unsure: false }]) : swap(cars, car.id, []);
  return { decisions: [{ act: "delete", railcar: car.id }], track: car.track, apply: gone };
}

export function retype(car: Car, type: string, by: string): Step {
  const same = car.type === type;
  if (same) return accept(car, by);
  return one(car, { act: "change", railcar: car.id, type }, { state: changed(car), type, probabilities: { [type]: 1 }, by });
}

/** Move the ends of a car; null if that is no car. */
export function reshape(car: Car, start_m: number, end_m: number, track: Track, by: string): Step | null {
  const ends = { start_m: round(Math.max(0, start_m)), end_m: round(Math.min(track.length_m, end_m)) };
  if (ends.end_m - ends.start_m < SHORTEST_M) return null;
  return one(car, { act: "change", railcar: car.id, ...ends }, { state: changed(car), ...ends, by });
}

/** Make two cars of one, each half as long less the gap; null if it is too short. */
export function split(car: Car, at_m: number | null, by: string): Step | null {
  const middle = at_m !== null && at_m > car.start_m + SHORTEST_M && at_m < car.end_m - SHORTEST_M ? at_m : (car.start_m + car.end_m) / 2;
  const [left_m, right_m] = [round(middle - GAP_M / 2), round(middle + GAP_M / 2)];
  if (left_m - car.start_m < SHORTEST_M || car.end_m - right_m < SHORTEST_M) return null;
  const fresh = `new-${++number}`;
  const first: Car = { ...car, end_m: left_m, state: changed(car), by, unsure: false, confidence: 1 };
  const second: Car = { ...first, id: fresh, start_m: right_m, end_m: car.end_m, state: "added", machine: null };
  const { offset_m, width_m, type, track } = car;
  const decisions: Decision[] = [
    { act: "change", railcar: car.id, end_m: left_m },
    { act: "add", track, start_m: right_m, end_m: car.end_m, offset_m, width_m, type },
  ];
  return { decisions, track, fresh, apply: (cars) => swap(cars, car.id, [first, second]) };
}

/** Make one car of two neighbours. */
export function merge(car: Car, next: Car, by: string): Step {
  const whole: Car = { ...car, end_m: next.end_m, state: changed(car), by, unsure: false, confidence: 1 };
  const apply = (cars: Car[]): Car[] => {
    const left = next.machine ? swap(cars, next.id, [{ ...next, state: "deleted", by, unsure: false }]) : swap(cars, next.id, []);
    return swap(left, car.id, [whole]);
  };
  const decisions: Decision[] = [
    { act: "delete", railcar: next.id },
    { act: "change", railcar: car.id, end_m: next.end_m },
  ];
  return { decisions, track: car.track, apply };
}

/** Add a car from one chainage to another. */
export function add(track: Track, start_m: number, end_m: number, like: Car | undefined, by: string): Step | null {
  const ends = { start_m: round(Math.max(0, start_m)), end_m: round(Math.min(track.length_m, end_m)) };
  if (ends.end_m - ends.start_m < SHORTEST_M) return null;
  const fresh = `new-${++number}`;
  const offset_m = like?.offset_m ?? track.centre_m;
  const type = like?.type ?? "unknown";
  const car: Car = {
    id: fresh, track: track.name, ...ends, offset_m, width_m: like?.width_m ?? 3, type, subtype: null, probabilities: { [type]: 1 },
    confidence: 1, zone: track.zone, by, state: "added", unsure: false, decided_at: null, machine: null,
  };
  const decisions: Decision[] = [{ act: "add", track: track.name, ...ends, offset_m, type }];
  return { decisions, track: track.name, fresh, apply: (cars) => [...cars, car].sort((a, b) => a.start_m - b.start_m) };
}

/** Where a new car would stand: around a place, or right after the car there; null if there is no room. */
export function roomFor(cars: readonly Car[], at_m: number, on: Car | undefined, track: Track): [number, number] | null {
  const standing = cars.filter(stands);
  const length = typicalLength(standing);
  const start = on ? on.end_m + GAP_M : at_m - length / 2;
  const before = standing.filter((car) => car.start_m < start + length / 2).at(-1);
  const after = standing.find((car) => car.start_m >= start + length / 2);
  const low = Math.max(0, start, before ? before.end_m + GAP_M / 2 : 0);
  const high = Math.min(track.length_m, low + length, after ? after.start_m - GAP_M / 2 : track.length_m);
  return high - low >= SHORTEST_M ? [low, high] : null;
}

export function conceal(track: string, start_m: number, end_m: number, by: string): Step {
  const ends = { start_m: round(start_m), end_m: round(end_m) };
  const inside = (car: Car): boolean => open(car) && (car.start_m + car.end_m) / 2 >= start_m && (car.start_m + car.end_m) / 2 <= end_m;
  return {
    decisions: [{ act: "conceal", track, ...ends }],
    track,
    apply: (cars) => cars.map((car) => (inside(car) ? { ...car, state: "hidden", by, unsure: false } : car)),
  };
}

/** The whole track was looked at: what is still open on it is accepted. */
export function check(track: string, by: string): Step {
  return {
    decisions: [{ act: "check", track }],
    track,
    apply: (cars) => cars.map((car) => (open(car) ? { ...car, state: "accepted", by, unsure: false, confidence: 1 } : car)),
  };
}

/** Several tracks were looked at, on which nothing is open. */
export function checkAll(tracks: readonly string[]): Step {
  return { decisions: tracks.map((track) => ({ act: "check", track })), track: tracks[0] ?? "", apply: (cars) => cars };
}

export function takeBack(track: string): Step {
  return { decisions: null, track, apply: (cars) => cars };
}

function one(car: Car, decision: Decision, now: Partial<Car>): Step {
  const after: Car = { ...car, ...now, unsure: false, confidence: 1 };
  return { decisions: [decision], track: car.track, apply: (cars) => swap(cars, car.id, [after]) };
}

function changed(car: Car): Car["state"] {
  return car.state === "added" ? "added" : "changed";
}

function swap(cars: Car[], id: string, by: Car[]): Car[] {
  return cars.flatMap((car) => (car.id === id ? by : [car]));
}

function typicalLength(cars: readonly Car[]): number {
  if (!cars.length) return PLAIN_M;
  const lengths = cars.map((car) => car.end_m - car.start_m).sort((a, b) => a - b);
  return lengths[lengths.length >> 1]!;
}
