import { plainRows, type RecordingReader } from "@rerun-ts/reading";
import type { DataType, Table } from "apache-arrow";
import { showChart } from "../show-chart.ts";
import { cell, formatTime } from "./cells.ts";

const MAX_TABLE_ROWS = 200;

/** Shows the query that a form describes, whenever it is submitted. Returns a function that sets its entities. */
export function showQuery(
  recording: RecordingReader,
  form: HTMLFormElement,
  signal: AbortSignal,
): (entityPath: string) => void {
  const { indexes } = recording.schema();
  const output = form.querySelector("output") as HTMLOutputElement;
  const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;
  const index = field("index") as unknown as HTMLSelectElement;
  index.replaceChildren(...indexes.map(({ name }) => new Option(name)), new Option("static values", ""));
  // A program's own timeline says more than the clock.
  index.value = indexes.find(({ name }) => !name.startsWith("log_"))?.name ?? indexes[0]?.name ?? "";

  const run = async (): Promise<void> => {
    const started = performance.now();
    try {
      const query = recording.query({
        index: index.value === "" ? null : index.value,
        contents: field("contents").value,
        ...(index.value === "" ? {} : { range: { from: timeIn(field("from")), to: timeIn(field("to")) } }),
        fillLatestAt: field("fill").checked,
        signal,
      });
      const table = await query.toTable();
      output.textContent = `${table.numRows.toLocaleString()} rows in ${Math.round(performance.now() - started)} ms`;
      output.classList.remove("error");
      showRows(table);
      showChart(table, index.value);
    } catch (error) {
      if (signal.aborted) return;
      output.textContent = error instanceof Error ? error.message : String(error);
      output.classList.add("error");
    }
  };
  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      void run();
    },
    { signal },
  );
  void run();
  return (entityPath) => {
    field("contents").value = entityPath;
    void run();
  };
}

/** A time in the unit of the timeline; none if the field is empty. */
function timeIn({ value }: HTMLInputElement): bigint | undefined {
  return value.trim() === "" ? undefined : BigInt(value.trim());
}

function showRows(table: Table): void {
  const head = document.createElement("tr");
  for (const { name } of table.schema.fields) {
    const title = document.createElement("th");
    title.textContent = name;
    head.append(title);
  }
  const rows = [...plainRows(table.slice(0, MAX_TABLE_ROWS))].map((values) => {
    const row = document.createElement("tr");
    for (const { name, type } of table.schema.fields) {
      const value = values[name];
      row.append(cell(typeof value === "bigint" ? formatTime(value, type as DataType) : (value ?? null)));
    }
    return row;
  });
  document.querySelector("#rows")?.replaceChildren(head, ...rows);
}
