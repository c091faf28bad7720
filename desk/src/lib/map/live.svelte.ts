/** A map that is made anew where it does not start, or where the browser takes its drawing context away. */

import { GPUInitializationError, type Map as MapLibre } from "maplibre-gl";
import { createMap, whenReady, type Basemap } from "./create";
import type { Bounds } from "../types";

export interface Wanted {
  container: HTMLElement;
  bounds: Bounds;
  label: string;
  basemap: Basemap | null | undefined;
  /** Puts layers and listeners on a map; called for each map that is made. */
  dress: (map: MapLibre) => void;
}

/** Waits before each further try. A browser that blames the page for a crash of its graphics refuses for two minutes. */
const WAITS_MS = [300, 1000, 3000, 8000, 15_000, 30_000, 60_000, 60_000];
/** So many tries fail in silence. */
const SILENT = 2;
/** A style is read within one frame; one that is not there so long after the second never comes. */
const GRACE_MS = 3000;
/** After so long without a frame, that is said. */
const PATIENCE_MS = 20_000;
/** A map that lived so long was no failure. */
const PROVEN_MS = 10_000;

export class LiveMap {
  /** Null until layers are on it, and while another is made. */
  map = $state.raw<MapLibre | null>(null);
  /** Why there is no map; empty while there is one, and while the first tries are made. */
  broken = $state("");
  /** Whether it is tried again without being asked. */
  trying = $state(true);

  #wanted: Wanted;
  #made: MapLibre | null = null;
  #view: { center: [number, number]; zoom: number } | null = null;
  #failures = 0;
  #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.#make();
  }

  /** Try now, and then as often as at first. */
  again(): void {
    this.#failures = SILENT; // what is said stays until there is a map
    this.#drop();
    this.#make();
  }

  close(): void {
    this.#drop();
  }

  #make(): void {
    const { container, bounds, label, basemap } = this.#wanted;
    let made: MapLibre;
    try {
      made = createMap(container, bounds, label, basemap);
    } catch (error) {
      container.replaceChildren();
      this.#fail(error instanceof GPUInitializationError ? "the browser offers no WebGL 2" : error instanceof Error ? error.message : String(error));
      return;
    }
    this.#made = made;
    if (this.#view) made.jumpTo(this.#view);
    made.once("webglcontextlost", () => this.#after(0, () => this.#fail("the browser took its graphics away")));
    this.#watch(made);
    void whenReady(made).then(() => made === this.#made && this.#start(made));
  }

  #start(made: MapLibre): void {
    this.#forget();
    this.#wanted.dress(made);
    this.map = made;
    this.broken = "";
    this.#after(PROVEN_MS, () => (this.#failures = 0));
  }

  /** With frames a map must start. Without them none can, and to make another would not help. */
  #watch(made: MapLibre): void {
    const frame = (then: () => void) => requestAnimationFrame(() => made === this.#made && !this.map && then());
    frame(() => frame(() => this.#after(GRACE_MS, () => this.#fail("it did not start"))));
    const say = (): void => {
      if (document.visibilityState === "visible") this.broken = "the browser has drawn nothing for 20 seconds";
      else this.#after(PATIENCE_MS, say);
    };
    this.#after(PATIENCE_MS, say);
  }

  #fail(why: string): void {
    this.#drop();
    const wait = WAITS_MS[this.#failures++];
    this.trying = wait !== undefined;
    if (this.#failures > SILENT) this.broken = why;
    if (wait !== undefined) this.#after(wait, () => this.#make());
  }

  #drop(): void {
    this.#forget();
    const made = this.#made;
    if (made && this.map) this.#view = { center: made.getCenter().toArray(), zoom: made.getZoom() };
    this.#made = this.map = null;
    made?.remove();
  }

  #after(wait: number, then: () => void): void {
    const timer = setTimeout(() => (this.#timers.delete(timer), then()), wait);
    this.#timers.add(timer);
  }

  #forget(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
