/** Where one is: the part of the address after `#`, e.g. `#/ribbons?scene=a1b2&track=3`. */

export interface Place {
  page: string;
  params: URLSearchParams;
  hash: string;
}

function read(): Place {
  const { hash } = location;
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return { page: path.split("/")[0] || "site", params: new URLSearchParams(query), hash };
}

let current = $state.raw<Place>(read());
window.addEventListener("hashchange", () => (current = read()));

export const route = {
  get page(): string {
    return current.page;
  },
  get params(): URLSearchParams {
    return current.params;
  },
};

/** The address of a page; parameters that are null or undefined are left out. */
export function hrefOf(page: string, params: Record<string, string | number | null | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value != null) query.set(name, String(value));
  const text = query.toString();
  return `#/${page}${text ? `?${text}` : ""}`;
}

export function go(page: string, params: Record<string, string | number | null | undefined> = {}): void {
  location.hash = hrefOf(page, params);
}

/** Change parameters of the page one is on, without a new entry in the history. Whoever is on the way elsewhere goes there. */
export function setParams(changed: Record<string, string | number | null | undefined>): void {
  if (location.hash !== current.hash) return; // a link was followed, and the browser has yet to say so
  const next: Record<string, string | number | null | undefined> = Object.fromEntries(current.params);
  Object.assign(next, changed);
  history.replaceState(null, "", hrefOf(current.page, next));
  current = read();
}
