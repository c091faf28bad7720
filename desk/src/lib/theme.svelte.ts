/** Light or dark: as the system says, until a person says otherwise. */

import { Stored } from "./stored.svelte";

export type Theme = "system" | "light" | "dark";

export const theme = new Stored<Theme>("theme", "system");

const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
let systemDark = $state(prefersDark.matches);
prefersDark.addEventListener("change", (event) => (systemDark = event.matches));

/** Whether the page is dark now; for canvases and the map, which cannot use CSS variables. */
export function isDark(): boolean {
  return theme.value === "system" ? systemDark : theme.value === "dark";
}
