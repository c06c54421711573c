// Drop an MCAP file onto the page: its topics, and beside them the viewer with its messages. Everything happens in the
// page.
import { sendChunks } from "@rerun-ts/reading";
import { mcapChunks, mcapInfo } from "@rerun-ts/mcap";
import * as rr from "@rerun-ts/web";

/** What the viewer is given before it is waited for. */
const PENDING_BYTES = 8 * 1024 * 1024;

const status = find("#status");
/** Ends what is in progress for the file before. */
let stop = new AbortController();
let opened: rr.viewer.OpenedWebViewer | undefined;

find("input[type=file]").addEventListener("change", (event) => {
  const [dropped] = (event.currentTarget as HTMLInputElement).files ?? [];
  if (dropped) void open(dropped);
});
for (const type of ["dragenter", "dragover", "dragleave", "drop"] as const) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    document.body.classList.toggle("dragging", type === "dragenter" || type === "dragover");
    const [dropped] = type === "drop" ? (event.dataTransfer?.files ?? []) : [];
    if (dropped) void open(dropped);
  });
}

async function open(dropped: File): Promise<void> {
  stop.abort();
  stop = new AbortController();
  const { signal } = stop;
  find("#problems").replaceChildren();
  try {
    const { channels } = await mcapInfo(dropped, { signal });
    find("#topics").replaceChildren(...channels.map(({ topic, messages, schema }) => rowOf(topic, messages, schema)));
    opened ??= await rr.viewer.openWebViewer({ element: find("#viewer"), theme: "light" });
    const rec = new rr.RecordingStream(dropped.name.replace(/\.mcap$/i, ""));
    await rec.setSink(new rr.WebViewerSink(opened.viewer));
    const chunks = mcapChunks(dropped, {
      signal,
      onProgress: ({ bytes, totalBytes }) => say(`${Math.floor((100 * bytes) / totalBytes)} % read`),
      onProblem: ({ topic, reason }) => {
        const item = document.createElement("li");
        item.textContent = `${topic ?? dropped.name}: ${reason}`;
        find("#problems").append(item);
      },
    });
    let pending = 0;
    for await (const chunk of chunks) {
      await sendChunks(rec, [chunk]);
      pending += chunk.byteLength;
      // The viewer draws in this thread, so it takes part of the file at a time.
      if (pending < PENDING_BYTES) continue;
      await rec.flush();
      pending = 0;
    }
    await rec.close();
    say(`All messages of ${channels.length} topics. Nothing left this page.`);
  } catch (error) {
    if (!signal.aborted) say(error instanceof Error ? error.message : String(error), true);
  }
}

function rowOf(...cells: (string | number | undefined)[]): HTMLTableRowElement {
  const row = document.createElement("tr");
  for (const cell of cells) row.insertCell().textContent = String(cell ?? "");
  return row;
}

function say(text: string, isError = false): void {
  status.textContent = text;
  status.classList.toggle("error", isError);
}

function find(selector: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(selector);
  if (element === null) throw new Error(`the page has no ${selector}`);
  return element;
}
