import type { RecordingReader } from "@rerun-ts/reading";
import { cell, formatBytes, formatTime } from "./cells.ts";

export interface ContentsOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** Called with the path of an entity that the user clicks. */
  readonly onSelect: (entityPath: string) => void;
}

interface EntitySize {
  chunks: number;
  rows: number;
  bytes: number;
}

/** Shows what a recording consists of: first what its index says, then the sizes, for which everything is read. */
export async function showContents(
  recording: RecordingReader,
  element: HTMLElement,
  { signal, onProgress, onSelect }: ContentsOptions,
): Promise<void> {
  const { indexes, entityPaths } = recording.schema();
  const facts: [string, string][] = [
    ["chunks", recording.numChunks.toLocaleString()],
    ["rows", recording.numRows.toLocaleString()],
  ];
  for (const { name, type } of indexes) {
    const range = recording.timeRange(name);
    if (range !== undefined) facts.push([name, `${formatTime(range.start, type)} to ${formatTime(range.end, type)}`]);
  }
  element
    .querySelector("#summary")
    ?.replaceChildren(...facts.flatMap(([name, value]) => [text("dt", name), text("dd", value)]));

  const sizes = new Map<string, EntitySize>(entityPaths.map((path) => [path, { chunks: 0, rows: 0, bytes: 0 }]));
  const table = element.querySelector("#entities") as HTMLTableElement;
  const draw = (): void => drawEntities(table, sizes, onSelect);
  draw();
  let read = 0;
  for await (const { entityPath, numRows, byteLength } of recording.chunks({ signal })) {
    const size = sizes.get(entityPath);
    if (size !== undefined) {
      size.chunks++;
      size.rows += numRows;
      size.bytes += byteLength;
    }
    if (++read % 64 === 0) {
      onProgress(`Reading sizes: ${Math.round((100 * read) / recording.numChunks)} %`);
      // Lets the page draw.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  draw();
}

function drawEntities(
  table: HTMLTableElement,
  sizes: ReadonlyMap<string, EntitySize>,
  onSelect: (entityPath: string) => void,
): void {
  const head = document.createElement("tr");
  head.append(...["entity", "chunks", "rows", "size"].map((name) => text("th", name)));
  const rows = [...sizes].map(([path, { chunks, rows: count, bytes }]) => {
    const row = document.createElement("tr");
    row.dataset["entity"] = path;
    row.append(cell(path), cell(chunks), cell(count), cell(formatBytes(bytes)));
    row.addEventListener("click", () => onSelect(path));
    return row;
  });
  table.replaceChildren(head, ...rows);
}

function text(name: "dd" | "dt" | "th", content: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = content;
  return element;
}
