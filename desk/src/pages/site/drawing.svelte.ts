/** The drawn site as it is edited here: shown at once, saved in order, undone step by step, also after a reload. */

import { ApiError, get, post } from "../../lib/api";
import { done, failed } from "../../lib/toasts.svelte";
import type { SiteDrawing, TrackFeature, ZoneFeature } from "../../lib/types";
import { applied, type Drawn, type Edit, type Kind, type Named } from "./edits";
import { keepSteps, keptSteps, type Step } from "./steps";

export type { Drawn, Edit, Kind, Named } from "./edits";
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
  /** Goes up when the server refuses something: what was to be saved after it is given up too. */
  #refusals = 0;
  #closed = false;

  /** What undo would take back, or null. */
  get undoable(): string | null {
    return this.#at > 0 ? (this.#steps[this.#at]?.label ?? null) : null;
  }

  get redoable(): string | null {
    return this.#steps[this.#at + 1]?.label ?? null;
  }

  /** Load the site; steps that were taken in this tab before a reload can still be undone. */
  async load(): Promise<void> {
    this.saving = "loading";
    const site = await get<SiteDrawing>("/site");
    this.#begin(site, keptSteps(site));
    this.saving = "saved";
  }

  /** See whether the site was changed elsewhere while nobody looked, and show it as it is. */
  async look(): Promise<void> {
    if (this.saving !== "saved") return;
    const site = await get<SiteDrawing>("/site", { quiet: true });
    if (this.#closed || this.saving !== "saved" || site.version === this.version) return;
    this.#begin(site, null);
    done(`The site was changed elsewhere; this is version ${site.version}`);
  }

  close(): void {
    this.#closed = true;
  }

  find(kind: Kind, name: string): Drawn | undefined {
    const list: Drawn[] = kind === "zone" ? this.zones : this.tracks;
    return list.find((feature) => feature.properties.name === name);
  }

  /** The name that is wanted if it is free, else with the first number that is; without one, "Track 7". `taken` is not free either. */
  freeName(kind: Kind, wanted?: string, taken: readonly Named[] = []): string {
    const isFree = (name: string) => !this.find(kind, name) && !taken.some((one) => one.kind === kind && one.name === name);
    if (wanted !== undefined && isFree(wanted)) return wanted;
    for (let number = wanted === undefined ? 1 : 2; ; number++) {
      const name = wanted === undefined ? `${kind === "zone" ? "Zone" : "Track"} ${number}` : `${wanted} (${number})`;
      if (isFree(name)) return name;
    }
  }

  /** Carry out edits here at once and on the server as soon as it has saved what came before. */
  commit(label: string, edits: Edit[]): void {
    const before = { zones: this.zones, tracks: this.tracks };
    const after = edits.reduce(applied, before);
    const step: Step = { label, ...after, version: null, touched: edits.length === 1 ? touchedBy(edits[0]!) : null };
    this.zones = after.zones;
    this.tracks = after.tracks;
    this.#steps = [...this.#steps.slice(0, this.#at + 1), step];
    this.#at += 1;
    const send = () => post<SiteDrawing>("/site/edits", { version: this.version, crs: "lonlat", note: label, edits });
    this.#save(label, step, send, () => this.commit(label, edits));
  }

  /** Take back the last step; gives what is then worth selecting, or null. */
  undo(): Named | null {
    if (this.#at === 0) return null;
    const { label, touched } = this.#steps[this.#at]!;
    this.#goTo(this.#at - 1, `Undone: ${label}`);
    return touched?.before ?? null;
  }

  redo(): Named | null {
    const next = this.#steps[this.#at + 1];
    if (!next) return null;
    this.#goTo(this.#at + 1, `Done again: ${next.label}`);
    return next.touched?.after ?? null;
  }

  /** Bring back an earlier version of the list the server keeps; that is a step which can be undone too. */
  async restore(to: number): Promise<void> {
    await this.#queue;
    const site = await post<SiteDrawing>("/site/restore", { version: this.version, to });
    this.#take(site);
    const step: Step = { label: `back to version ${to}`, zones: this.zones, tracks: this.tracks, version: site.version, touched: null };
    this.#steps = [...this.#steps.slice(0, this.#at + 1), step];
    this.#at += 1;
    keepSteps(site, this.#steps, this.#at);
  }

  #begin(site: SiteDrawing, before: { steps: Step[]; at: number } | null): void {
    this.#take(site);
    const first: Step = { label: "", zones: this.zones, tracks: this.tracks, version: site.version, touched: null };
    this.#steps = before?.steps ?? [first];
    this.#at = before?.at ?? 0;
  }

  #goTo(at: number, said: string): void {
    const step = this.#steps[at]!;
    this.#at = at;
    if (step.zones && step.tracks) [this.zones, this.tracks] = [step.zones, step.tracks];
    done(said);
    this.#save(said, null, () => {
      if (step.version === null) throw new ApiError("that state was never saved", 0, "unsaved", undefined);
      return post<SiteDrawing>("/site/restore", { version: this.version, to: step.version });
    });
  }

  /** Send in order; `step` is what the new version is the state after. */
  #save(label: string, step: Step | null, send: () => Promise<SiteDrawing>, again?: () => void): void {
    this.saving = "saving";
    this.#waiting += 1;
    const refusals = this.#refusals;
    this.#queue = this.#queue.then(async () => {
      const site = refusals === this.#refusals ? await this.#insist(label, send, again) : null;
      this.#waiting -= 1;
      if (!site) return;
      this.version = site.version;
      if (step) step.version = site.version;
      if (this.#waiting > 0) return;
      this.#take(site);
      keepSteps(site, this.#steps, this.#at);
      this.saving = "saved";
    });
  }

  /** Send until the server answers; an answer that refuses puts back what the server has. */
  async #insist(label: string, send: () => Promise<SiteDrawing>, again?: () => void): Promise<SiteDrawing | null> {
    while (!this.#closed) {
      try {
        return await send();
      } catch (error) {
        if (error instanceof ApiError && (error.status === 0 || error.status === 503) && error.code !== "unsaved") {
          this.saving = "retrying";
          await new Promise((resolve) => setTimeout(resolve, 1500));
          continue;
        }
        await this.#refused(label, error, again);
        return null;
      }
    }
    return null;
  }

  async #refused(label: string, error: unknown, again?: () => void): Promise<void> {
    const others = this.#waiting - 1;
    this.#refusals += 1;
    const what = others > 0 ? `${label}, and ${others} more` : label;
    await this.load().catch(() => (this.saving = "failed"));
    const meanwhile = error instanceof ApiError && error.code === "site_changed";
    if (!meanwhile) return failed(`Not saved (${what})`, error);
    const said = new ApiError("the site was changed elsewhere meanwhile; it is shown as it is now", 409, error.code, "Look at it, then do it again or leave it. Versions tells who changed what.");
    failed(`Not saved (${what})`, said, again && others === 0 ? { label: "Do it again", run: again } : undefined);
  }

  #take(site: SiteDrawing): void {
    this.zones = site.zones.features;
    this.tracks = site.tracks.features;
    this.version = site.version;
    this.roles = site.roles;
  }
}

function touchedBy(edit: Edit): Step["touched"] {
  const named = (name: string | undefined): Named | null => (name === undefined ? null : { kind: edit.kind, name });
  if (edit.op === "add") return { before: null, after: named(edit.properties.name) };
  if (edit.op === "delete") return { before: named(edit.name), after: null };
  return { before: named(edit.name), after: named(edit.properties?.name ?? edit.name) };
}
