import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { makeRecording } from "./reading/make-recording.ts";
import { makeSegments } from "./reading/make-segments.ts";
import { queryOf } from "./reading/programs.ts";
import {
  outputFolder,
  own,
  pythonReading,
  readingFolder,
  runProgram,
  type OwnPeers,
  type Peer,
  type PeerRun,
} from "./run-peers.ts";
import { ownPeerOf } from "./run-workload.ts";
import type { Workload } from "./workloads.ts";

const ORACLE = join(root, "tests/conformance/query_oracle.py");
/** Of a workload in a page: this SDK on Node. */
const NODE = "Node";

/**
 * Measures a workload that reads, in new processes that take turns. Returns the runs of each SDK by its name. The
 * tables and the counts of all SDKs must be equal.
 */
export async function measureReading(
  workload: Workload,
  size: "full" | "quick",
  rounds: number,
  python: string | undefined,
): Promise<ReadonlyMap<string, readonly PeerRun[]>> {
  if (workload.ofCatalog === true) return measureCatalog(workload, size, rounds, python);
  const { name, inPage = false } = workload;
  const { program, file, steps } = await toRead(workload, size);
  const peers: Peer[] = [inPage ? ownPeerOf(workload, own) : own.reading];
  if (inPage) peers.push({ ...own.reading, name: NODE });
  if (python !== undefined) peers.push(pythonReading(python));
  if (python !== undefined && (await areTablesEqual(program, file, steps, python)))
    process.stdout.write("values equal, ");
  const runs = new Map<string, PeerRun[]>(peers.map((peer) => [peer.name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) {
      runs.get(peer.name)?.push(await readWith(peer, workload, size));
    }
    process.stdout.write(".");
  }
  process.stdout.write("\n");
  const values = new Set([...runs.values()].flat().map(({ value }) => value));
  if (values.size > 1) throw new Error(`${name}: the SDKs count ${[...values].join(" and ")}`);
  return runs;
}

/** Runs a workload that reads a file once. */
export async function readOnce(workload: Workload, peers: OwnPeers, size: "full" | "quick"): Promise<PeerRun> {
  return readWith(workload.inPage === true ? ownPeerOf(workload, peers) : peers.reading, workload, size);
}

async function readWith(peer: Peer, workload: Workload, size: "full" | "quick"): Promise<PeerRun> {
  const { calls } = workload;
  const { program, file, steps } = await toRead(workload, size);
  const source = peer.isPage === true ? `read:${file}` : file;
  const args = [program, String(calls[size] ?? calls.full), source, String(steps)];
  return runProgram({ ...peer, command: [...peer.command, ...args] });
}

/** The program of a workload that reads, and the file, which is made at the first call. */
async function toRead(
  { name, program = name.replace(/^web-/, ""), readsSteps }: Workload,
  size: "full" | "quick",
): Promise<{ readonly program: string; readonly file: string; readonly steps: number }> {
  const steps = readsSteps?.[size] ?? 0;
  return { program, file: await makeRecording(steps), steps };
}

/** Measures a workload that reads a dataset of a real catalog, which both SDKs read in turns. */
async function measureCatalog(
  { name, calls, readsSteps }: Workload,
  size: "full" | "quick",
  rounds: number,
  python: string | undefined,
): Promise<ReadonlyMap<string, readonly PeerRun[]>> {
  const rerun = await findRerun();
  if (python === undefined || rerun === undefined) throw new Error(`${name} needs the real Rerun`);
  const segments = readsSteps?.[size] ?? 0;
  const folder = await makeSegments(segments);
  const server = await CatalogServer.start(rerun.rerun, ["--dataset", `segments=${folder}`]);
  try {
    const peers: Peer[] = [own.reading, pythonReading(python)];
    const runs = new Map<string, PeerRun[]>(peers.map((peer) => [peer.name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const peer of peers) {
        const args = [name, String(calls[size] ?? calls.full), server.url, String(segments)];
        runs.get(peer.name)?.push(await runProgram({ ...peer, command: [...peer.command, ...args] }));
      }
      process.stdout.write(".");
    }
    process.stdout.write("\n");
    const values = new Set([...runs.values()].flat().map(({ value }) => value));
    if (values.size > 1) throw new Error(`${name}: the SDKs count ${[...values].join(" and ")}`);
    return runs;
  } finally {
    await server.stop();
  }
}

/** Deletes the recordings that were read. */
export async function deleteRecordings(): Promise<void> {
  await rm(readingFolder, { recursive: true, force: true });
}

/** Has Rerun's query engine compare our table with its own. Returns whether there is one. @throws if they differ */
async function areTablesEqual(program: string, file: string, steps: number, python: string): Promise<boolean> {
  const query = queryOf(program, steps);
  if (query === undefined) return false;
  const [table, request, answer] = ["table.arrow", "request.json", "answer.jsonl"].map((name) =>
    join(outputFolder, name),
  ) as [string, string, string];
  try {
    const writing = [program, "1", file, String(steps), table];
    await runProgram({ ...own.reading, command: [...own.reading.command, ...writing] });
    const { index, contents = null, fillLatestAt = false } = query;
    const values = query.usingIndexValues as BigInt64Array | undefined;
    const theirs = {
      index,
      contents,
      fill_latest_at: fillLatestAt,
      ...(values !== undefined && { using_index_values: Array.from(values, String) }),
    };
    await writeFile(request, JSON.stringify([{ file, query: theirs, table }]));
    const { code, output } = await run(python, [ORACLE, request, answer], { capture: true });
    if (code !== 0) throw new Error(`query_oracle.py failed:\n${output}`);
    const verdict = JSON.parse(await readFile(answer, "utf8")) as { problem?: string | null; error?: string };
    if (verdict.problem !== null) throw new Error(`${program}: ${verdict.problem ?? verdict.error}`);
    return true;
  } finally {
    for (const path of [table, request, answer]) await rm(path, { force: true });
  }
}
