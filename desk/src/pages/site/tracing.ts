/** Lines the image itself proposes: along the rail between clicks, and along the tracks beside it. */

import type { LineString, Position } from "geojson";
import { ApiError, post } from "../../lib/api";
import type { TrackFeature } from "../../lib/types";
import { lengthOf, Plane, pointAt, shifted, type XY } from "./geometry";
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
/** How far from its ends a line is looked for: the first way that stays within the image, metres. */
const INSETS_M = [5, 25];
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

/** Trace along a line, but for its ends: beside a track that runs to the edge of the image they lie out of it. */
async function traceWithin(scene: string, line: XY[], plane: Plane, signal?: AbortSignal): Promise<Traced | null> {
  const length = lengthOf(line);
  for (const inset of INSETS_M.map((metres) => Math.min(metres, length / 10))) {
    const clicks = [inset, length / 2, length - inset].map((at) => plane.from(pointAt(line, at)));
    try {
      return await trace(scene, clicks, signal);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 422)) throw error;
    }
  }
  return null; // there is nothing beside the outermost track: that is no failure
}

/** Tracks beside a line, left and right, where the image shows rails and nothing is drawn yet. */
export async function tracesBeside(scene: string, line: Position[], drawn: readonly TrackFeature[], signal?: AbortSignal): Promise<Proposal[]> {
  const plane = new Plane(line[0]!);
  const path = line.map((position) => plane.to(position));
  const isDrawn = (course: Position[]) => drawn.some((track) => liesOn(course, track.geometry.coordinates));
  const sides = [PITCH_M, -PITCH_M].map(async (by): Promise<Proposal | null> => {
    const beside = shifted(path, by);
    if (isDrawn(beside.map((point) => plane.from(point)))) return null;
    const traced = await traceWithin(scene, beside, plane, signal);
    if (!traced?.found || !traced.line || traced.sure_share < SURE_ENOUGH) return null;
    if (isDrawn(traced.line.coordinates) || liesOn(traced.line.coordinates, line)) return null;
    return tracedProposal(traced, traced.line, "beside it");
  });
  return (await Promise.all(sides)).filter((one) => one !== null);
}
