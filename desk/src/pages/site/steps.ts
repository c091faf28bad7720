/** The steps that can be undone, and how this tab keeps them over a reload. */

import { keep, kept } from "../../lib/kept";
import type { SiteDrawing, TrackFeature, ZoneFeature } from "../../lib/types";
import type { Named } from "./edits";

export interface Step {
  label: string;
  /** The drawing after it; null where only the server knows it, after a reload. */
  zones: ZoneFeature[] | null;
  tracks: TrackFeature[] | null;
  /** The version the server keeps it as; null until it is saved. */
  version: number | null;
  /** What one may want to have selected before and after it. */
  touched: { before: Named | null; after: Named | null } | null;
}

interface Kept {
  /** Which drawing of which site the steps led to. */
  print: string;
  at: number;
  steps: Pick<Step, "label" | "version" | "touched">[];
}

const NAME = "steps";
const MOST = 100;

/** Keep the steps that led to this drawing. */
export function keepSteps(site: SiteDrawing, steps: readonly Step[], at: number): void {
  const from = Math.max(0, at - MOST);
  const bare = steps.slice(from).map(({ label, version, touched }) => ({ label, version, touched }));
  const known: Kept = { print: printOf(site), at: at - from, steps: bare };
  keep(NAME, known);
}

/** The steps that led to this drawing in this tab; null if it is another one, of another site or changed elsewhere. */
export function keptSteps(site: SiteDrawing): { steps: Step[]; at: number } | null {
  const known = kept<Kept>(NAME);
  if (known?.print !== printOf(site)) return null;
  return { at: known.at, steps: known.steps.map((step) => ({ ...step, zones: null, tracks: null })) };
}

/** FNV-1a over all that is drawn, with the version. */
function printOf(site: SiteDrawing): string {
  const text = JSON.stringify([site.name, site.zones.features, site.tracks.features]);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return `${site.version}-${text.length}-${hash.toString(16)}`;
}
