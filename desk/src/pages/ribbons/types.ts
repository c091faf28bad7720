/** What the server says of a scene's ribbons (`web/ribbons.py`). Metres are chainage and offset on the drawn track. */

import type { Tally } from "../../lib/types";

export type State = "machine" | "accepted" | "changed" | "added" | "deleted" | "hidden";

export interface Said {
  type: string;
  start_m: number;
  end_m: number;
  confidence: number;
}

export interface Car {
  id: string;
  track: string;
  start_m: number;
  end_m: number;
  offset_m: number;
  width_m: number;
  type: string;
  subtype: string | null;
  probabilities: Record<string, number>;
  confidence: number;
  zone: string | null;
  by: string | null;
  state: State;
  unsure: boolean;
  decided_at: string | null;
  machine: Said | null;
}

export interface Track {
  name: string;
  zone: string | null;
  length_m: number;
  visible_m: number;
  outside_m: number;
  centre_m: number;
  cars: number;
  reviewed: number;
  unsure: number;
  occupied: [number, number][];
  hidden: [number, number][];
  checked_by: string | null;
  signed_by: string | null;
  version: string;
  before_version: string | null;
}

export interface SceneFacts {
  id: string;
  filename: string;
  acquired: string | null;
  gsd_m: number;
  simulated: boolean;
  credit: string | null;
}

/** What moves with each decision. */
export interface Standing {
  revision: string;
  tallies: Tally[];
  tracks_checked: number;
  tracks_signed: number;
  tracks: number;
  signed_by: string[];
}

export interface Picture {
  step_m: number;
  tile_m: number;
  half_width_m: number;
}

export interface Head extends Standing {
  scene: SceneFacts;
  before: SceneFacts | null;
  picture: Picture;
  items: Track[];
  total: number;
  next_offset: number | null;
}

export interface Answer extends Standing {
  corrections: string[];
  acts: string[];
  changed: Track[];
  cars: Car[];
}

export interface Decision {
  act: "accept" | "delete" | "add" | "change" | "conceal" | "check";
  railcar?: string;
  track?: string;
  start_m?: number;
  end_m?: number;
  offset_m?: number;
  width_m?: number;
  type?: string;
}

/** Whether a car stands, after all decisions. */
export function stands(car: Car): boolean {
  return car.state !== "deleted" && car.state !== "hidden";
}

/** Whether nobody has decided on a car yet. */
export function open(car: Car): boolean {
  return car.state === "machine";
}
