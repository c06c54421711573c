// Drop a recording onto the page: its recordings, entities and timelines, a table and a chart of any query, and beside
// them the viewer. Everything happens in the page.
import { openRrd, type RrdFile } from "@rerun-ts/reading";
import { showContents } from "./show-contents.ts";
import { showQuery } from "./show-query.ts";
import { showInViewer } from "./show-in-viewer.ts";

const status = find("#status");
const recordings = find("#recordings") as HTMLSelectElement;
let file: RrdFile | undefined;
/** Ends what is in progress for the recording before. */
let stop = new AbortController();

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
recordings.addEventListener("change", () => void select(recordings.value));

async function open(dropped: File): Promise<void> {
  try {
    say(`Opening ${dropped.name}`);
    file = await openRrd(dropped);
    const stores = [...file.recordings, ...file.blueprints];
    recordings.replaceChildren(
      ...stores.map(
        ({ kind, applicationId, recordingId }) =>
          new Option(`${applicationId} · ${recordingId}${kind === "blueprint" ? " (blueprint)" : ""}`, recordingId),
      ),
    );
    find("main").hidden = false;
    for (const { reason, offset, lostBytes } of file.damage)
      console.warn(`${lostBytes} bytes lost at ${offset}: ${reason}`);
    await Promise.all([select(stores[0]?.recordingId), showInViewer(dropped, find("#viewer"))]);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), true);
  }
}

async function select(recordingId: string | undefined): Promise<void> {
  stop.abort();
  stop = new AbortController();
  if (file === undefined || recordingId === undefined) return say("The file is empty.", true);
  const recording = file.recording(recordingId);
  const { signal } = stop;
  const setContents = showQuery(recording, find("#query") as HTMLFormElement, signal);
  try {
    await showContents(recording, find("#contents"), { signal, onProgress: say, onSelect: setContents });
    const damage = file.damage.reduce((sum, { lostBytes }) => sum + lostBytes, 0);
    say(damage === 0 ? "Nothing leaves this page." : `${damage} bytes are damaged, and were left out.`);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
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
