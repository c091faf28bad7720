/** Drafts from OpenStreetMap: a file is sent, the work followed, also over a reload, and what it proposes shown. */

import type { FeatureCollection, LineString } from "geojson";
import { ApiError, post } from "../../lib/api";
import { isActive, jobNamed, jobs, problemOf, resultOf, startJob, tellOf } from "../../lib/jobs.svelte";
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
/** Nearer to a track than this, a line is no new course for it, metres. */
const SAME_COURSE_M = 0.1;

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
  #announced: (() => void) | undefined;

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

  /** The page is left: the end of the work is told as that of any other. */
  close(): void {
    this.#announced?.();
  }

  /** To be called when the job that is waited for changes: shows what came of it. `asked`: whether its dialog is open. True if it was done. */
  async see(job: Job, asked: boolean): Promise<boolean> {
    if (isActive(job) || this.#opening || job.id !== this.#followed) return false;
    this.#opening = true;
    try {
      if (job.state === "failed") throw problemOf(job);
      if (job.state === "done") await this.open(job);
      else {
        keep(NAME, null);
        done("The draft was cancelled");
      }
      return job.state === "done";
    } catch (error) {
      if (!this.shown) keep(NAME, null);
      this.problem = error instanceof Error ? error : new Error(String(error));
      if (!asked) failed("Drafting", error);
      return false;
    } finally {
      this.#followed = null;
      this.#opening = false;
      this.#announced?.();
    }
  }

  /** Show what a draft proposes and is not drawn like that already; with `left`, only what is named there. */
  async open(job: Job, left?: readonly string[]): Promise<void> {
    const drafted = await resultOf<Drafted>(job);
    const all = proposalsOf(drafted, this.tools);
    const found = all.filter((one) => !isThere(one) && (!left || left.includes(keyOf(one))));
    this.tools.start("select");
    this.tools.select(null);
    this.tools.proposals.list = [...found, ...this.tools.proposals.list.filter((one) => !one.drafted)];
    this.shown = drafted;
    this.#showing = job.id;
    this.problem = null;
    this.remember();
    if (!left) done(wordsOf(found, all.length - found.length));
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
    this.#announced = tellOf(id);
    const known: Kept = { job: id, left: null };
    keep(NAME, known);
  }
}

/** Whether it is drawn already just as it is proposed. */
const isThere = ({ over }: Proposal): boolean => over?.same === true && over.offM < SAME_COURSE_M;

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

function wordsOf(found: readonly Proposal[], there: number): string {
  const drawn = there ? `${there} ${there === 1 ? "is" : "are"} drawn already` : "";
  if (!found.length) return `Nothing new is proposed: all ${drawn}`;
  const count = (kind: Proposal["kind"]) => found.filter((one) => one.kind === kind).length;
  const said = (["track", "zone"] as const).filter(count).map((kind) => `${count(kind)} ${kind}${count(kind) === 1 ? "" : "s"}`);
  return `${said.join(" and ")} proposed${drawn ? `; ${drawn}` : ""}. Look at each on the image.`;
}
