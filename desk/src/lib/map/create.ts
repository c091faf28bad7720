/** A map of ours: no tiles from outside, no rotation, keys that move it. */

import { Map as MapLibre, prewarm, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { isDark } from "../theme.svelte";
import { failed } from "../toasts.svelte";
import type { Bounds } from "../types";

setWorkerUrl(workerUrl);
prewarm(); // its workers start while the page asks for what the map is to show

export interface Basemap {
  url: string;
  attribution: string | null;
}

export const MAX_ZOOM = 23;

/** Where no picture lies. */
export function groundColour(dark: boolean): string {
  return dark ? "#2b343b" : "#d9dee2";
}

export function createMap(container: HTMLElement, bounds: Bounds, label: string, basemap?: Basemap | null): MapLibre {
  const map = new MapLibre({
    container,
    style: {
      version: 8,
      sources: basemap ? { basemap: { type: "raster", tiles: [basemap.url], tileSize: 256, attribution: basemap.attribution ?? "" } } : {},
      layers: [
        { id: "ground", type: "background", paint: { "background-color": groundColour(isDark()) } },
        ...(basemap ? [{ id: "basemap", type: "raster" as const, source: "basemap" }] : []),
      ],
    },
    bounds,
    fitBoundsOptions: { padding: 30 },
    maxZoom: MAX_ZOOM,
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: false,
    fadeDuration: 0,
    localIdeographFontFamily: "sans-serif",
    canvasContextAttributes: { preserveDrawingBuffer: false },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.on("error", ({ error }) => {
    if (!(error instanceof DOMException)) failed("Drawing the map", new Error(error.message));
  });
  const canvas = map.getCanvas();
  canvas.setAttribute("aria-label", label);
  return map;
}

/** Wait until sources and layers can be added. */
export function whenReady(map: MapLibre): Promise<void> {
  return map.isStyleLoaded() ? Promise.resolve() : new Promise((resolve) => void map.once("style.load", () => resolve()));
}
