import type { ControlRelay } from "../platform/platform.ts";

/** The URL of the page, with what it shows as parameters. The token is in the fragment, which browsers never send. */
export function describePage(
  page: string,
  { url, viewerUrl }: Pick<ControlRelay, "url" | "viewerUrl">,
  recordingId: string,
  token: string,
): string {
  const query = new URLSearchParams({ relay: url, recording: recordingId });
  if (viewerUrl !== undefined) query.set("url", viewerUrl);
  return `${page}?${query}#control=${encodeURIComponent(token)}`;
}
