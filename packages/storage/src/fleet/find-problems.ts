import { counted } from "@rerun-ts/core/util";
import type { DatasetStatus, FleetProblem, StreamStatus } from "./fleet-report.ts";

/** The share of a limit from which on a stream is nearly full. */
const FULL = 0.9;
const MAX_NAMED = 3;

/** Problems of a dataset that do not end by themselves, with an action for each. */
export function findProblems(status: DatasetStatus, overdueSeconds: number): readonly FleetProblem[] {
  const found = [...problemsOfBucket(status), ...problemsOfStream(status.stream, overdueSeconds)];
  const all = [...found, ...problemsOfCatalog(status)];
  return all.map(([problem, action]) => ({ dataset: status.dataset, problem, action }));
}

type Problem = readonly [problem: string, action: string];

function problemsOfBucket({ dataset, damaged, unclear }: DatasetStatus): Problem[] {
  const problems: Problem[] = [];
  for (const isMendable of [true, false]) {
    const found = (damaged.found ?? []).filter((part) => part.isMendable === isMendable);
    if (found.length === 0) continue;
    problems.push([
      `${counted(found.length, "part is", "parts are")} damaged: ${named(found.map(({ key }) => key))}`,
      isMendable
        ? `write their whole chunks to new parts: rerun-ts parts mend --dataset ${dataset} STORE`
        : "restore the objects from a version or a copy of the bucket",
    ]);
  }
  const unreadable = damaged.unreadable ?? [];
  if (unreadable.length > 0)
    problems.push([
      `${counted(unreadable.length, "part", "parts")} cannot be read: ${named(unreadable.map(({ key, reason }) => `${key} (${reason})`))}`,
      "mend the store, or the rights of the credentials, and check again: " +
        `rerun-ts parts check --dataset ${dataset} STORE`,
    ]);
  // The recordings of the others are named below.
  const records = (damaged.records ?? []).filter(({ key }) => !unclear.some(({ reason }) => reason.includes(key)));
  if (records.length > 0)
    problems.push([
      `${counted(records.length, "record", "records")} cannot be read: ${named(records.map(({ key, reason }) => `${key} (${reason})`))}`,
      "mend the store, or restore the object from a version or a copy of the bucket",
    ]);
  if (unclear.length > 0)
    problems.push([
      `${counted(unclear.length, "recording has", "recordings have")} a damaged record: ${named(unclear.map(({ reason }) => reason))}`,
      "restore the object from a version or a copy of the bucket",
    ]);
  return problems;
}

function problemsOfStream(stream: StreamStatus | null, overdueSeconds: number): Problem[] {
  if (stream === null) return [];
  const problems: Problem[] = [];
  const { name, waiting, limits } = stream;
  const overdue = waiting.filter(({ oldestSeconds }) => (oldestSeconds ?? 0) > overdueSeconds);
  if (overdue.length > 0) {
    const oldest = Math.max(...overdue.map(({ oldestSeconds }) => oldestSeconds ?? 0));
    const which = overdue.map(({ partition }) => partition);
    problems.push([
      `${which.length === 1 ? "partition" : "partitions"} ${which.join(", ")} of ${name} ${which.length === 1 ? "is" : "are"} not being committed; the oldest pack has waited ${oldest} s`,
      "start `rerun-ts ingest`; if it runs, its /healthz has the reason",
    ]);
  }
  const isNearly = (value: number, limit: number | null): boolean => limit !== null && value > FULL * limit;
  if (
    limits.whenFull === "refuses" &&
    (isNearly(stream.bytes, limits.bytes) || isNearly(stream.messages, limits.messages))
  )
    problems.push([
      `the stream ${name} is nearly full, and will refuse packs`,
      "grant ingesters `$JS.API.STREAM.PURGE`, so that they can remove committed packs, or raise the limits of the stream",
    ]);
  return problems;
}

function problemsOfCatalog({ dataset, catalog }: DatasetStatus): Problem[] {
  if (catalog === null) return [];
  const { exists, missing, conflicts, replaced, gone } = catalog;
  const problems: Problem[] = [];
  if (!exists && missing.count > 0)
    return [["the catalog has no such dataset", `start \`rerun-ts catalog keep --dataset ${dataset}\``]];
  if (missing.count > 0) {
    const reasons = missing.parts.map(({ key, reason }) => `${key} (${reason})`);
    const isDamaged = missing.parts.some(({ kind }) => kind === "damaged");
    problems.push([
      `${counted(missing.count, "part is", "parts are")} not in the catalog: ${named(reasons)}`,
      isDamaged
        ? `mend damaged parts: rerun-ts parts mend --dataset ${dataset} STORE`
        : "look at /healthz and the log of `rerun-ts catalog keep`, and whether it leaves out their recordings",
    ]);
  }
  if (conflicts.count > 0)
    problems.push([
      `${counted(conflicts.count, "part has", "parts have")} another type than most of the data: ${named(conflicts.keys)}`,
      `query them in ${dataset}.conflicts, and let their program log to another component or dataset`,
    ]);
  if (replaced > 0)
    problems.push([
      `the catalog still has ${counted(replaced, "part that was", "parts that were")} replaced or removed`,
      "check that `rerun-ts catalog keep` is running for this dataset",
    ]);
  if (gone.count > 0)
    problems.push([
      `the catalog has ${counted(gone.count, "part", "parts")} whose object is gone: ${named(gone.keys)}`,
      "the keeper unregisters those that no commit names; restore the others, or unregister them: " +
        "rerun-ts catalog rm --layer LAYER URL DATASET",
    ]);
  return problems;
}

function named(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ", …" : "";
  return names.slice(0, MAX_NAMED).join(", ") + more;
}
