import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { RerunError, type RecordingStream } from "@rerun-ts/core";
import { internalsOf } from "@rerun-ts/core/recording";
import { fileFailure } from "../file/read-bytes.ts";

/** The most names in a warning. */
const MAX_NAMES = 5;

/** The result of {@link logFolder}. */
export interface LoggedFolder {
  /** The number of logged files. */
  readonly logged: number;
  /** The error if nothing was logged. */
  readonly failure: RerunError;
}

/**
 * Logs the files of a folder and of the folders in it, in the order of their paths. A file that fails is a warning, and
 * so are all files of unknown kinds together.
 *
 * @throws {RerunError} `ABORTED`, and `IO_ERROR` if a folder cannot be read
 */
export async function logFolder(
  recording: RecordingStream,
  folder: string,
  signal: AbortSignal | undefined,
  canLog: (path: string) => boolean,
  logHere: (path: string) => Promise<void>,
): Promise<LoggedFolder> {
  const internals = internalsOf(recording);
  const unknown: string[] = [];
  let failure: RerunError | undefined;
  let logged = 0;
  for (const path of await filesIn(folder)) {
    if (signal?.aborted === true)
      throw new RerunError("ABORTED", "the import was aborted by `signal`", { cause: signal.reason });
    if (!canLog(path)) {
      unknown.push(path);
      continue;
    }
    try {
      await logHere(path);
      logged++;
    } catch (error) {
      const reason = RerunError.from(error);
      failure ??= reason;
      internals.notice(`${path} is not logged: ${reason.message}`);
    }
  }
  const more = unknown.length > MAX_NAMES ? `, and ${unknown.length - MAX_NAMES} more` : "";
  const names = unknown.slice(0, MAX_NAMES).join(", ") + more;
  if (unknown.length > 0) internals.notice(`files in ${folder} whose kind is unknown are not logged: ${names}`);
  failure ??= new RerunError("UNSUPPORTED", `the folder ${folder} has no file that can be logged`, {
    argument: "path",
  });
  return { logged, failure };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    // A link to a folder is not followed, because it may lead back here.
    const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
    return files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  } catch (error) {
    throw fileFailure(folder, error);
  }
}
