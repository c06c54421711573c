import { lstatSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import { RerunError } from "@rerun-ts/core";
import { argumentError, checkOptions, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { forEachInParallel } from "@rerun-ts/core/util";
import { LockedError } from "@rerun-ts/node/spool";
import { parsePartName, sealParts } from "@rerun-ts/node/parts";
import { checkDataset } from "../parts/part-key.ts";
import { RUN_DIGITS, checkPartStore, type PartStore } from "../parts/part-store.ts";
import {
  RunFolder,
  hasFacts,
  isMissing,
  isRunFolder,
  spooledPartsIn,
  runFoldersIn,
  type RunFacts,
  type SpooledPart,
} from "./run-folder.ts";
import { sendPart, sha256InTurn, type SentPart } from "./send-part.ts";

/** Progress of {@link pushSpool}. */
export interface PushProgress {
  /** The number of parts that were sent. */
  readonly parts: number;
  /** The number of their bytes. */
  readonly bytes: number;
}

/** Options of {@link pushSpool}. */
export interface PushOptions {
  /**
   * The dataset of the parts, if `spool` is a folder of `saveParts`, which does not know it. Sent parts stay in that
   * folder, and are recognised if they are sent again. Default: none, for the spool of a `PartsSink`.
   */
  dataset?: string | undefined;
  /** The name of the producer of these parts. Default: the host name. */
  producer?: string | undefined;
  /** Ends the work after the part that is being sent. Default: none. */
  signal?: AbortSignal | undefined;
  /** Called after each part. Default: none. */
  onProgress?: ((progress: PushProgress) => void) | undefined;
}

/** The result of {@link pushSpool}. */
export interface PushReport {
  /** The parts that the store has now. */
  readonly sent: readonly SentPart[];
  /** The folders of programs that are running: they send their parts themselves. */
  readonly inUse: readonly string[];
  /** The parts that are still in the spool, and why. */
  readonly failed: readonly { readonly path: string; readonly error: RerunError }[];
}

const KNOWN: OptionNames<PushOptions> = { dataset: 1, producer: 1, signal: 1, onProgress: "function" };
/** Number of parts to send at a time. */
const UPLOADS = 4;
/** Interval between checks of folders whose programs may or may not run. */
const LOOK_MS = 1000;
const NEVER = new AbortController().signal;

/**
 * Sends the parts that programs have left in the spool of a `PartsSink`. Unfinished parts are finished first. Parts of
 * running programs are left alone. Sent parts are removed from the spool.
 *
 * @throws {RerunError} `NOT_FOUND` if the folder does not exist, or the folder has parts and is not a spool, `IO_ERROR` if
 * it cannot be read
 */
export function pushSpool(spool: string, store: PartStore, options: PushOptions = {}): Promise<PushReport> {
  return withRerunErrors(async () => {
    checkOptions("pushSpool", options, KNOWN);
    checkPartStore(store);
    if (!(await isFolder(spool))) throw new RerunError("NOT_FOUND", `cannot read ${spool}: no such folder`);
    const folders = await runFoldersIn(spool);
    const { dataset, producer = hostname() } = options;
    // Anybody may have a `run.json`.
    const isRun = (await isRunFolder(spool)) && (await hasFacts(spool));
    if (dataset !== undefined && (folders.length > 0 || isRun))
      throw argumentError("dataset", "`dataset` is for folders of `saveParts`: the parts of a spool know theirs");
    if (dataset === undefined && folders.length === 0) checkIsSpool(spool, isRun, await readdir(spool));
    const report = { sent: [] as SentPart[], inUse: [] as string[], failed: [] as PushReport["failed"][number][] };
    if (dataset !== undefined)
      await pushSaved(spool, { dataset: checkDataset(dataset), producer }, store, options, report);
    await pushRuns(folders, store, options, report);
    return report;
  });
}

/** Sends the parts of runs. A run that cannot be sent is reported, and does not keep the others. */
async function pushRuns(
  folders: readonly string[],
  store: PartStore,
  options: PushOptions,
  report: Report,
): Promise<void> {
  for (let left = folders; left.length > 0;) {
    const unclear: string[] = [];
    for (const path of left) {
      if (options.signal?.aborted === true) return;
      try {
        const run = await RunFolder.take(path);
        if (run !== undefined) await pushRun(run, store, options, report);
      } catch (error) {
        if (!(error instanceof LockedError) || error.owner === "unknown") fail(report, path, error);
        else if (error.owner === "exists") report.inUse.push(path);
        else unclear.push(path);
      }
    }
    // A renewed lock has an owner.
    left = unclear;
    if (left.length > 0) await setTimeout(LOOK_MS, undefined, { signal: options.signal }).catch(() => {});
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Checks that a folder without runs has nothing else to send. @throws {RerunError} `NOT_FOUND` */
function checkIsSpool(path: string, isRun: boolean, names: readonly string[]): void {
  if (isRun)
    throw new RerunError("NOT_FOUND", `${path} is the folder of one run in a spool; give the folder that it is in`);
  if (names.some((name) => parsePartName(name) !== undefined))
    throw new RerunError(
      "NOT_FOUND",
      `${path} is not a spool of a \`PartsSink\`, but a folder of \`saveParts\`: the dataset of its parts is not known: \`--dataset\`, or the option \`dataset\``,
    );
}

/** The report while it is made. */
interface Report {
  readonly sent: SentPart[];
  readonly inUse: string[];
  readonly failed: PushReport["failed"][number][];
}

async function pushRun(run: RunFolder, store: PartStore, options: PushOptions, report: Report): Promise<void> {
  try {
    const sealed = await sealParts(run.path, { signal: options.signal ?? NEVER });
    for (const { path, error } of sealed.failed) fail(report, path, error);
    const sha256Of = sha256InTurn();
    await sendAll(await run.parts(), options, report, (part, signal) =>
      sendPart(store, run.facts, part, signal, sha256Of),
    );
  } catch (error) {
    fail(report, run.path, error);
  } finally {
    run.release();
  }
}

/**
 * Sends the parts of a folder of `saveParts`. The contents of a part are its run: another program may have written
 * other parts with the same number to the folder.
 */
async function pushSaved(
  folder: string,
  facts: Omit<RunFacts, "run">,
  store: PartStore,
  options: PushOptions,
  report: Report,
): Promise<void> {
  const sealed = await sealParts(folder, { signal: options.signal ?? NEVER });
  for (const { path, error } of sealed.failed) fail(report, path, error);
  report.inUse.push(...sealed.inUse.map(({ path }) => path));
  const sha256Of = sha256InTurn();
  await sendAll(await spooledPartsIn(folder), options, report, async (part, signal) => {
    const sha256 = await sha256Of(part.path);
    const run = sha256.slice(0, RUN_DIGITS);
    return sendPart(store, { ...facts, run }, part, signal, () => Promise.resolve(sha256), true);
  });
}

/** Whether nothing is at a path. What cannot be looked at may be there. */
function isGone(path: string): boolean {
  try {
    lstatSync(path);
    return false;
  } catch (error) {
    return isMissing(error);
  }
}

function fail(report: Report, path: string, error: unknown): void {
  // The program of a part that is gone has sent and removed it meanwhile.
  if (isGone(path)) return;
  report.failed.push({ path, error: RerunError.from(error) });
}

/** Sends parts, several at a time. One that fails does not keep the others. */
async function sendAll(
  parts: readonly SpooledPart[],
  { signal = NEVER, onProgress }: PushOptions,
  report: Report,
  send: (part: SpooledPart, signal: AbortSignal) => Promise<SentPart>,
): Promise<void> {
  let bytes = report.sent.reduce((sum, sent) => sum + sent.bytes, 0);
  await forEachInParallel(parts, UPLOADS, async (part) => {
    if (signal.aborted) return;
    try {
      const sent = await send(part, signal);
      report.sent.push(sent);
      bytes += sent.bytes;
      onProgress?.({ parts: report.sent.length, bytes });
    } catch (error) {
      if (!signal.aborted) fail(report, part.path, error);
    }
  });
}
