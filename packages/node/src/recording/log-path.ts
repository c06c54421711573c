import { existsSync } from "node:fs";
import { RerunError, isRerunError, type RecordingStream } from "@rerun-ts/core";
import { internalsOf } from "@rerun-ts/core/recording";
import { canLogFile } from "@rerun-ts/types/files";
import type { LogFileOptions } from "@rerun-ts/types";
import { findImporters } from "../importer/find-importers.ts";
import type { ImportersEnd } from "../importer/run-importers.ts";
import { logFolder } from "./log-folder.ts";
import { isLeRobot, logLeRobot } from "./log-lerobot.ts";
import { isMcap } from "./log-mcap.ts";
import { isParquet } from "./log-table.ts";
import { statOf } from "../file/stat-of.ts";

/** Options of `logFileFromPath`. */
export interface LogPathOptions extends LogFileOptions {
  /** Ends importers that are separate programs. Default: none. */
  signal?: AbortSignal | undefined;
}

/**
 * Logs a file, a LeRobot dataset, or the files of another folder, by the importers of this SDK, and by all programs in
 * `PATH` that import files. A failure of these is a warning if another importer has logged the file.
 *
 * @param logHere logs a file by the importers of this SDK
 * @throws {RerunError} as `logFileFromPath` says
 */
export async function logPath(
  recording: RecordingStream,
  path: string,
  { signal, ...options }: LogPathOptions,
  logHere: (path: string, options: LogFileOptions) => Promise<void>,
): Promise<void> {
  const programs = findImporters();
  const isFolder = statOf(path)?.isDirectory() === true;
  if (programs.length === 0 && !isFolder) return logHere(path, options);
  if (!isFolder && !canLog(path) && !existsSync(path))
    throw new RerunError("NOT_FOUND", `cannot read ${path}: no such file`, { argument: "path" });
  // Runs before the importers, because most of a file is logged before this call returns.
  const logFile = (file: string): Promise<void> => logHere(file, options);
  const isDataset = isFolder && isLeRobot(path);
  if (isDataset) await logLeRobot(recording, path, options, signal);
  const folder = isFolder && !isDataset ? await logFolder(recording, path, signal, canLog, logFile) : undefined;
  if (!isFolder && canLog(path)) await logFile(path);
  const isLogged = isDataset || (folder === undefined ? canLog(path) : folder.logged > 0);
  const { isImported, failures } = await runPrograms(recording, programs, path, { signal, ...options });
  const [failure] = failures;
  if (isRerunError(failure) && failure.code === "ABORTED") throw failure;
  if (isLogged || isImported)
    for (const each of failures) internalsOf(recording).notice(each.message, RerunError.from(each).code);
  else if (failure !== undefined) throw failure;
  else if (folder !== undefined) throw folder.failure;
  // Reports that nothing can log the file.
  else await logFile(path);
}

/** Whether the importers of this SDK can log a file, by its name. */
function canLog(path: string): boolean {
  return isMcap(path) || isParquet(path) || canLogFile(path);
}

async function runPrograms(
  recording: RecordingStream,
  programs: readonly string[],
  path: string,
  { signal, entityPathPrefix, static: isStatic, time }: LogPathOptions,
): Promise<ImportersEnd> {
  if (programs.length === 0) return { isImported: false, failures: [] };
  const { importerRequest, runImporters } = await import("../importer/run-importers.ts");
  const request = importerRequest(recording, path, { entityPathPrefix, static: isStatic, time });
  return runImporters(recording, programs, request, signal);
}
