// Shows beside an example what it logs, with a download; or says where it is sent if the address has a server's URL.
import { ShownRecordings } from "../playground/shown-recordings.ts";
import { receiveMessages } from "./delivery.ts";

/** What the download contains at most, in bytes; then the oldest data is dropped. */
const MAX_BYTES = 256 * 2 ** 20;
const LOOPBACK = /^(?:localhost|127\..*|\[::1\])$/;

const find = (id: string): HTMLElement => document.querySelector(`#site-${id}`) as HTMLElement;
const server = new URLSearchParams(location.search).get("url");
const viewer = document.querySelector<HTMLElement>("#site-viewer");

if (server !== null) showServer(server);
else if (viewer !== null) showViewer(viewer);
for (const command of document.querySelectorAll(".site-command")) command.textContent = rerunCommand();

function showServer(url: string): void {
  document.body.classList.add("sending");
  viewer?.remove();
  find("target").textContent = url;
}

function showViewer(element: HTMLElement): void {
  const note = (text: string): void => find("notes").replaceChildren(text);
  const recordings = new ShownRecordings(element, note, { maxBytes: MAX_BYTES });
  const fail = (error: unknown): void => note(String(error));
  recordings.begin().catch(fail);
  receiveMessages((message) => void recordings.take(message).catch(fail));
  find("download").addEventListener("click", () => recordings.save(`${document.body.dataset["example"]}.rrd`));
}

/** What to start before the page can send: `rerun` accepts pages of other hosts only if it is told to. */
function rerunCommand(): string {
  return LOOPBACK.test(location.hostname) ? "rerun" : `rerun --cors-allow-origin ${location.origin}`;
}
