/** The work in the background, followed live: a stream while there is one, asking every second otherwise. */

import { ApiError, get, post } from "./api";
import { done, failed } from "./toasts.svelte";
import type { Job, JobState } from "./types";
import type { Page } from "./api";
import { workspace } from "./workspace.svelte";

const ACTIVE: readonly JobState[] = ["waiting", "running", "interrupted"];

let list = $state.raw<Job[]>([]);
/** Those whose end a page tells by itself. */
const told = new Set<string>();

export const jobs = {
  /** Newest first. */
  get list(): Job[] {
    return list;
  },
  get active(): Job[] {
    return list.filter(isActive);
  },
};

export function isActive(job: Job): boolean {
  return ACTIVE.includes(job.state);
}

export async function startJob(kind: string, params: Record<string, unknown> = {}): Promise<Job> {
  const job = await post<Job>("/jobs", { kind, params });
  take(job);
  return job;
}

export async function cancelJob(job: Job): Promise<void> {
  take(await post<Job>(`/jobs/${job.id}/cancel`));
}

export async function resumeJob(job: Job): Promise<void> {
  take(await post<Job>(`/jobs/${job.id}/resume`));
}

/** Leave it to the caller to tell how a job ends, until the returned function is called. */
export function tellOf(id: string): () => void {
  told.add(id);
  return () => told.delete(id);
}

/** How a job stands; asks the server where the list does not reach back to it. */
export async function jobNamed(id: string): Promise<Job> {
  const known = list.find((job) => job.id === id);
  if (known) return known;
  const job = await get<Job>(`/jobs/${id}`);
  take(job);
  return job;
}

/** What came of a job; lists leave out what is long. */
export async function resultOf<T>(job: Job): Promise<T> {
  return (job.result ?? (await get<Job>(`/jobs/${job.id}`)).result) as T;
}

/** Why a job failed, as an error with what helps. */
export function problemOf(job: Job): Error {
  return new ApiError(job.problem?.detail ?? job.state, 0, job.problem?.code ?? "unknown", job.problem?.remedy ?? undefined);
}

/** Follow all work until the returned function is called. */
export function followJobs(): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(): Promise<void> {
    let wait = 3000;
    try {
      const page = await get<Page<Job>>("/jobs", { quiet: true, query: { limit: 50 } });
      for (const job of page.items.toReversed()) take(job);
      if (jobs.active.length) wait = 700;
    } catch {
      wait = 1500; // the banner says that the server is away, and this asks until it is back
    }
    if (!stopped) timer = setTimeout(ask, wait);
  }

  void ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function take(job: Job): void {
  const at = list.findIndex((other) => other.id === job.id);
  const before = at >= 0 ? list[at] : undefined;
  if (before && JSON.stringify(before) === JSON.stringify(job)) return;
  list = before ? list.map((other) => (other.id === job.id ? job : other)) : [job, ...list];
  if (before && isActive(before) && !isActive(job)) announce(job);
}

function announce(job: Job): void {
  if (told.has(job.id)) {
    // the page that asked for it tells
  } else if (job.state === "done") done(`${job.title}: done`);
  else if (job.state === "cancelled") done(`${job.title}: cancelled`);
  else failed(job.title, problemOf(job));
  workspace.load().catch((error: unknown) => failed("Loading what is new", error));
}
