import { existsSync } from "node:fs";
import { RerunError, isRerunError, type RecordingStream } from "@rerun-ts/core";
import { internalsOf } from "@rerun-ts/core/recording";
import { canLogFile } from "@rerun-ts/types/files";
import type { LogFileOptions } from "@rerun-ts/types";
import { isMcap } from "./log-mcap.ts";
import { findImporters } from "../importer/find-importers.ts";

/** Options of `logFileFromPath`. */
export interface LogPathOptions extends LogFileOptions {
  /** Ends importers that are separate programs. Default: none. */
  signal?: AbortSignal | undefined;
}

/**
 * Logs a file by the importers of this SDK, and by all programs in `PATH` that import files. A failure of these is a
 * warning if another importer has logged the file.
 *
 * @param logHere logs the file by the importers of this SDK
 * @throws {RerunError} as `logFileFromPath` says
 */
export async function logPath(
  recording: RecordingStream,
  path: string,
  { signal, ...options }: LogPathOptions,
  logHere: (options: LogFileOptions) => Promise<void>,
): Promise<void> {
  const programs = findImporters();
  if (programs.length === 0) return logHere(options);
  const isKnown = isMcap(path) || canLogFile(path);
  if (!isKnown && !existsSync(path))
    throw new RerunError("NOT_FOUND", `cannot read ${path}: there is no such file`, { argument: "path" });
  // Runs before the importers, because most of the file is logged before this call returns.
  if (isKnown) await logHere(options);
  const { importerRequest, runImporters } = await import("../importer/run-importers.ts");
  const { entityPathPrefix, static: isStatic, time } = options;
  const request = importerRequest(recording, path, { entityPathPrefix, static: isStatic, time });
  const { isImported, failures } = await runImporters(recording, programs, request, signal);
  const [failure] = failures;
  if (isRerunError(failure) && failure.code === "ABORTED") throw failure;
  if (isKnown || isImported) for (const { message } of failures) internalsOf(recording).notice(message);
  else if (failure !== undefined) throw failure;
  // Reports that nothing can log the file.
  else await logHere(options);
}
