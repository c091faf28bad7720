/** Keyboard shortcuts: pages register theirs, `?` lists all that work now. */

import { onMount } from "svelte";
import { Stored } from "./stored.svelte";

export interface Shortcut {
  /** E.g. `n`, `Shift+N`, `Ctrl+z`, `ArrowLeft`; several ways separated by ` or `. */
  keys: string;
  /** How the keys are written in the list, where that differs. */
  shown?: string;
  /** What it does, in few words; without, it is not listed. */
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Whether it works now; it is listed in any case. */
  when?: () => boolean;
}

export interface Group {
  title: string;
  shortcuts: Shortcut[];
}

/** Keys without Ctrl or Alt can be switched off (WCAG 2.1.4): speech input and tremor set them off unwanted. */
export const singleKeys = new Stored<"on" | "off">("single-keys", "on");

let listing = $state.raw<Group[]>([]);
export const shortcuts = {
  get groups(): Group[] {
    return listing;
  },
};

/** Register shortcuts for as long as the calling component lives; the latest registered win. */
export function useKeys(title: string, list: Shortcut[]): void {
  onMount(() => {
    const group = { title, shortcuts: list };
    listing = [...listing, group];
    return () => (listing = listing.filter((other) => other !== group));
  });
}

export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const pressed = nameOf(event);
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (!modified && (isTyping(event.target) || singleKeys.value === "off")) return;
  if (isTyping(event.target) && /^Ctrl\+(z|y|Shift\+z|a|c|v|x)$/i.test(pressed)) return;
  for (const group of [...listing].reverse())
    for (const shortcut of group.shortcuts)
      if (shortcut.keys.split(" or ").includes(pressed) && (shortcut.when?.() ?? true)) {
        if (isControl(event.target) && takesByItself(event)) return;
        event.preventDefault();
        shortcut.run(event);
        return;
      }
}

function nameOf(event: KeyboardEvent): string {
  const letter = /^[a-zA-Z]$/.test(event.key);
  let name = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  if (event.altKey) name += "Alt+";
  if (event.shiftKey && (letter || event.key.length > 1)) name += "Shift+";
  const key = event.key === " " ? "Space" : event.key;
  return name + (letter ? (event.shiftKey ? key.toUpperCase() : key.toLowerCase()) : key);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a[href], input, select, summary, [role=slider], [role=tab]") !== null;
}

/** Enter and Space press a button, arrows move a slider: a focused control keeps them. */
function takesByItself(event: KeyboardEvent): boolean {
  if (["Enter", " "].includes(event.key)) return true;
  const moves = event.target instanceof Element && event.target.closest("input, select, [role=slider], [role=tab]");
  return Boolean(moves) && /^(Arrow|Home|End|Page)/.test(event.key);
}
