/** What the image or a map proposes: nothing of it is drawn until a person accepts it. */

import type { LineString, Polygon } from "geojson";
import { done } from "../../lib/toasts.svelte";
import type { TrackProperties, ZoneProperties } from "../../lib/types";
import type { Named } from "./edits";

/** A zone or track to be drawn. */
export type Addition =
  | { kind: "track"; geometry: LineString; properties: Partial<TrackProperties> }
  | { kind: "zone"; geometry: Polygon; properties: Partial<ZoneProperties> };

interface Grounds {
  /** Where it comes from, in few words. */
  why: string;
  /** Whether it came from a map, in a draft of several. */
  drafted?: boolean;
  /** How sure it is; null or left out where that is not known. */
  lengthM?: number;
  sureShare?: number | null;
  seM?: number | null;
  /** How far the line of the map was moved across, and that line. */
  movedM?: number | null;
  drawn?: LineString;
  /** What is drawn there already: it would take that one's place (`same`), or lies on a part of it. */
  over?: { name: string; same: boolean; offM: number } | null;
}

export type Proposal = Addition & Grounds;

/** Below this share of its length on which rails are seen, a line is doubtful. */
export const DOUBTED = 0.5;

export const isNew = (one: Proposal): boolean => !one.over;
export const isRedrawn = (one: Proposal): boolean => one.over?.same === true;
export const isDoubtful = (one: Proposal): boolean => one.sureShare != null && one.sureShare < DOUBTED;
export const keyOf = (one: Proposal): string => `${one.kind} ${one.properties.name ?? ""}`;

interface Hands {
  /** Draw them as one step. */
  draw: (proposals: Proposal[]) => Named[];
  select: (named: Named | null) => void;
  /** Look for the tracks beside one that was traced and accepted. */
  beside: (line: LineString) => void;
}

export class Proposals {
  list = $state.raw<Proposal[]>([]);
  #hands: Hands;

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** The one that a key decides on. */
  get first(): Proposal | undefined {
    return this.list[0];
  }

  add(found: readonly Proposal[]): void {
    this.list = [...this.list, ...found];
  }

  /** To be decided on before all others. */
  addFirst(proposal: Proposal): void {
    this.list = [proposal, ...this.list];
  }

  /** Accept the first; a track that was traced then asks for the tracks beside it. */
  accept(): void {
    const [proposal, ...rest] = this.list;
    if (!proposal) return;
    this.list = rest;
    const [drawn] = this.#hands.draw([proposal]);
    this.#hands.select(rest.length ? null : (drawn ?? null)); // as long as there is more to decide on, that is in sight
    if (proposal.kind === "track" && !proposal.drafted && !rest.length) this.#hands.beside(proposal.geometry);
  }

  /** Accept all that fit, as one step. */
  acceptAll(fits: (one: Proposal) => boolean): void {
    const all = this.list.filter(fits);
    if (!all.length) return;
    this.list = this.list.filter((one) => !fits(one));
    this.#hands.select(null);
    this.#hands.draw(all);
    done(`${all.length} ${all.length === 1 ? "proposal" : "proposals"} drawn`);
  }

  reject(): void {
    this.list = this.list.slice(1);
  }

  /** Put all aside; they can be brought back for a while. */
  rejectAll(): void {
    const all = this.list;
    this.list = [];
    if (all.length > 1) done(`${all.length} proposals put aside`, { label: "Bring back", run: () => this.add(all) });
  }

  /** Look at the next one first; the current one comes last. */
  later(): void {
    const [first, ...rest] = this.list;
    if (first) this.list = [...rest, first];
  }

  /** Look at this one first; the order stays, as if one had gone on to it. */
  lookAt(proposal: Proposal): void {
    const at = this.list.indexOf(proposal);
    if (at > 0) this.list = [...this.list.slice(at), ...this.list.slice(0, at)];
  }
}
