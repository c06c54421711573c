/** A phase of a page's lifecycle, in the platform's terms: hidden, in the back/forward cache, or terminated. */
export type PagePhase = "hidden" | "frozen" | "terminated";

/**
 * Calls `listener` when a page may be unloaded: when it is hidden, which is the only event on phones, and when the user
 * navigates away. The unloading of a visible page calls `listener` twice, the second time after the page's own
 * listeners, which may still log. `isLast` means that no further call follows during the unloading. Returns a function
 * that removes the listener. Does nothing outside of pages, for example in workers.
 */
export function onPageLifecycle(listener: (phase: PagePhase, isLast: boolean) => void): () => void {
  if (typeof document === "undefined") return () => {};
  let phase: PagePhase = "hidden";
  const onPageHide = ({ persisted }: PageTransitionEvent): void => {
    phase = persisted ? "frozen" : "terminated";
    listener(phase, document.visibilityState === "hidden");
    // Browsers notify the document next. Adding this listener again runs it after the page's own listeners, which may
    // still log.
    document.removeEventListener("visibilitychange", onVisibilityChange);
    document.addEventListener("visibilitychange", onVisibilityChange);
  };
  const onVisibilityChange = (): void => {
    if (document.visibilityState === "hidden") listener(phase, true);
    else phase = "hidden";
  };
  // Simulated pages, as of jsdom in tests on Node, may have no global `addEventListener`.
  const page = document.defaultView;
  page?.addEventListener("pagehide", onPageHide);
  document.addEventListener("visibilitychange", onVisibilityChange);
  return () => {
    page?.removeEventListener("pagehide", onPageHide);
    document.removeEventListener("visibilitychange", onVisibilityChange);
  };
}
