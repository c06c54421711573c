/** What pages have, and workers and Node do not. */
interface Page {
  readonly document?: unknown;
  addEventListener?(type: "pagehide", listener: () => void): void;
  removeEventListener?(type: "pagehide", listener: () => void): void;
}

/** Calls `leave` when the page is being left, which it may come back from. Returns what ends that. */
export function whenLeaving(leave: () => void): () => void {
  const page = globalThis as Page;
  if (page.document === undefined || page.addEventListener === undefined) return () => {};
  page.addEventListener("pagehide", leave);
  return () => page.removeEventListener?.("pagehide", leave);
}
