// Shared by the pages of the examples: the server that they send to, and their status line.
import type * as rr from "@rerun-ts/web";

/** The server in the parameter `?url=` of the page's address; without it the viewer on this machine. */
export const serverUrl: string | undefined = new URLSearchParams(location.search).get("url") ?? undefined;

const STATUS_MS = 200;

/** Shows how much was logged, and the state of the connection. */
export function showStatus(rec: rr.RecordingStream): void {
  const status = document.querySelector("#status");
  setInterval(() => {
    const { rows, sinks } = rec.stats();
    const server = sinks.map(({ kind, state }) => `, ${kind} ${state}`).join("");
    if (status) status.textContent = `${rows} rows logged${server}`;
  }, STATUS_MS);
}
