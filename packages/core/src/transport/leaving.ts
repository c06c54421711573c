/** What pages have, and workers and Node do not. */
interface Page {
  readonly document?: Events<"visibilitychange"> & { readonly visibilityState: string };
  readonly addEventListener?: Events<"pagehide">["addEventListener"];
  readonly removeEventListener?: Events<"pagehide">["removeEventListener"];
}

interface Events<Type extends string> {
  addEventListener(type: Type, listener: (event: object) => void): void;
  removeEventListener(type: Type, listener: (event: object) => void): void;
}

/** How far a page is gone: nobody sees it; it was left, and may come back; it was left for good. */
export type Leaving = "hidden" | "left" | "gone";

/**
 * Calls `leave` when a page may be going: when it is hidden, which is all that phones tell, and when it is left.
 * Returns what ends that.
 */
export function whenLeaving(leave: (how: Leaving) => void): () => void {
  const page = globalThis as Page;
  const { document } = page;
  if (document === undefined || page.addEventListener === undefined) return () => {};
  let how: Leaving = "hidden";
  const onHide = (event: { readonly persisted?: boolean }): void => {
    how = event.persisted === true ? "left" : "gone";
    leave(how);
    // Browsers tell the document next: now after the page's own listeners, which may have logged last words.
    document.removeEventListener("visibilitychange", onVisibility);
    document.addEventListener("visibilitychange", onVisibility);
  };
  const onVisibility = (): void => {
    if (document.visibilityState === "hidden") leave(how);
    else how = "hidden";
  };
  page.addEventListener("pagehide", onHide);
  document.addEventListener("visibilitychange", onVisibility);
  return () => {
    page.removeEventListener?.("pagehide", onHide);
    document.removeEventListener("visibilitychange", onVisibility);
  };
}
