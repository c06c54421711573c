// The datasets of a catalog: drop a recording onto the page to upload it, and see a plot of a query, and the segment in
// the viewer. The catalog is a `rerun server`. Another one can be named by `?url=` in the address of the page.
import { connectCatalog, type CatalogClient, type DatasetEntry } from "@rerun-ts/catalog";
import * as rr from "@rerun-ts/web";
import { showChart } from "../show-chart.ts";

const DEFAULT_URL = "rerun+http://localhost:51234";
/** Where a recording goes that is dropped before there is any dataset. */
const FIRST_DATASET = "dropped";

const status = find("#status");
const datasets = find("#datasets") as HTMLSelectElement;
const progress = find("#progress") as HTMLProgressElement;
let catalog: CatalogClient | undefined;
let viewer: rr.viewer.OpenedWebViewer | undefined;
/** Ends what is in progress for the segment before. */
let stop = new AbortController();

const form = find("#connect") as HTMLFormElement;
const address = form.elements.namedItem("url") as HTMLInputElement;
address.value = new URLSearchParams(location.search).get("url") ?? DEFAULT_URL;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  reportErrors(connect(address.value));
});
find("input[type=file]").addEventListener("change", (event) => {
  const [file] = (event.currentTarget as HTMLInputElement).files ?? [];
  if (file) reportErrors(upload(file));
});
for (const type of ["dragenter", "dragover", "dragleave", "drop"] as const) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    document.body.classList.toggle("dragging", type === "dragenter" || type === "dragover");
    const [file] = type === "drop" ? (event.dataTransfer?.files ?? []) : [];
    if (file) reportErrors(upload(file));
  });
}
datasets.addEventListener("change", () => reportErrors(listSegments()));

async function connect(url: string): Promise<void> {
  say(`Connecting to ${url}`);
  catalog?.close();
  catalog = await connectCatalog(url);
  await listDatasets();
  await listSegments();
}

/** Lists the datasets, and keeps the one that is chosen. */
async function listDatasets(chosen = datasets.value): Promise<void> {
  const names = (await catalog?.datasetNames()) ?? [];
  datasets.replaceChildren(...names.map((name) => new Option(name)));
  if (names.includes(chosen)) datasets.value = chosen;
  say(names.length === 0 ? "There is no dataset yet: drop a recording." : `${names.length} datasets`);
}

/** Lists the segments of the chosen dataset, and shows one. */
async function listSegments(shown?: string): Promise<void> {
  const dataset = await chosenDataset();
  const ids = (await dataset?.segmentIds()) ?? [];
  const head = document.createElement("tr");
  head.innerHTML = "<th>Segment</th>";
  const rows = ids.map((id) => {
    const row = document.createElement("tr");
    row.dataset["segment"] = id;
    row.insertCell().textContent = id;
    row.addEventListener("click", () => dataset && reportErrors(showSegment(dataset, id)));
    return row;
  });
  find("#segments").replaceChildren(head, ...rows);
  const id = shown ?? ids[0];
  if (dataset !== undefined && id !== undefined) await showSegment(dataset, id);
}

async function upload(file: File): Promise<void> {
  const dataset = (await chosenDataset()) ?? (await catalog?.createDataset(FIRST_DATASET, { existOk: true }));
  if (dataset === undefined) return say("Connect to a catalog first.", true);
  say(`Uploading ${file.name}`);
  progress.hidden = false;
  try {
    const { segmentId } = await dataset.upload(file, {
      key: `${dataset.name}/${file.name}`,
      // The same file may be dropped twice.
      resume: true,
      onProgress: ({ bytes, totalBytes }) => (progress.value = bytes / totalBytes),
    });
    await listDatasets(dataset.name);
    await listSegments(segmentId);
  } finally {
    progress.hidden = true;
  }
}

/** Shows a plot of the scalars of a segment, and the segment in the viewer. */
async function showSegment(dataset: DatasetEntry, id: string): Promise<void> {
  stop.abort();
  stop = new AbortController();
  for (const row of document.querySelectorAll("tr[data-segment]"))
    row.classList.toggle("chosen", (row as HTMLElement).dataset["segment"] === id);
  await Promise.all([showQuery(dataset, id, stop.signal), showInViewer(dataset.segmentUrl(id))]);
}

async function showQuery(dataset: DatasetEntry, id: string, signal: AbortSignal): Promise<void> {
  const { indexes, components } = await dataset.schema({ signal });
  // A program's own timeline says more than the clock.
  const index = indexes.find(({ name }) => !name.startsWith("log_"))?.name ?? "log_time";
  const columns = components.filter(({ component }) => component === "Scalars:scalars").map(({ name }) => name);
  const table = await dataset.query({ index, segments: id, columns, signal }).toTable();
  if (signal.aborted) return;
  showChart(table, index);
  say(`${table.numRows.toLocaleString()} rows of ${id}`);
}

async function showInViewer(url: string): Promise<void> {
  viewer ??= await rr.viewer.openWebViewer({ element: find("#viewer"), theme: "light" });
  await viewer.control.open(url, { timeoutMs: Infinity });
}

async function chosenDataset(): Promise<DatasetEntry | undefined> {
  return datasets.value === "" ? undefined : catalog?.getDataset(datasets.value);
}

function reportErrors(task: Promise<void>): void {
  task.catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code !== "ABORTED") say(messageOf(error), true);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
