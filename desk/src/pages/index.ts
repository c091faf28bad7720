/** The pages of the desk, in the order in which they stand in the header. Each is loaded when it is first opened. */

import type { Component } from "svelte";

export interface Page {
  /** The word after `#/`. */
  path: string;
  title: string;
  load: () => Promise<{ default: Component }>;
}

const once = (load: Page["load"]): Page["load"] => {
  let promise: ReturnType<Page["load"]> | undefined;
  return () => (promise ??= load().catch((error: unknown) => ((promise = undefined), Promise.reject(error))));
};

export const PAGES: readonly Page[] = [
  { path: "site", title: "Site", load: once(() => import("./site/Site.svelte")) },
  { path: "ribbons", title: "Ribbons", load: once(() => import("./ribbons/Ribbons.svelte")) },
  { path: "compare", title: "Compare", load: once(() => import("./compare/Compare.svelte")) },
  { path: "work", title: "Work", load: once(() => import("./jobs/Work.svelte")) },
];
