/** The listeners of a panel for people who leave its page. */
export interface PageLife {
  /** The page lost the focus, is hidden, or is unloaded. */
  readonly onLeave: () => void;
  /** The page is shown again. */
  readonly onReturn: () => void;
}

/** Follows the life of the page. Returns a function that ends this. Does nothing outside of pages. */
export function followPage({ onLeave, onReturn }: PageLife): () => void {
  if (typeof document === "undefined") return () => {};
  const end = new AbortController();
  const { signal } = end;
  addEventListener("blur", onLeave, { signal });
  addEventListener("pagehide", onLeave, { signal });
  addEventListener("online", onReturn, { signal });
  addEventListener("pageshow", onReturn, { signal });
  const onVisibility = (): void => (document.visibilityState === "hidden" ? onLeave() : onReturn());
  document.addEventListener("visibilitychange", onVisibility, { signal });
  return () => end.abort();
}
