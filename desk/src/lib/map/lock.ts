/** Keeps maps at the same place and scale. */

import type { Map as MapLibre } from "maplibre-gl";

export function lockTogether(maps: readonly MapLibre[]): () => void {
  let moving = false;
  const followers = maps.map((leader) => {
    const follow = (): void => {
      if (moving) return;
      moving = true;
      const view = { center: leader.getCenter(), zoom: leader.getZoom() };
      for (const map of maps) if (map !== leader) map.jumpTo(view);
      moving = false;
    };
    leader.on("move", follow);
    return () => leader.off("move", follow);
  });
  return () => {
    for (const off of followers) off();
  };
}
