import { readdirSync, statSync } from "node:fs";
import { RerunError } from "@rerun-ts/core";
import { checkOptions, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { parsePartName, sealParts } from "@rerun-ts/node/parts";
import { checkPartStore, type PartStore } from "../parts/part-store.ts";
import { RunFolder, isRunFolder, runFoldersIn } from "./run-folder.ts";
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

const KNOWN: OptionNames<PushOptions> = { signal: 1, onProgress: "function" };
/** Number of parts to send at once. */
const UPLOADS = 4;
const NEVER = new AbortController().signal;

/**
 * Sends the parts that programs have left in the spool of a `PartsSink`. Unfinished parts are finished first. Parts of
 * running programs are left alone. Sent parts are removed from the spool.
 *
 * @throws {RerunError} `NOT_FOUND` if there is no such folder, or the folder has parts and is no spool, `IO_ERROR` if
 * it cannot be read
 */
export function pushSpool(spool: string, store: PartStore, options: PushOptions = {}): Promise<PushReport> {
  return withRerunErrors(async () => {
    checkOptions("pushSpool", options, KNOWN);
    checkPartStore(store);
    if (statSync(spool, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new RerunError("NOT_FOUND", `cannot read ${spool}: there is no such folder`);
    const folders = runFoldersIn(spool);
    if (folders.length === 0) checkIsSpool(spool);
    const report = { sent: [] as SentPart[], inUse: [] as string[], failed: [] as PushReport["failed"][number][] };
    for (const path of folders) {
      if (options.signal?.aborted === true) break;
      const run = RunFolder.take(path);
      if (run === undefined) report.inUse.push(path);
      else await pushRun(run, store, options, report);
    }
    return report;
  });
}

/** Checks that a folder without runs has nothing else to send. @throws {RerunError} `NOT_FOUND` */
function checkIsSpool(path: string): void {
  const names = readdirSync(path);
  if (isRunFolder(path))
    throw new RerunError("NOT_FOUND", `${path} is the folder of one run in a spool; give the folder that it is in`);
  if (names.some((name) => parsePartName(name) !== undefined))
    throw new RerunError(
      "NOT_FOUND",
      `${path} is no spool of a \`PartsSink\`, but a folder of \`saveParts\`: the dataset of its parts is not known`,
    );
}

async function pushRun(
  run: RunFolder,
  store: PartStore,
  { signal = NEVER, onProgress }: PushOptions,
  report: { readonly sent: SentPart[]; readonly failed: PushReport["failed"][number][] },
): Promise<void> {
  const fail = (path: string, error: unknown): void => void report.failed.push({ path, error: RerunError.from(error) });
  try {
    const sealed = await sealParts(run.path, { signal });
    for (const { path, error } of sealed.failed) fail(path, error);
    const waiting = run.parts().values();
    const sha256Of = sha256InTurn();
    const sendSome = async (): Promise<void> => {
      for (const part of waiting) {
        if (signal.aborted) return;
        try {
          report.sent.push(await sendPart(store, run.facts, part, signal, sha256Of));
          onProgress?.({ parts: report.sent.length, bytes: report.sent.reduce((sum, { bytes }) => sum + bytes, 0) });
        } catch (error) {
          if (!signal.aborted) fail(part.path, error);
        }
      }
    };
    await Promise.all(Array.from({ length: UPLOADS }, sendSome));
  } catch (error) {
    fail(run.path, error);
  } finally {
    run.release();
  }
}
