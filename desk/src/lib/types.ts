/** What the server says, as its API gives it. */

import type { Feature, FeatureCollection, LineString, Point, Polygon, Position } from "geojson";

export type Bounds = [west: number, south: number, east: number, north: number];

export interface WorkspaceFacts {
  name: string;
  version: string;
  site: { name: string; crs: string; aliases: string[]; version: number };
  numbers: Record<string, number>;
  bounds: Bounds | null;
  busy: boolean;
  revision: string;
  /** An outside map beneath, only where the person who serves the workspace set one. */
  basemap?: { url: string; attribution: string | null } | null;
}

export interface ZoneProperties {
  name: string;
  role: string;
  aliases: string[];
  conceals_from: string | null;
  status: { state: string; date: string | null }[];
  label?: Position;
}

export interface TrackProperties {
  name: string;
  gauge_mm: number | null;
  zone: string | null;
  length_m?: number;
}

export interface PlaceProperties {
  name: string;
  precision_m: number | null;
  source: string | null;
  aliases: string[];
}

export type ZoneFeature = Feature<Polygon, ZoneProperties>;
export type TrackFeature = Feature<LineString, TrackProperties>;

export interface SiteDrawing {
  name: string;
  crs: string;
  aliases: string[];
  version: number;
  zones: FeatureCollection<Polygon, ZoneProperties>;
  tracks: FeatureCollection<LineString, TrackProperties>;
  places: FeatureCollection<Point | never, PlaceProperties>;
  roles: string[];
}

export interface Total {
  value: number | null;
  low: number;
  high: number;
  level: number;
  qualifier: string;
  by?: string;
}

export interface SceneItem {
  id: string;
  filename: string;
  sha256: string;
  acquired: string | null;
  acquired_from: string | null;
  acquired_to: string | null;
  gsd_m: number;
  crs: string;
  width_px: number;
  height_px: number;
  bands: number;
  sensor: string | null;
  credit: string | null;
  licence: string | null;
  may_republish: "yes" | "no" | "unknown";
  simulated: boolean;
  footprint: Polygon;
  bounds: Bounds;
  counted: boolean;
  checked: boolean;
  total: Total | null;
  coverage: { length_m: number; visible_m: number; hidden_m: number; outside_m: number; visible_share: number } | null;
  quality: {
    countable: boolean | null;
    gsd_m: number;
    off_nadir_deg: number | null;
    sun_elevation_deg: number | null;
    hidden_share: number | null;
    notices: string[];
  };
  alignment: { accepted: boolean; reason: string | null; shift_m: number | null; rmse_px: number | null; tie_points: number } | null;
  tiles: { url: string; minzoom: number; maxzoom: number; tileSize: number; bounds: Bounds };
  chip: string | null;
}

export interface Tally extends Total {
  zone: string | null;
  by_type: Record<string, { value: number; low: number; high: number }>;
  visible_m: number;
  hidden_m: number;
  outside_m: number;
  occupied_m: number;
}

export interface CarProperties {
  id: string;
  zone: string | null;
  track: string;
  type: string;
  subtype: string | null;
  confidence: number;
  by: string | null;
  start_m: number;
  end_m: number;
}

export type JobState = "waiting" | "running" | "done" | "failed" | "cancelled" | "interrupted";

export interface Job {
  id: string;
  kind: string;
  title: string;
  params: Record<string, unknown>;
  by: string | null;
  state: JobState;
  progress: { what: string; done: number; of: number } | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  problem: { code: string; detail: string; remedy: string | null } | null;
  /** Null also where it is long and the job stands in a list: see `resultOf`. */
  result: unknown;
  result_left_out?: boolean;
  resumable: boolean;
}

export interface ComparisonItem {
  before: string;
  after: string;
  accepted: boolean;
  reason: string | null;
  changes: number;
  zones: { zone: string; verdict: "changed" | "no_change" | "not_visible" }[];
}
