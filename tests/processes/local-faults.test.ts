import { chmodSync, chownSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { serve } from "@rerun-ts/node";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { describe, expect, onTestFinished } from "vitest";
import { rowNumbers } from "./harness/logged-rows.ts";
import { Program, runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";

const PROGRAM = join(import.meta.dirname, "programs/local-faults.mjs");
/** Enough for Node, and few enough to use up. */
const MAX_FILES = 200;
/** A user whom permissions restrict. */
const NOBODY = 65534;

interface Report {
  /** The numbers of the first rows after the beginning of the fault, and after its end, and of all rows. */
  readonly before: number;
  readonly after: number;
  readonly end: number;
  /** The ranges of rows of which `flush` has said that they are stored. */
  readonly stored: readonly (readonly [number, number])[];
  readonly droppedRows: number;
  readonly warnings: readonly string[];
  readonly state: string;
}

/** The faults, and a part of the warnings about each. */
const REASONS = {
  full: /ENOSPC.*the disk is full; free some space/,
  descriptors: /EMFILE.*too many files open; close some, or raise its limit/,
  removed: /was removed/,
  "files removed": /was removed/,
  "read-only": /EACCES.*must be writable/,
  "replaced by a file": /was removed/,
  taken: /another program has taken it/,
  failing: /EIO.*the disk fails; check it/,
};
type Fault = keyof typeof REASONS;
/** The faults that remove what was stored before. */
const REMOVALS: ReadonlySet<Fault> = new Set(["removed", "files removed", "replaced by a file"]);

/** The numbers of the rows in all recordings below a folder. */
function rowsIn(folder: string): number[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rrd"));
  return names.flatMap((name) => [...rowNumbers(readFileSync(join(folder, name)))]);
}

/** The numbers of the rows that the next program with a spool sends. */
async function rowsSentFrom(spool: string, port: number): Promise<number[]> {
  const relay = await serve.serveGrpcRelay({ port, thread: false });
  onTestFinished(() => relay.close());
  await runProgram("spool", [spool, urlOf(port)], { uid: NOBODY });
  const reader = new RelayReaderClient(relay.url);
  await reader.until(relay.stats().heldMessages);
  reader.stop();
  return [...rowNumbers(reader.toRrd())];
}

/** Runs the program, and returns what it reports, with the rows that have arrived. */
async function runThroughFault(
  kind: string,
  fault: Fault,
  folder: string,
  disk: string,
): Promise<Report & { readonly found: readonly number[] }> {
  const [parent, store] = [join(disk, "sinks"), join(folder, "store")];
  chmodSync(folder, 0o755);
  for (const path of [parent, store]) mkdirSync(path);
  if (process.getuid?.() === 0) for (const path of [disk, parent, store]) chownSync(path, NOBODY, NOBODY);
  const [place, port] = [join(parent, "sink"), await freePort()];
  const args = [PROGRAM, place, kind, fault, kind === "spool" ? urlOf(port) : store];
  const program = new Program("prlimit", [`--nofile=${MAX_FILES}`, process.execPath, ...args], { uid: NOBODY });
  const report = (await program.report()) as Report;
  if (kind === "spool") program.process.kill("SIGKILL");
  const { code, stderr } = await program.ended;
  if (kind !== "spool") expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const found = kind === "spool" ? await rowsSentFrom(place, port) : rowsIn(kind === "PartsSink" ? store : place);
  return { ...report, found };
}

/** Expects that the sink has gone on, and has what it said that it has. Returns the number of lost rows. */
function expectOutlived(report: Report & { readonly found: readonly number[] }, fault: Fault): number {
  const { before, after, end, stored, warnings, state, found } = report;
  expect(state).not.toBe("broken");
  const rows = new Set(found);
  expect(found).toHaveLength(rows.size);
  const missing = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, index) => from + index).filter((row) => !rows.has(row));
  for (const [first, last] of stored)
    if (first >= before || !REMOVALS.has(fault)) expect(missing(first, last)).toEqual([]);
  expect(missing(after, end)).toEqual([]);
  expect(warnings.join("\n")).toMatch(REASONS[fault]);
  expect(warnings.join("\n")).toContain("small-disk/sinks/sink");
  return missing(0, end).length;
}

/** Expects that these rows were dropped, and perhaps the row of static data, which is written later. */
function expectDropped({ droppedRows }: Report, missing: number): void {
  expect([missing, missing + 1]).toContain(droppedRows);
}

describe.each(["saveParts", "PartsSink"])("%s", (kind) => {
  it.for(["full", "descriptors", "removed", "files removed", "read-only", "replaced by a file", "failing"] as const)(
    "drops and counts rows during a fault of the machine (%s), and goes on after it",
    async (fault, { folder, smallDisk }) => {
      const report = await runThroughFault(kind, fault, folder, smallDisk);
      const missing = expectOutlived(report, fault);
      if (REMOVALS.has(fault)) expect(report.droppedRows).toBeGreaterThanOrEqual(missing);
      else expectDropped(report, missing);
    },
  );
});

describe("FileSink", () => {
  it.for(["full", "failing"] as const)(
    "drops and counts rows while its disk cannot be written (%s), and goes on in its file",
    async (fault, { folder, smallDisk, rerun }) => {
      const report = await runThroughFault("FileSink", fault, folder, smallDisk);
      expectDropped(report, expectOutlived(report, fault));
      const file = join(smallDisk, "sinks/sink/faults.rrd");
      await rerun.verify(file);
      // It has the static data that was logged meanwhile.
      expect(await rerun.rows(file)).toMatchObject({ "/note": 2 });
    },
  );
});

describe("a spool", () => {
  it.for(["full", "removed", "files removed", "read-only", "replaced by a file", "taken", "failing"] as const)(
    "says that rows are stored only if they are, during a fault of the machine (%s), and goes on after it",
    async (fault, { folder, smallDisk }) => {
      expectOutlived(await runThroughFault("spool", fault, folder, smallDisk), fault);
    },
  );

  it("stores all rows without a free file descriptor, because each segment takes that of the one before", async ({
    folder,
    smallDisk,
  }) => {
    const { state, end, found } = await runThroughFault("spool", "descriptors", folder, smallDisk);
    expect(state).toBe("connecting");
    expect([...found].sort((a, b) => a - b)).toEqual(Array.from({ length: end }, (_, row) => row));
  });
});
