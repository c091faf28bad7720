/** What every page needs of the workspace: its facts and its scenes, loaded once and again when they changed. */

import { all, get } from "./api";
import type { SceneItem, WorkspaceFacts } from "./types";

let facts = $state.raw<WorkspaceFacts | null>(null);
let scenes = $state.raw<SceneItem[] | null>(null);

export const workspace = {
  /** Null until loaded. */
  get facts(): WorkspaceFacts | null {
    return facts;
  },
  /** By date, undated ones last; null until loaded. */
  get scenes(): SceneItem[] | null {
    return scenes;
  },
  scene(id: string | null): SceneItem | undefined {
    return scenes?.find((scene) => scene.id === id);
  },
  async load(): Promise<void> {
    const [newFacts, newScenes] = await Promise.all([get<WorkspaceFacts>("/workspace"), all<SceneItem>("/scenes")]);
    facts = newFacts;
    scenes = newScenes;
  },
};
