/** A scene while it is checked: cars as they stand, decisions on their way to the server, tallies. */

import { SvelteMap } from "svelte/reactivity";
import { all, currentSession, get, post } from "../../lib/api";
import { Stored } from "../../lib/stored.svelte";
import { failed } from "../../lib/toasts.svelte";
import type { Tally } from "../../lib/types";
import { stands, type Answer, type Car, type Decision, type Head, type Standing, type Track } from "./types";

/** What a person does at one key: kept or taken back as a whole. */
export interface Step {
  /** What is asked of the server; null takes the last step back. */
  decisions: Decision[] | null;
  track: string;
  /** What it does to the cars of the track, shown before the server has answered. */
  apply: (cars: Car[]) => Car[];
  /** Id given to a new car until the server has named it. */
  fresh?: string;
  done?: (answer: Answer) => void;
}

/** The name kept beside decisions at a desk for one; elsewhere it is that of the session. */
export const myName = new Stored<string>("checked-by", "");

export function whoAmI(): string {
  const session = currentSession();
  return session.how === "token" ? myName.value.trim() : (session.user ?? "");
}

export class Checking {
  head = $state.raw<Head | null>(null);
  tracks = $state.raw<Track[]>([]);
  standing = $state.raw<Standing | null>(null);
  /** Cars of each track by chainage, those that are gone among them. */
  cars = new SvelteMap<string, Car[]>();
  /** Whether the cars have been loaded. */
  ready = $state(false);
  problem = $state.raw<unknown>(null);
  /** Decisions that the server has not answered yet. */
  waiting = $state(0);

  #kept = new Map<string, Car[]>();
  #steps: Step[] = [];
  #named = new Map<string, string>();
  #sending = false;

  constructor(readonly scene: string) {
    void this.load();
  }

  async load(): Promise<void> {
    this.problem = null;
    try {
      const [head, cars] = await Promise.all([
        get<Head>(this.#path(), { query: { limit: 1000 } }),
        all<Car>(this.#path("/cars")),
      ]);
      for (let offset = head.next_offset; offset !== null; ) {
        const more: Head = await get<Head>(this.#path(), { query: { limit: 1000, offset } });
        head.items.push(...more.items);
        offset = more.next_offset;
      }
      this.#kept = byTrack(cars);
      this.head = head;
      this.tracks = head.items;
      this.standing = head;
      for (const track of head.items) this.#show(track.name);
      this.ready = true;
    } catch (error) {
      this.problem = error;
    }
  }

  of(track: string): Car[] {
    return this.cars.get(track) ?? [];
  }

  find(track: string, id: string | null): Car | undefined {
    const name = id && (this.#named.get(id) ?? id);
    return name ? this.of(track).find((car) => car.id === name && stands(car)) : undefined;
  }

  get total(): Tally | undefined {
    return this.standing?.tallies.find((tally) => tally.zone === null);
  }

  /** Show what a step does, and send it after those before it. */
  take(step: Step): void {
    this.#steps.push(step);
    this.waiting = this.#steps.length;
    this.#show(step.track);
    void this.#send();
  }

  async signOff(by: string): Promise<void> {
    this.#absorb(await post<Answer>(this.#path("/sign-off"), { by: by || null }));
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let step = this.#steps[0]; step; step = this.#steps[0]) {
      try {
        const answer = await this.#post(step);
        this.#steps.shift();
        this.#absorb(answer, step);
        step.done?.(answer);
      } catch (error) {
        this.#steps = [];
        failed(step.decisions ? "Keeping the decision" : "Taking back", error);
        await this.load();
      }
      this.waiting = this.#steps.length;
    }
    this.#sending = false;
  }

  #post(step: Step): Promise<Answer> {
    const by = whoAmI() || null;
    if (step.decisions === null) return post<Answer>(this.#path("/undo"), { by });
    const decisions = step.decisions.map((one) => ({ ...one, railcar: one.railcar && (this.#named.get(one.railcar) ?? one.railcar) }));
    return post<Answer>(this.#path("/decisions"), { decisions, by }, { quiet: true });
  }

  /** Take over what the server says of the tracks it touched. */
  #absorb(answer: Answer, step?: Step): void {
    const cars = byTrack(answer.cars);
    if (step?.fresh) {
      const known = new Set(this.#kept.get(step.track)?.map((car) => car.id));
      const made = cars.get(step.track)?.find((car) => !known.has(car.id));
      if (made) this.#named.set(step.fresh, made.id);
    }
    const changed = new Map(answer.changed.map((track) => [track.name, track]));
    for (const name of changed.keys()) this.#kept.set(name, cars.get(name) ?? []);
    this.tracks = this.tracks.map((track) => changed.get(track.name) ?? track);
    this.standing = answer;
    for (const name of new Set([...changed.keys(), ...(step ? [step.track] : [])])) this.#show(name);
  }

  /** Show a track as it is kept, with all that is on its way. */
  #show(track: string): void {
    const kept = this.#kept.get(track) ?? [];
    this.cars.set(track, this.#steps.reduce((cars, step) => (step.track === track ? step.apply(cars) : cars), kept));
  }

  #path(rest = ""): string {
    return `/scenes/${encodeURIComponent(this.scene)}/ribbons${rest}`;
  }
}

function byTrack(cars: Car[]): Map<string, Car[]> {
  const found = new Map<string, Car[]>();
  for (const car of cars) {
    const own = found.get(car.track);
    if (own) own.push(car);
    else found.set(car.track, [car]);
  }
  for (const own of found.values()) own.sort((a, b) => a.start_m - b.start_m);
  return found;
}
