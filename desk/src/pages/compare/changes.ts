/** What was found between two scenes, as the server tells it. */

import type { Feature, FeatureCollection, Polygon } from "geojson";
import { NOTHING } from "../../lib/map/layers";

export interface Change {
  id: string;
  kind: string;
  polygon: Polygon;
  zone: string | null;
  area_m2: number;
  area_m2_se: number;
  length_m: number;
  width_m: number;
  confidence: number;
  earliest: string | null;
  latest: string | null;
}

export interface ChangeDocument {
  registration: { accepted: boolean; reason: string | null; shift_m: number | null; rmse_px: number | null; tie_points: number };
  changes: Change[];
  zones: { zone: string; verdict: "changed" | "no_change" | "not_visible"; smallest_detectable_m2: number | null }[];
  hidden: { cause: string; polygon: Polygon }[];
}

export function outlinesOf(found: ChangeDocument | null): FeatureCollection {
  if (!found) return NOTHING;
  const features = found.changes.map((change): Feature => ({ type: "Feature", properties: { id: change.id, kind: change.kind }, geometry: change.polygon }));
  return { type: "FeatureCollection", features };
}

export const VERDICTS = { changed: "changed", no_change: "no change", not_visible: "not visible" } as const;
