/** The server's API: signing in, and requests that are counted as waits and fail with a remedy. */

import { during, waiting } from "./waiting.svelte";

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly remedy: string | undefined,
  ) {
    super(message);
  }
}

export interface Session {
  signed_in: boolean;
  user: string | null;
  role: "reader" | "analyst" | "editor" | null;
  csrf: string | null;
  how: "token" | "password" | "proxy";
}

export interface Page<T> {
  items: T[];
  total: number;
  next_offset: number | null;
}

type Query = Record<string, string | number | boolean | null | undefined>;

interface Options {
  query?: Query;
  signal?: AbortSignal;
  /** Do not count this request as a wait: it polls, or fetches ahead. */
  quiet?: boolean;
}

/** How long an answer that was asked for ahead may wait to be used. */
const AHEAD_MS = 5000;
const ahead = new Map<string, Promise<unknown>>();

const NOBODY: Session = { signed_in: false, user: null, role: null, csrf: null, how: "token" };
let session: Session = NOBODY;

export function currentSession(): Session {
  return session;
}

/** Find out who this is: by the token of the link if there is one, else by the cookie. */
export async function signIn(): Promise<Session> {
  const token = takeToken();
  if (token) return enter({ token });
  return take(await get<Session>("/session"));
}

/** Sign in with what a person gave: a token, or a user and a password. */
export async function enter(given: { token: string } | { user: string; password: string }): Promise<Session> {
  return take(await send<Session>("POST", "/session", given));
}

/** Sign out, and forget all that was shown. */
export async function signOut(): Promise<void> {
  await send<null>("DELETE", "/session");
  location.reload();
}

function take(found: Session): Session {
  session = found;
  waiting.signedOut = !session.signed_in;
  waiting.person = session.signed_in && session.how !== "token" ? `${session.user}, ${session.role}` : null;
  return session;
}

/** Whether the person's role allows what is asked; the server decides in any case. */
export function may(role: "analyst" | "editor"): boolean {
  return session.role === "editor" || session.role === role;
}

export function get<T>(path: string, options: Options = {}): Promise<T> {
  const asked = options.query ? undefined : ahead.get(path);
  ahead.delete(path);
  if (asked) return options.quiet ? (asked as Promise<T>) : during(asked as Promise<T>);
  return request<T>(path, { method: "GET" }, options);
}

/** Ask for what a page that is still being loaded will want; whoever gets it next, once, gets this answer. */
export function getAhead(path: string): void {
  const answer = request(path, { method: "GET" }, { quiet: true });
  answer.catch(() => ahead.delete(path)); // whoever wants it asks again
  ahead.set(path, answer);
  setTimeout(() => ahead.delete(path), AHEAD_MS);
}

export function send<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, options: Options = {}): Promise<T> {
  const init: RequestInit = { method };
  if (body instanceof FormData) init.body = body;
  else if (body !== undefined) init.body = JSON.stringify(body);
  return request<T>(path, init, options);
}

export function post<T>(path: string, body: unknown = {}, options: Options = {}): Promise<T> {
  return send<T>("POST", path, body, options);
}

/** All pages of a list, one after the other. */
export async function all<T>(path: string, options: Options = {}): Promise<T[]> {
  const items: T[] = [];
  for (let offset: number | null = 0; offset !== null; ) {
    const page: Page<T> = await get<Page<T>>(path, { ...options, query: { limit: 1000, ...options.query, offset } });
    items.push(...page.items);
    offset = page.next_offset;
  }
  return items;
}

/** The address of something under `/api`, e.g. for an image. */
export function apiUrl(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value != null) params.set(name, String(value));
  const text = params.toString();
  return `/api${path}${text ? `?${text}` : ""}`;
}

function request<T>(path: string, init: RequestInit, options: Options): Promise<T> {
  const answer = fetchJson<T>(apiUrl(path, options.query), init, options.signal);
  return options.quiet ? answer : during(answer);
}

async function fetchJson<T>(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<T> {
  const headers = new Headers({ Accept: "application/json" });
  if (typeof init.body === "string") headers.set("Content-Type", "application/json");
  if (init.method !== "GET" && session.csrf) headers.set("X-Yardwatch-CSRF", session.csrf);
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers, credentials: "same-origin", signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    waiting.unreachable = true;
    throw new ApiError("the server does not answer", 0, "unreachable", "Is `yardwatch serve` still running? The desk goes on by itself when it is.");
  }
  waiting.unreachable = false;
  if (response.status === 204) return null as T;
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

async function problemOf(response: Response): Promise<ApiError> {
  if (response.status === 401) waiting.signedOut = true;
  const problem = (await response.json().catch(() => null)) as { code?: string; title?: string; detail?: string; remedy?: string } | null;
  const message = problem?.detail ?? problem?.title ?? `the server answered ${response.status}`;
  return new ApiError(message, response.status, problem?.code ?? "unknown", problem?.remedy ?? undefined);
}

/** The token of the link `yardwatch serve` printed; it is taken out of the address at once. */
function takeToken(): string | null {
  const found = /(?:^#|[#&?])token=([^&]+)/.exec(location.hash) ?? /[?&]token=([^&]+)/.exec(location.search);
  if (!found) return null;
  const rest = location.hash.includes("token=") ? "" : location.hash;
  history.replaceState(null, "", location.pathname + rest);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  return decodeURIComponent(found[1] ?? "");
}
