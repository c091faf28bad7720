/** Where on the ground a place of a track lies. */

import { get } from "../../lib/api";
import type { SiteDrawing, TrackFeature } from "../../lib/types";

const drawings = new Map<string, Promise<SiteDrawing>>();

/** Longitude and latitude of a chainage; null if the track is not drawn any more. */
export async function lonLat(track: string, at_m: number, length_m: number, version: string): Promise<[number, number] | null> {
  if (!drawings.has(version)) drawings.set(version, get<SiteDrawing>("/site"));
  const site = await drawings.get(version)!.catch((error: unknown) => (drawings.delete(version), Promise.reject(error)));
  const drawn = site.tracks.features.find((one) => one.properties.name === track);
  return drawn ? along(drawn, at_m / length_m) : null;
}

function along(track: TrackFeature, share: number): [number, number] {
  const points = track.geometry.coordinates as [number, number][];
  const squeeze = Math.cos((points[0]![1] * Math.PI) / 180);
  const steps = points.slice(1).map((point, at) => Math.hypot((point[0] - points[at]![0]) * squeeze, point[1] - points[at]![1]));
  let rest = Math.max(0, Math.min(1, share)) * steps.reduce((sum, step) => sum + step, 0);
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]!;
    if (rest <= step || at === steps.length - 1) {
      const part = step ? rest / step : 0;
      const [from, to] = [points[at]!, points[at + 1]!];
      return [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])];
    }
    rest -= step;
  }
  return points[0]!;
}
