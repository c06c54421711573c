/** The tokens of a page. Empty strings if there are none. */
export interface PageTokens {
  readonly control: string;
  /** For the viewer, if its relay needs one. */
  readonly read: string;
}

/** The property of the history's state that keeps the tokens when the page is reloaded. */
const KEPT = "rerunControls";

/**
 * Takes the tokens from the fragment of the page's address, `#control=TOKEN&read=TOKEN`, and removes them, so that
 * nobody sees or copies them. They stay in the state of this entry of the history, for a reload.
 */
export function takeTokens(): PageTokens {
  const state = (history.state ?? {}) as { readonly [KEPT]?: PageTokens };
  const fragment = new URLSearchParams(location.hash.slice(1));
  const control = fragment.get("control");
  if (control === null) return state[KEPT] ?? { control: "", read: "" };
  const tokens = { control, read: fragment.get("read") ?? "" };
  history.replaceState({ ...state, [KEPT]: tokens }, "", location.pathname + location.search);
  return tokens;
}
