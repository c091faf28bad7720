/** What lies on a map: the picture of a scene, zones, tracks, cars and changes. The map is told only what differs. */

import type { FeatureCollection } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { CAR_STYLES } from "../carstyles";
import type { SceneItem } from "../types";

export const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

export const COLOURS = { zone: "#0a7fb5", track: "#ffcf33", casing: "#10151a", selected: "#ff4fa3", proposal: "#ff9d1c", handle: "#ffffff" };

export const FONT = ["system-ui", "sans-serif"];
const carColour = ["match", ["get", "type"], ...Object.entries(CAR_STYLES).flatMap(([type, style]) => [type, style.colour]), "#ffffff"] as unknown as ExpressionSpecification;
const carLetter = ["match", ["get", "type"], ...Object.entries(CAR_STYLES).flatMap(([type, style]) => [type, style.letter]), "?"] as unknown as ExpressionSpecification;

export function setData(map: MapLibre, id: string, data: FeatureCollection): void {
  const source = map.getSource<GeoJSONSource>(id);
  if (source) source.setData(data);
  else map.addSource(id, { type: "geojson", data, tolerance: 0.1, maxzoom: 22 });
}

/** Zones and tracks, above the pictures. */
export function addDrawingLayers(map: MapLibre): void {
  setData(map, "zones", NOTHING);
  setData(map, "zone-labels", NOTHING);
  setData(map, "tracks", NOTHING);
  map.addLayer({ id: "zone-fill", type: "fill", source: "zones", paint: { "fill-color": COLOURS.zone, "fill-opacity": 0.07 } });
  map.addLayer({ id: "zone-casing", type: "line", source: "zones", paint: { "line-color": "#ffffff", "line-width": 3.5, "line-opacity": 0.7 } });
  map.addLayer({ id: "zone-line", type: "line", source: "zones", paint: { "line-color": COLOURS.zone, "line-width": 1.8, "line-dasharray": [4, 2] } });
  map.addLayer({ id: "track-casing", type: "line", source: "tracks", paint: { "line-color": COLOURS.casing, "line-width": 3, "line-opacity": 0.65 } });
  map.addLayer({ id: "track-line", type: "line", source: "tracks", paint: { "line-color": COLOURS.track, "line-width": 1.4 } });
}

export function addLabelLayers(map: MapLibre): void {
  const halo = { "text-color": "#10151a", "text-halo-color": "#ffffff", "text-halo-width": 1.6 };
  map.addLayer({
    id: "track-name", type: "symbol", source: "tracks", minzoom: 15,
    layout: { "symbol-placement": "line", "symbol-spacing": 320, "text-field": ["get", "name"], "text-font": FONT, "text-size": 11.5 }, paint: halo,
  });
  map.addLayer({
    id: "zone-name", type: "symbol", source: "zone-labels",
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 13 }, paint: halo,
  });
}

export function addCarLayers(map: MapLibre): void {
  setData(map, "cars", NOTHING);
  map.addLayer({ id: "car-fill", type: "fill", source: "cars", minzoom: 15, paint: { "fill-color": carColour, "fill-opacity": 0.22 } });
  map.addLayer({ id: "car-casing", type: "line", source: "cars", minzoom: 16, paint: { "line-color": COLOURS.casing, "line-width": 3 } });
  map.addLayer({ id: "car-line", type: "line", source: "cars", paint: { "line-color": carColour, "line-width": ["interpolate", ["linear"], ["zoom"], 14, 1, 18, 1.8] } });
  map.addLayer({
    id: "car-letter", type: "symbol", source: "cars", minzoom: 18.2,
    layout: { "text-field": carLetter, "text-font": FONT, "text-size": 12 },
    paint: { "text-color": "#10151a", "text-halo-color": "#ffffff", "text-halo-width": 1.4 },
  });
}

export function addChangeLayers(map: MapLibre): void {
  setData(map, "changes", NOTHING);
  map.addLayer({ id: "change-casing", type: "line", source: "changes", paint: { "line-color": COLOURS.casing, "line-width": 4.5 } });
  map.addLayer({ id: "change-line", type: "line", source: "changes", paint: { "line-color": "#ffcf33", "line-width": 2.2 } });
  map.addLayer({ id: "change-picked", type: "line", source: "changes", filter: ["==", ["get", "id"], ""], paint: { "line-color": COLOURS.selected, "line-width": 3.5 } });
}

/** Show the picture of one scene, or of none, beneath all drawings. */
export function showScene(map: MapLibre, scene: SceneItem | undefined, opacity = 1): void {
  const wanted = scene ? `scene-${scene.id}` : null;
  const before = map.getStyle().layers.find((layer) => !["ground", "basemap"].includes(layer.id) && layer.type !== "raster")?.id;
  for (const layer of map.getStyle().layers)
    if (layer.id.startsWith("scene-") && layer.id !== wanted) {
      map.removeLayer(layer.id);
      map.removeSource(layer.id);
    }
  if (!scene || !wanted) return;
  if (!map.getSource(wanted)) {
    const { url, minzoom, maxzoom, tileSize, bounds } = scene.tiles;
    map.addSource(wanted, { type: "raster", tiles: [new URL(url, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")], minzoom, maxzoom, tileSize, bounds });
    map.addLayer({ id: wanted, type: "raster", source: wanted, paint: { "raster-fade-duration": 0, "raster-resampling": "nearest" } }, before);
  }
  map.setPaintProperty(wanted, "raster-opacity", opacity);
}

export function setVisible(map: MapLibre, layers: readonly string[], visible: boolean): void {
  for (const id of layers) if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", visible ? "visible" : "none");
}

export const CAR_LAYERS = ["car-fill", "car-casing", "car-line", "car-letter"];
export const ZONE_LAYERS = ["zone-fill", "zone-casing", "zone-line"];
export const TRACK_LAYERS = ["track-casing", "track-line"];
export const NAME_LAYERS = ["track-name", "zone-name"];
export const CHANGE_LAYERS = ["change-casing", "change-line", "change-picked"];
