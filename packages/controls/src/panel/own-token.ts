const FRAGMENT = /^#control=(.+)$/;
/** The property of the history's state that keeps the token when the page is reloaded. */
const KEPT = "rerunControls";

/**
 * Takes the token for control from the fragment of the page's address, `#control=TOKEN`, and removes it there, so that
 * nobody sees or copies it. It stays in the state of this entry of the history, for a reload. An empty string if there
 * is none.
 */
export function takeToken(): string {
  const state = (history.state ?? {}) as Readonly<Record<string, unknown>>;
  const [, found] = FRAGMENT.exec(location.hash) ?? [];
  const kept = state[KEPT];
  if (found === undefined) return typeof kept === "string" ? kept : "";
  const token = decodeURIComponent(found);
  history.replaceState({ ...state, [KEPT]: token }, "", location.pathname + location.search);
  return token;
}
