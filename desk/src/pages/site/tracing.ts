/** Lines the image itself proposes: along the rail between clicks, and along the tracks beside it. */

import type { LineString, Position } from "geojson";
import { ApiError, post } from "../../lib/api";
import type { TrackFeature } from "../../lib/types";
import { Plane, shifted } from "./geometry";
import { liesOn } from "./likeness";
import type { Proposal } from "./proposals.svelte";

export interface Traced {
  found: boolean;
  reason: string | null;
  line: LineString | null;
  length_m: number;
  se_m: number[];
  sure_share: number;
}

/** Usual distance between the middles of two tracks, metres. */
const PITCH_M = 4.8;
/** Of the line's length, how much must show rails before it is proposed unasked. */
const SURE_ENOUGH = 0.5;

export function trace(scene: string, points: Position[], signal?: AbortSignal, quiet = false): Promise<Traced> {
  return post<Traced>(`/scenes/${scene}/trace`, { points, crs: "lonlat" }, { signal, quiet });
}

export function tracedProposal(traced: Traced, line: LineString, why: string): Proposal {
  const errors = [...traced.se_m].sort((a, b) => a - b);
  const seM = errors[Math.floor(errors.length / 2)] ?? null;
  return { kind: "track", geometry: line, properties: {}, why, lengthM: traced.length_m, sureShare: traced.sure_share, seM };
}

/** Tracks beside a line, left and right, where the image shows rails and nothing is drawn yet. */
export async function tracesBeside(scene: string, line: Position[], drawn: readonly TrackFeature[], signal?: AbortSignal): Promise<Proposal[]> {
  const plane = new Plane(line[0]!);
  const path = line.map((position) => plane.to(position));
  const isDrawn = (course: Position[]) => drawn.some((track) => liesOn(course, track.geometry.coordinates));
  const sides = [PITCH_M, -PITCH_M].map(async (by): Promise<Proposal | null> => {
    const beside = shifted(path, by);
    if (isDrawn(beside.map((point) => plane.from(point)))) return null;
    const clicks = [beside[0]!, beside[Math.floor(beside.length / 2)]!, beside.at(-1)!].filter((point, i, all) => all.indexOf(point) === i);
    const traced = await trace(scene, clicks.map((point) => plane.from(point)), signal).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 422) return null; // beside the outermost track there is none: that is no failure
      throw error;
    });
    if (!traced?.found || !traced.line || traced.sure_share < SURE_ENOUGH) return null;
    if (isDrawn(traced.line.coordinates) || liesOn(traced.line.coordinates, line)) return null;
    return tracedProposal(traced, traced.line, "beside it");
  });
  return (await Promise.all(sides)).filter((one) => one !== null);
}
