/** Lines the image itself proposes: along the rail between clicks, and along the tracks beside it. */

import type { FeatureCollection, LineString, Polygon, Position } from "geojson";
import { post } from "../../lib/api";
import type { TrackFeature, TrackProperties, ZoneProperties } from "../../lib/types";
import { along, distanceToLine, Plane, shifted } from "./geometry";

/** Something that is not drawn until a person accepts it. */
export type Proposal =
  | { kind: "track"; geometry: LineString; properties: Partial<TrackProperties>; why: string }
  | { kind: "zone"; geometry: Polygon; properties: Partial<ZoneProperties>; why: string };

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
/** Closer than this to a track that is drawn, a line is that track. */
const SAME_TRACK_M = 2.4;
/** Of the line's length, how much must show rails before it is proposed unasked. */
const SURE_ENOUGH = 0.5;

export function trace(scene: string, points: Position[], signal?: AbortSignal, quiet = false): Promise<Traced> {
  return post<Traced>(`/scenes/${scene}/trace`, { points, crs: "lonlat" }, { signal, quiet });
}

/** Tracks beside a line, left and right, where the image shows rails and nothing is drawn yet. */
export async function tracesBeside(scene: string, line: Position[], drawn: readonly TrackFeature[], signal?: AbortSignal): Promise<Proposal[]> {
  const plane = new Plane(line[0]!);
  const path = line.map((position) => plane.to(position));
  const sides = [PITCH_M, -PITCH_M].map(async (by): Promise<Proposal | null> => {
    const beside = shifted(path, by);
    if (isDrawn(beside.map((point) => plane.from(point)), drawn)) return null;
    const clicks = [beside[0]!, beside[Math.floor(beside.length / 2)]!, beside.at(-1)!].filter((point, i, all) => all.indexOf(point) === i);
    const traced = await trace(scene, clicks.map((point) => plane.from(point)), signal).catch((error: unknown) => {
      if (error instanceof DOMException) throw error;
      return null; // beside the outermost track there is none: that is no failure
    });
    if (!traced?.found || !traced.line || traced.sure_share < SURE_ENOUGH) return null;
    if (isDrawn(traced.line.coordinates, drawn) || isSame(traced.line.coordinates, line)) return null;
    return { kind: "track", geometry: traced.line, properties: {}, why: `beside, rails seen on ${Math.round(traced.sure_share * 100)} %` };
  });
  return (await Promise.all(sides)).filter((one) => one !== null);
}

function isDrawn(line: Position[], drawn: readonly TrackFeature[]): boolean {
  return drawn.some((track) => isSame(line, track.geometry.coordinates));
}

/** Whether most of a line lies on another one. */
function isSame(line: Position[], other: Position[]): boolean {
  const plane = new Plane(line[0]!);
  const path = other.map((position) => plane.to(position));
  const points = along(line.map((position) => plane.to(position)), 20);
  return points.filter((point) => distanceToLine(point, path) < SAME_TRACK_M).length > points.length / 2;
}

/** The proposals in the result of a draft from OpenStreetMap. */
export function draftedProposals(site: FeatureCollection): Proposal[] {
  return site.features.flatMap((feature): Proposal[] => {
    const given = (feature.properties ?? {}) as Record<string, unknown>;
    const name = typeof given.name === "string" ? given.name : undefined;
    if (feature.geometry.type === "LineString") {
      const sure = typeof given.sure_share === "number" ? `, rails seen on ${Math.round(given.sure_share * 100)} %` : "";
      const gauge_mm = typeof given.gauge_mm === "number" ? given.gauge_mm : null;
      return [{ kind: "track", geometry: feature.geometry, properties: { name, gauge_mm }, why: (given.proposed ? "no line in OpenStreetMap" : "from OpenStreetMap") + sure }];
    }
    if (feature.geometry.type !== "Polygon") return [];
    return [{ kind: "zone", geometry: feature.geometry, properties: { name, role: typeof given.role === "string" ? given.role : "support" }, why: "from OpenStreetMap land use" }];
  });
}
