/** Short messages at the edge of the page: what was done, what failed and what helps. */

import { ApiError } from "./api";

export interface Toast {
  id: number;
  kind: "done" | "failed";
  text: string;
  remedy?: string;
  action?: { label: string; run: () => void };
}

let next = 1;
export const toasts = $state<Toast[]>([]);

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id);
  if (at >= 0) toasts.splice(at, 1);
}

/** Say that something was done; it goes by itself. */
export function done(text: string, action?: Toast["action"]): void {
  const id = next++;
  toasts.push({ id, kind: "done", text, action });
  setTimeout(() => dismiss(id), action ? 12000 : 5000);
}

/** Say that something failed; it stays until it is dismissed. `what` names what was tried. */
export function failed(what: string, error: unknown, action?: Toast["action"]): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  const text = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof ApiError ? error.remedy : undefined;
  const same = toasts.find((toast) => toast.kind === "failed" && toast.text === `${what}: ${text}`);
  if (same) return;
  toasts.push({ id: next++, kind: "failed", text: `${what}: ${text}`, remedy, action });
}
