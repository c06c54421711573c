// What the pages of the examples share: where they send to, and what they tell about it.
import type * as rr from "@rerun-ts/web";

/** The server that the page's address names with `?url=`; without it the viewer that runs on this machine. */
export const serverUrl: string | undefined = new URLSearchParams(location.search).get("url") ?? undefined;

const STATUS_MS = 200;

/** Tells how much was logged and how the server is. */
export function showStatus(rec: rr.RecordingStream): void {
  const status = document.querySelector("#status");
  setInterval(() => {
    const { rows, sinks } = rec.stats();
    const server = sinks.map(({ kind, state }) => `, ${kind} ${state}`).join("");
    if (status) status.textContent = `${rows} rows logged${server}`;
  }, STATUS_MS);
}
