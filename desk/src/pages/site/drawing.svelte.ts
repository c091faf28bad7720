/** The drawn site as it is edited here: shown at once, saved in order, undone step by step. */

import type { LineString, Polygon } from "geojson";
import { ApiError, get, post } from "../../lib/api";
import { done, failed } from "../../lib/toasts.svelte";
import type { SiteDrawing, TrackFeature, TrackProperties, ZoneFeature, ZoneProperties } from "../../lib/types";

export type Kind = "zone" | "track";
export type Drawn = ZoneFeature | TrackFeature;

export type Edit =
  | { op: "add"; kind: "zone"; geometry: Polygon; properties: Partial<ZoneProperties> }
  | { op: "add"; kind: "track"; geometry: LineString; properties: Partial<TrackProperties> }
  | { op: "change"; kind: Kind; name: string; geometry?: Polygon | LineString; properties?: Partial<ZoneProperties & TrackProperties> }
  | { op: "delete"; kind: Kind; name: string };

interface Step {
  label: string;
  zones: ZoneFeature[];
  tracks: TrackFeature[];
  /** The version the server keeps it as; null until it is saved. */
  version: number | null;
}

export type Saving = "loading" | "saved" | "saving" | "retrying" | "failed";

export class Drawing {
  zones = $state.raw<ZoneFeature[]>([]);
  tracks = $state.raw<TrackFeature[]>([]);
  saving = $state<Saving>("loading");
  version = $state(0);
  roles = $state.raw<string[]>([]);
  #steps = $state.raw<Step[]>([]);
  #at = $state(0);
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  /** What undo would take back, or null. */
  get undoable(): string | null {
    return this.#at > 0 ? (this.#steps[this.#at]?.label ?? null) : null;
  }

  get redoable(): string | null {
    return this.#steps[this.#at + 1]?.label ?? null;
  }

  async load(): Promise<void> {
    this.saving = "loading";
    const site = await get<SiteDrawing>("/site");
    this.#take(site);
    this.#steps = [{ label: "", zones: this.zones, tracks: this.tracks, version: site.version }];
    this.#at = 0;
    this.saving = "saved";
  }

  close(): void {
    this.#closed = true;
  }

  find(kind: Kind, name: string): Drawn | undefined {
    const list: Drawn[] = kind === "zone" ? this.zones : this.tracks;
    return list.find((feature) => feature.properties.name === name);
  }

  /** `stem` with the first number that is free, e.g. "Track 7". */
  freeName(kind: Kind, stem = kind === "zone" ? "Zone" : "Track"): string {
    for (let number = 1; ; number++) if (!this.find(kind, `${stem} ${number}`)) return `${stem} ${number}`;
  }

  /** Carry out edits here at once and on the server as soon as it has saved what came before. */
  commit(label: string, edits: Edit[]): void {
    for (const edit of edits) this.#apply(edit);
    const step: Step = { label, zones: this.zones, tracks: this.tracks, version: null };
    this.#steps = [...this.#steps.slice(0, this.#at + 1), step];
    this.#at += 1;
    this.#save(label, async () => {
      const site = await post<SiteDrawing>("/site/edits", { version: this.version, crs: "lonlat", note: label, edits });
      this.version = step.version = site.version;
      return site;
    });
  }

  undo(): void {
    if (this.#at > 0) this.#goTo(this.#at - 1, `Undone: ${this.#steps[this.#at]!.label}`);
  }

  redo(): void {
    const next = this.#steps[this.#at + 1];
    if (next) this.#goTo(this.#at + 1, `Done again: ${next.label}`);
  }

  /** Bring back an earlier version of the list the server keeps; that is a step which can be undone too. */
  async restore(to: number): Promise<void> {
    await this.#queue;
    const site = await post<SiteDrawing>("/site/restore", { version: this.version, to });
    this.#take(site);
    this.#steps = [...this.#steps.slice(0, this.#at + 1), { label: `back to version ${to}`, zones: this.zones, tracks: this.tracks, version: site.version }];
    this.#at += 1;
  }

  #goTo(at: number, said: string): void {
    const step = this.#steps[at]!;
    this.#at = at;
    this.zones = step.zones;
    this.tracks = step.tracks;
    done(said);
    this.#save(said, async () => {
      if (step.version === null) throw new ApiError("that state was never saved", 0, "unsaved", undefined);
      const site = await post<SiteDrawing>("/site/restore", { version: this.version, to: step.version });
      this.version = site.version;
      return site;
    });
  }

  #save(label: string, send: () => Promise<SiteDrawing>): void {
    this.saving = "saving";
    this.#waiting += 1;
    this.#queue = this.#queue.then(async () => {
      const site = await this.#insist(label, send);
      this.#waiting -= 1;
      if (site && this.#waiting === 0) {
        this.#take(site);
        this.saving = "saved";
      }
    });
  }

  /** Send until the server answers; an answer that refuses puts back what the server has. */
  async #insist(label: string, send: () => Promise<SiteDrawing>): Promise<SiteDrawing | null> {
    while (!this.#closed) {
      try {
        return await send();
      } catch (error) {
        if (error instanceof ApiError && (error.status === 0 || error.status === 503) && error.code !== "unsaved") {
          this.saving = "retrying";
          await new Promise((resolve) => setTimeout(resolve, 1500));
          continue;
        }
        failed(`Not saved (${label})`, error);
        await this.load().catch(() => (this.saving = "failed"));
        return null;
      }
    }
    return null;
  }

  #take(site: SiteDrawing): void {
    this.zones = site.zones.features;
    this.tracks = site.tracks.features;
    this.version = site.version;
    this.roles = site.roles;
  }

  #apply(edit: Edit): void {
    if (edit.kind === "zone") this.zones = applied(this.zones, edit) as ZoneFeature[];
    else this.tracks = applied(this.tracks, edit) as TrackFeature[];
    if (edit.kind === "zone" && edit.op === "change" && edit.properties?.name) {
      const zone = edit.properties.name;
      this.tracks = this.tracks.map((track) => (track.properties.zone === edit.name ? { ...track, properties: { ...track.properties, zone } } : track));
    }
  }
}

function applied(features: Drawn[], edit: Edit): Drawn[] {
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
