/** Where the names of zones are written: once for each, well inside it. */

import type { FeatureCollection, Point } from "geojson";
import type { ZoneFeature } from "../../lib/types";
import { boundsOf } from "./extent";

export function labelsOf(zones: readonly ZoneFeature[]): FeatureCollection<Point> {
  const features = zones.map((zone) => {
    const [west, south, east, north] = boundsOf(zone.geometry) ?? [0, 0, 0, 0];
    const coordinates = zone.properties.label ?? [(west + east) / 2, (south + north) / 2];
    return { type: "Feature" as const, properties: { name: zone.properties.name }, geometry: { type: "Point" as const, coordinates } };
  });
  return { type: "FeatureCollection", features };
}
