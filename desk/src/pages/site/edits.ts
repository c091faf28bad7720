/** What can be done to the zones and tracks of a site, and what they are afterwards. */

import type { LineString, Polygon } from "geojson";
import type { TrackFeature, TrackProperties, ZoneFeature, ZoneProperties } from "../../lib/types";

export type Kind = "zone" | "track";
export type Drawn = ZoneFeature | TrackFeature;
export interface Named {
  kind: Kind;
  name: string;
}

export type Edit =
  | { op: "add"; kind: "zone"; geometry: Polygon; properties: Partial<ZoneProperties> }
  | { op: "add"; kind: "track"; geometry: LineString; properties: Partial<TrackProperties> }
  | { op: "change"; kind: Kind; name: string; geometry?: Polygon | LineString; properties?: Partial<ZoneProperties & TrackProperties> }
  | { op: "delete"; kind: Kind; name: string };

/** What people call it: "zone shed", but "track 3". */
export function called(kind: Kind, name: string): string {
  return name.toLowerCase().startsWith(kind) ? name : `${kind} ${name}`;
}

export interface Shapes {
  zones: ZoneFeature[];
  tracks: TrackFeature[];
}

/** The shapes after an edit. A zone that is renamed is renamed on its tracks too, one that is deleted leaves them. */
export function applied({ zones, tracks }: Shapes, edit: Edit): Shapes {
  if (edit.kind === "track") return { zones, tracks: after(tracks, edit) as TrackFeature[] };
  const now = edit.op === "change" ? edit.properties?.name : null;
  const moved = edit.op === "add" || now === undefined ? tracks : tracks.map((track) => inZone(track, edit.name, now));
  return { zones: after(zones, edit) as ZoneFeature[], tracks: moved };
}

function inZone(track: TrackFeature, before: string, zone: string | null): TrackFeature {
  return track.properties.zone === before ? { ...track, properties: { ...track.properties, zone } } : track;
}

function after(features: Drawn[], edit: Edit): Drawn[] {
  if (edit.op === "delete") return features.filter((feature) => feature.properties.name !== edit.name);
  if (edit.op === "add") return [...features, fresh(edit)];
  return features.map((feature) => {
    if (feature.properties.name !== edit.name) return feature;
    const properties = { ...feature.properties, ...edit.properties };
    return { ...feature, id: properties.name, geometry: edit.geometry ?? feature.geometry, properties } as Drawn;
  });
}

function fresh(edit: Extract<Edit, { op: "add" }>): Drawn {
  const bare = edit.kind === "zone" ? { role: "support", aliases: [], conceals_from: null, status: [] } : { gauge_mm: null, zone: null };
  const properties = { ...bare, ...edit.properties };
  return { type: "Feature", id: properties.name, geometry: edit.geometry, properties } as Drawn;
}
