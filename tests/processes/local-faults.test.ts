import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { Program } from "./harness/program.ts";
import { rowNumbers } from "./harness/logged-rows.ts";
import { it } from "./harness/test.ts";

const PROGRAM = join(import.meta.dirname, "programs/local-faults.mjs");
/** Enough for Node, and few enough to use up. */
const MAX_FILES = 200;

/** The numbers of the rows in all parts below a folder. */
function rowsIn(folder: string): number[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rrd"));
  return names.flatMap((name) => [...rowNumbers(readFileSync(join(folder, name)))]);
}

interface Report {
  readonly before: number;
  readonly after: number;
  readonly end: number;
  readonly state: string;
  readonly droppedRows: number;
  readonly warnings: readonly string[];
}

describe.each(["saveParts", "PartsSink"])("%s", (kind) => {
  it.for([
    ["full", "no space left"],
    ["descriptors", "too many open files"],
    ["removed", ""],
  ] as const)(
    "drops and counts rows during a fault of the machine (%s), and goes on after it",
    async ([fault, reason], { folder, smallDisk }) => {
      const [parts, store] = [join(smallDisk, "parts"), join(folder, "store")];
      const program = new Program("prlimit", [
        `--nofile=${MAX_FILES}`,
        process.execPath,
        PROGRAM,
        parts,
        kind,
        fault,
        store,
      ]);
      const { code, stderr, reports } = await program.ended;
      expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      const { before, after, end, droppedRows, warnings, state } = reports[0] as Report;
      expect(state).toBe("open");
      const found = rowsIn(kind === "saveParts" ? parts : store);
      const rows = new Set(found);
      expect(found).toHaveLength(rows.size);
      const missing = (from: number, to: number): number[] =>
        Array.from({ length: to - from }, (_, index) => from + index).filter((row) => !rows.has(row));
      if (fault !== "removed") expect(missing(0, before)).toEqual([]);
      expect(missing(after, end)).toEqual([]);
      expect(droppedRows).toBeGreaterThanOrEqual(missing(0, end).length);
      if (fault !== "removed") expect(droppedRows).toBe(missing(0, end).length);
      expect(warnings.join("\n")).toContain(reason);
    },
  );
});
