/** The keys of the site page. */

import type { Map as MapLibre } from "maplibre-gl";
import type { Shortcut } from "../../lib/keys.svelte";
import type { Mode, Tools } from "./tools.svelte";

interface Hands {
  start: (mode: Mode) => void;
  stepScene: (by: number) => void;
  editing: () => boolean;
  map: () => MapLibre | null;
  whole: () => void;
  show: (what: "zones" | "tracks" | "cars" | "names") => void;
}

const STEP_M = 0.5;
const LARGE_STEP_M = 5;

export function siteKeys(tools: Tools, hands: Hands): Shortcut[] {
  const drawingNow = () => tools.mode !== "select";
  const proposed = () => tools.proposals.list.length > 0;
  const onMap = () => document.activeElement === hands.map()?.getCanvas();
  const modes: Shortcut[] = [
    { keys: "v", label: "Choose and edit", run: () => hands.start("select"), when: hands.editing },
    { keys: "r", label: "Trace a track by two clicks", run: () => hands.start("trace"), when: hands.editing },
    { keys: "t", label: "Draw a track", run: () => hands.start("track"), when: hands.editing },
    { keys: "z", label: "Draw a zone", run: () => hands.start("zone"), when: hands.editing },
  ];
  const drawingKeys: Shortcut[] = [
    { keys: "Space", label: "Put a point at the cross (map in focus)", run: () => putAtCross(tools, hands.map()), when: () => drawingNow() && onMap() },
    { keys: "Enter", label: "End the line or close the zone", run: () => tools.finish(), when: drawingNow },
    { keys: "Backspace", label: "Take back the last point", run: () => tools.takeBack(), when: () => tools.sketch.length > 0 },
    { keys: "Escape", label: "Leave off, deselect", run: () => tools.escape() },
    { keys: "s", label: "Snapping on or off", run: () => (tools.snapping = !tools.snapping), when: hands.editing },
  ];
  const deciding: Shortcut[] = [
    { keys: "y or Enter", label: "Accept what is proposed", run: () => tools.proposals.accept(), when: proposed },
    { keys: "x", label: "Reject what is proposed", run: () => tools.proposals.reject(), when: proposed },
    { keys: "n", label: "Look at the next proposal", run: () => tools.proposals.later(), when: proposed },
    { keys: "p", label: "Propose tracks beside the chosen one", run: () => proposeBeside(tools), when: () => hands.editing() && tools.selected?.kind === "track" },
  ];
  const editing: Shortcut[] = [
    { keys: "Ctrl+z", label: "Undo", run: () => tools.undo(), when: hands.editing },
    { keys: "Ctrl+y or Ctrl+Shift+Z", label: "Redo", run: () => tools.redo(), when: hands.editing },
    { keys: "Delete", label: "Take out the vertex, or delete what is chosen", run: () => tools.remove(), when: () => hands.editing() && tools.selected !== null },
    { keys: ". or ,", label: "Next or previous vertex", run: (event) => tools.stepVertex(event.key === "." ? 1 : -1), when: () => hands.editing() && tools.selected !== null },
    { keys: "i", label: "Insert a vertex after the chosen one", run: () => tools.splitAfter(), when: () => hands.editing() && tools.vertex !== null },
    ...nudges(tools),
    { keys: "F2 or e", label: "Rename what is chosen", run: () => document.querySelector<HTMLInputElement>("#feature-name")?.select(), when: () => tools.selected !== null },
  ];
  const looking: Shortcut[] = [
    { keys: "[ or ]", label: "Scene before or after", run: (event) => hands.stepScene(event.key === "[" ? -1 : 1) },
    { keys: "0", label: "The whole site", run: () => hands.whole() },
    { keys: "c", label: "Cars shown or not", run: () => hands.show("cars") },
    { keys: "m", label: "Go to the map", run: () => hands.map()?.getCanvas().focus() },
  ];
  return [...modes, ...deciding, ...drawingKeys, ...editing, ...looking];
}

function nudges(tools: Tools): Shortcut[] {
  const ways: [string, number, number][] = [["ArrowLeft", -1, 0], ["ArrowRight", 1, 0], ["ArrowUp", 0, 1], ["ArrowDown", 0, -1]];
  return ways.map(([key, east, north]) => ({
    keys: `${key} or Shift+${key}`,
    shown: "← → ↑ ↓",
    label: key === "ArrowLeft" ? `Move the chosen vertex by ${STEP_M} m, with Shift by ${LARGE_STEP_M} m` : "",
    run: (event) => {
      const step = event.shiftKey ? LARGE_STEP_M : STEP_M;
      tools.nudge(east * step, north * step);
    },
    when: () => tools.vertex !== null,
  }));
}

function putAtCross(tools: Tools, map: MapLibre | null): void {
  if (map) tools.put(map.getCenter().toArray());
}

function proposeBeside(tools: Tools): void {
  const shape = tools.feature?.geometry;
  if (shape?.type === "LineString") void tools.proposeBeside(shape.coordinates);
}
