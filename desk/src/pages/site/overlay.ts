/** What is drawn over the map while it is edited: the selection with its handles, the sketch, proposals, the snap. */

import type { Feature, FeatureCollection, Geometry, Position } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import { COLOURS, FONT, NOTHING, setData } from "../../lib/map/layers";
import { percent } from "../../lib/words";
import type { XY } from "./geometry";
import { handlesOf } from "./handles";
import { isDoubtful, type Proposal } from "./proposals.svelte";
import type { Snap } from "./snapping";
import { lineOf, type Tools } from "./tools.svelte";

export function addOverlayLayers(map: MapLibre): void {
  setData(map, "overlay", NOTHING);
  const line = (id: string, colour: string, width: number, dash?: number[]) =>
    map.addLayer({
      id: `overlay-${id}`, type: "line", source: "overlay", filter: ["==", ["get", "as"], id],
      paint: { "line-color": colour, "line-width": width, ...(dash ? { "line-dasharray": dash } : {}) },
    });
  const point = (id: string, colour: string, edge: string, radius: number) =>
    map.addLayer({
      id: `overlay-${id}`, type: "circle", source: "overlay", filter: ["==", ["get", "as"], id],
      paint: { "circle-color": colour, "circle-stroke-color": edge, "circle-stroke-width": 1.6, "circle-radius": radius },
    });
  line("selected-casing", "#ffffff", 5.5);
  line("selected", COLOURS.selected, 2.6);
  line("earlier-casing", COLOURS.casing, 4.5);
  line("earlier", "#7ff0ff", 2.4, [1, 1.4]);
  line("proposal-before", "#ffffff", 1.4, [1, 2.5]);
  line("proposal-casing", COLOURS.casing, 5);
  line("proposal", COLOURS.proposal, 2.6, [2, 1.2]);
  line("proposal-doubtful", COLOURS.proposal, 2.6, [0.5, 1.4]);
  line("proposal-first", "#fff04d", 3.2, [3, 1]);
  line("sketch-casing", COLOURS.casing, 4);
  line("sketch", "#fff04d", 2);
  point("middle", "#ffffff", COLOURS.selected, 2.6);
  point("vertex", COLOURS.handle, COLOURS.selected, 4.6);
  point("vertex-on", COLOURS.selected, "#ffffff", 6.4);
  point("sketch-point", "#fff04d", COLOURS.casing, 4.2);
  point("snap", "rgba(255,255,255,0.15)", "#fff04d", 9);
  map.addLayer({
    id: "overlay-label", type: "symbol", source: "overlay", minzoom: 15, filter: ["has", "label"],
    layout: { "symbol-placement": "line", "symbol-spacing": 420, "text-field": ["get", "label"], "text-font": FONT, "text-size": 12 },
    paint: { "text-color": "#10151a", "text-halo-color": "#ffe3b0", "text-halo-width": 2 },
  });
}

/** How far it was moved and how sure it is, in the fewest words. */
function labelOf({ properties, movedM, sureShare }: Proposal): string {
  const moved = movedM == null ? null : `${movedM.toFixed(1)} m`;
  return [properties.name, moved, sureShare == null ? null : percent(sureShare)].filter(Boolean).join(" · ");
}

export function overlayOf(tools: Tools, pointer: Position | null, snap: Snap | null, project: (position: Position) => XY): FeatureCollection {
  const features: Feature[] = [];
  const add = (as: string, geometry: Geometry, label?: string) => features.push({ type: "Feature", properties: { as, label }, geometry });
  const points = (as: string, positions: Position[]) => positions.length && add(as, { type: "MultiPoint", coordinates: positions });

  for (const [i, proposal] of tools.proposals.list.entries()) {
    if (proposal.drawn) add("proposal-before", proposal.drawn);
    add("proposal-casing", proposal.geometry);
    add(i === 0 ? "proposal-first" : isDoubtful(proposal) ? "proposal-doubtful" : "proposal", proposal.geometry, labelOf(proposal));
  }
  for (const earlier of tools.earlier?.shapes ?? []) {
    add("earlier-casing", earlier);
    add("earlier", earlier);
  }
  const shape = tools.dragged ?? tools.feature?.geometry;
  if (shape) {
    add("selected-casing", shape);
    add("selected", shape);
    const handles = handlesOf(shape, tools.vertex, project);
    if (!tools.dragged) points("middle", handles.middles.map((one) => one.position));
    points("vertex", handles.vertices.map((one) => one.position));
    if (tools.vertexPosition) points("vertex-on", [tools.vertexPosition]);
  }
  const sketch = tools.sketch;
  if (tools.mode !== "select" && sketch.length) {
    const end = snap?.position ?? pointer;
    const path = end && !tools.waiting ? [...sketch, end] : sketch;
    if (path.length > 1) {
      const closed = tools.mode === "zone" && path.length > 2 ? [...path, path[0]!] : path;
      add("sketch-casing", lineOf(closed));
      add("sketch", lineOf(closed));
    }
    points("sketch-point", sketch);
  }
  if (snap) points("snap", [snap.position]);
  return { type: "FeatureCollection", features };
}
