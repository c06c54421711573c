// Shows the recordings of an example beside it, with a download. If the address has a server's URL, tells the user
// instead where the example sends its data.
import { ShownRecordings } from "../playground/shown-recordings.ts";
import { receiveMessages } from "./delivery.ts";

/** The largest size of the download, in bytes. After this, the oldest data is dropped. */
const MAX_BYTES = 256 * 2 ** 20;
/**
 * Servers on this machine. The page asks the user before it sends to any other server, because a link could send a
 * camera's images to anyone.
 */
const HERE = /^rerun\+http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\d{1,5}\/proxy$/;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

const find = (id: string): HTMLElement => document.querySelector(`#site-${id}`) as HTMLElement;

/** Loads the program of an example, unless it needs a server and has none, or before it may send to another machine. */
export function start(load: () => Promise<unknown>): void {
  const server = new URLSearchParams(location.search).get("url");
  const viewer = document.querySelector<HTMLElement>("#site-viewer");
  write(".site-command", rerunCommand());
  write(".site-target", server ?? "");
  if (server === null) {
    setState("shown");
    if (viewer === null) return;
    showIn(viewer);
    void load();
    return;
  }
  viewer?.remove();
  if (HERE.test(server)) {
    setState("sending-here");
    void load();
    return;
  }
  setState("asking");
  find("agree").addEventListener("click", () => {
    setState("sending");
    void load();
  });
}

function showIn(viewer: HTMLElement): void {
  const note = (text: string): void => find("notes").replaceChildren(text);
  const recordings = new ShownRecordings(viewer, note, { maxBytes: MAX_BYTES });
  const fail = (error: unknown): void => note(String(error));
  recordings.begin().catch(fail);
  receiveMessages((message) => void recordings.take(message).catch(fail));
  find("download").addEventListener("click", () => recordings.save(`${document.body.dataset["example"]}.rrd`));
}

function setState(state: string): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-state]"))
    part.hidden = part.dataset["state"] !== state;
  for (const part of document.querySelectorAll<HTMLElement>(".server")) part.hidden = !state.startsWith("sending");
}

function write(selector: string, text: string): void {
  for (const element of document.querySelectorAll(selector)) element.textContent = text;
}

/**
 * Returns the command that the user must run before the page can send: `rerun` accepts pages of other hosts only if an
 * option allows them.
 */
function rerunCommand(): string {
  return LOOPBACK.test(location.hostname) ? "rerun" : `rerun --cors-allow-origin ${location.origin}`;
}
