/** Drafts from OpenStreetMap: a file is sent, the work followed, also over a reload, and what it proposes shown. */

import type { FeatureCollection, LineString } from "geojson";
import { ApiError, post } from "../../lib/api";
import { isActive, jobNamed, jobs, problemOf, resultOf, startJob } from "../../lib/jobs.svelte";
import { keep, kept } from "../../lib/kept";
import { done, failed } from "../../lib/toasts.svelte";
import type { Job, SceneItem } from "../../lib/types";
import { trackUnder, zoneUnder } from "./likeness";
import { isNew, isRedrawn, keyOf, type Proposal } from "./proposals.svelte";
import type { Tools } from "./tools.svelte";

/** What came of a draft, as far as it matters here. */
interface Drafted {
  geojson: FeatureCollection;
  /** The lines as the map has them, by the name of the track. */
  drawn?: Record<string, LineString>;
  warnings: { code: string; message: string; remedy: string | null }[];
  source: { file: string; credit: string; licence: string };
}

interface Kept {
  job: string;
  /** What was not decided on yet; null as long as nothing was shown. */
  left: string[] | null;
}

const NAME = "draft";

export class Drafts {
  /** Whether the file is on its way. */
  sending = $state(false);
  /** Why there is no draft; shown until the next one is asked for. */
  problem = $state.raw<Error | null>(null);
  /** What is to be known of the draft whose proposals are shown. */
  shown = $state.raw<Drafted | null>(null);
  #followed = $state<string | null>(null);
  #showing: string | null = null;
  #opening = false;

  constructor(readonly tools: Tools) {}

  /** The one that is waited for. */
  get job(): Job | undefined {
    return jobs.list.find((one) => one.id === this.#followed);
  }

  get busy(): boolean {
    return this.sending || this.#followed !== null;
  }

  /** Those that were done before, newest first. */
  get earlier(): Job[] {
    return jobs.list.filter((job) => job.kind === "draft" && job.state === "done" && job.id !== this.#followed).slice(0, 5);
  }

  async start(file: File, scene: SceneItem): Promise<void> {
    this.sending = true;
    this.problem = null;
    try {
      const form = new FormData();
      form.append("file", file);
      const upload = await post<{ id: string; name: string }>("/uploads", form);
      this.#follow((await startJob("draft", { scene: scene.id, upload: upload.id, file: upload.name })).id);
    } catch (error) {
      this.problem = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.sending = false;
    }
  }

  /** Go on where this tab was before it was loaded anew. */
  async resume(): Promise<void> {
    const known = kept<Kept>(NAME);
    if (!known) return;
    try {
      const job = await jobNamed(known.job);
      if (job.state === "done" && known.left) await this.open(job, known.left);
      else this.#follow(known.job);
    } catch (error) {
      keep(NAME, null);
      if (!(error instanceof ApiError && error.status === 404)) failed("Opening the draft", error);
    }
  }

  /** To be called when the job that is waited for changes: shows what came of it. True if proposals are shown now. */
  async see(job: Job): Promise<boolean> {
    if (isActive(job) || this.#opening || job.id !== this.#followed) return false;
    this.#opening = true;
    try {
      if (job.state === "done") return await this.open(job);
      keep(NAME, null);
      this.problem = job.state === "failed" ? problemOf(job) : null;
      return false;
    } catch (error) {
      this.problem = error instanceof Error ? error : new Error(String(error));
      return false;
    } finally {
      this.#followed = null;
      this.#opening = false;
    }
  }

  /** Show what a draft proposes; with `left`, only that. */
  async open(job: Job, left?: readonly string[]): Promise<boolean> {
    const drafted = await resultOf<Drafted>(job);
    const all = proposalsOf(drafted, this.tools);
    const found = left ? all.filter((one) => left.includes(keyOf(one))) : all;
    this.tools.start("select");
    this.tools.proposals.list = [...found, ...this.tools.proposals.list.filter((one) => !one.drafted)];
    this.shown = drafted;
    this.#showing = job.id;
    this.remember();
    if (!found.length && !left) throw new Error("the file has nothing to draw on this scene");
    if (!left) done(wordsOf(found));
    return found.length > 0;
  }

  /** Keep what was not decided on yet, to be shown again after a reload. */
  remember(): void {
    if (!this.#showing) return;
    const left = this.tools.proposals.list.filter((one) => one.drafted).map(keyOf);
    const known: Kept | null = left.length ? { job: this.#showing, left } : null;
    keep(NAME, known);
    if (!known) this.shown = null;
  }

  #follow(id: string): void {
    this.#followed = id;
    const known: Kept = { job: id, left: null };
    keep(NAME, known);
  }
}

/** What a draft proposes, new tracks and zones first, then those that are drawn already. */
function proposalsOf(drafted: Drafted, tools: Tools): Proposal[] {
  const found = drafted.geojson.features.flatMap((feature): Proposal[] => {
    const given = (feature.properties ?? {}) as Record<string, unknown>;
    const text = (key: string) => (typeof given[key] === "string" ? given[key] : undefined);
    const number = (key: string) => (typeof given[key] === "number" ? given[key] : null);
    const name = text("name");
    const geometry = feature.geometry;
    if (geometry.type === "Polygon") {
      const over = zoneUnder(geometry, name, tools.drawing.zones);
      return [{ kind: "zone", geometry, properties: { name, role: text("role") ?? "support" }, why: "land use in OpenStreetMap", drafted: true, over }];
    }
    if (geometry.type !== "LineString") return [];
    const why = given.proposed ? "not in OpenStreetMap" : "from OpenStreetMap";
    const sure = { lengthM: number("length_m") ?? undefined, sureShare: number("sure_share"), seM: number("se_m"), movedM: number("moved_m") };
    const over = trackUnder(geometry.coordinates, tools.drawing.tracks);
    return [{ kind: "track", geometry, properties: { name, gauge_mm: number("gauge_mm") }, why, drafted: true, ...sure, drawn: name ? drafted.drawn?.[name] : undefined, over }];
  });
  const rank = (one: Proposal) => (isNew(one) ? 0 : isRedrawn(one) ? 1 : 2);
  return found.sort((a, b) => rank(a) - rank(b));
}

function wordsOf(found: readonly Proposal[]): string {
  const count = (kind: Proposal["kind"]) => found.filter((one) => one.kind === kind).length;
  const said = (["track", "zone"] as const).filter(count).map((kind) => `${count(kind)} ${kind}${count(kind) === 1 ? "" : "s"}`);
  return `${said.join(" and ")} proposed: look at each on the image`;
}
