/** Numbers and dates as people write them. */

import type { SceneItem, Total } from "./types";

const QUALIFIERS: Record<string, string> = { exact: "", about: "about ", at_least: "at least ", at_most: "at most ", unknown: "" };

export function totalText(total: Total | null): string {
  if (!total) return "not counted";
  if (total.value === null) return "not countable";
  return `${QUALIFIERS[total.qualifier] ?? ""}${total.value}`;
}

export function intervalText(total: Total | null): string {
  return total && total.value !== null && total.low !== total.high ? `${total.low}–${total.high}` : "";
}

/** An acquisition date: to the minute in UTC where that is known, otherwise as uncertain as it is. */
export function dateText(acquired: string | null): string {
  if (!acquired) return "no date";
  return acquired.replace("T", " ").replace(/(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)$/, "$1 UTC");
}

/** What a scene is called in lists. */
export function sceneName(scene: SceneItem): string {
  return scene.acquired ? dateText(scene.acquired).slice(0, 10) : scene.filename;
}

export function metres(value: number | null | undefined): string {
  if (value == null) return "–";
  return value >= 1000 ? `${(value / 1000).toFixed(2)} km` : `${value.toFixed(value < 10 ? 1 : 0)} m`;
}

export function percent(share: number | null | undefined): string {
  return share == null ? "–" : `${Math.round(share * 100)} %`;
}

/** `rail_yard` → `rail yard`. */
export function plain(word: string): string {
  return word.replaceAll("_", " ");
}

export function momentText(iso: string | null): string {
  return iso ? new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }) : "–";
}
