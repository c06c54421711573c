import { spawn, type ChildProcess } from "node:child_process";
import { basename } from "node:path";
import { RerunError, type EntityPathLike, type RecordingStream, type TimePointLike } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { toEntityPath } from "@rerun-ts/core/encode";
import { ImportPace, internalsOf } from "@rerun-ts/core/recording";
import { importerCommand } from "./importer-command.ts";
import { INCOMPATIBLE, importerFlags, type ImporterRequest, type ImporterTime } from "./importer-flags.ts";

/** The maximum number of characters of an importer's standard error in a message. */
const MAX_ERROR_CHARS = 4096;

/** The most bytes that an importer may write without a complete message. */
const MAX_MESSAGE_BYTES = 2 ** 30;

/** Options of importing a file. */
export interface ImportRequestOptions {
  readonly entityPathPrefix: EntityPathLike | undefined;
  readonly static: boolean | undefined;
  readonly time: TimePointLike | undefined;
}

/** The request for a file, at the times of a recording. */
export function importerRequest(
  recording: RecordingStream,
  path: string,
  { entityPathPrefix, static: isStatic = false, time = {} }: ImportRequestOptions,
): ImporterRequest {
  const { applicationId, recordingId } = recording;
  const prefix = entityPathPrefix === undefined ? undefined : toEntityPath(entityPathPrefix).path.toString();
  const times = isStatic ? [] : timesOf(recording, time);
  return { path, applicationId, recordingId, entityPathPrefix: prefix, isStatic, times };
}

function timesOf(recording: RecordingStream, time: TimePointLike): ImporterTime[] {
  const { log } = internalsOf(recording);
  const { set, lo, hi } = log.timeAt(log.time, time).point;
  return set.timelines.flatMap(({ name, kind }, slot) =>
    name === "log_time" || name === "log_tick"
      ? []
      : [{ name, kind, value: (BigInt(hi[slot] ?? 0) << 32n) + BigInt(lo[slot] ?? 0) }],
  );
}

/** Result of running importers. */
export interface ImportersEnd {
  /** Whether one of the importers has imported the file. */
  readonly isImported: boolean;
  /**
   * The errors of the others: `IO_ERROR` if an importer failed, `INVALID_FORMAT` if its output was not a recording,
   * `ABORTED` if the signal fired.
   */
  readonly failures: readonly RerunError[];
}

/**
 * Runs all importers at the same time, as Rerun does, and forwards their output to the recording. Output before an
 * error stays in the recording.
 */
export async function runImporters(
  recording: RecordingStream,
  programs: readonly string[],
  request: ImporterRequest,
  signal: AbortSignal | undefined,
): Promise<ImportersEnd> {
  const ends = await Promise.allSettled(programs.map((program) => runOne(recording, program, request, signal)));
  return {
    isImported: ends.some((end) => end.status === "fulfilled" && end.value),
    failures: ends.flatMap((end) => (end.status === "rejected" ? [RerunError.from(end.reason)] : [])),
  };
}

async function runOne(
  recording: RecordingStream,
  program: string,
  request: ImporterRequest,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const name = basename(program);
  const { file, args, windowsVerbatimArguments } = importerCommand(program, importerFlags(request));
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], windowsVerbatimArguments, windowsHide: true });
  const kill = (): void => void child.kill("SIGKILL");
  // The end of the program also ends its importers.
  process.once("exit", kill);
  const stop = (): void => {
    kill();
    // A program that the importer has started may keep its output open.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  signal?.addEventListener("abort", stop);
  if (signal?.aborted === true) stop();
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-MAX_ERROR_CHARS)));
  try {
    const ended = endOf(child);
    const [end] = await Promise.all([
      ended,
      forward(recording, child.stdout).catch((error: unknown) => failed(error, stop)),
    ]);
    if (signal?.aborted === true) throw signal.reason;
    if (end.code === 0) return true;
    if (end.code === INCOMPATIBLE) return false;
    const reason = errors.trim() === "" ? "" : `: ${errors.trim()}`;
    throw new RerunError(
      "IO_ERROR",
      `the importer ${name} ended with ${end.signal ?? `exit code ${end.code}`}${reason}`,
    );
  } catch (error) {
    if (signal?.aborted === true)
      throw new RerunError("ABORTED", "the import was aborted by `signal`", { cause: signal.reason });
    if (error instanceof RerunError && error.code === "INVALID_FORMAT")
      throw new RerunError("INVALID_FORMAT", `the importer ${name} wrote no recording: ${error.message}`, {
        cause: error,
      });
    throw RerunError.from(error, "IO_ERROR");
  } finally {
    process.off("exit", kill);
    signal?.removeEventListener("abort", stop);
  }
}

/** Ends an importer whose output cannot be used. */
function failed(error: unknown, stop: () => void): never {
  stop();
  throw error;
}

interface ImporterEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function endOf(child: ChildProcess): Promise<ImporterEnd> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(new RerunError("IO_ERROR", `an importer cannot be run: ${messageOf(error)}`, { cause: error })),
    );
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

/** Forwards the messages that an importer writes. Their recordings keep their ids, as in the native SDKs. */
async function forward(recording: RecordingStream, output: AsyncIterable<Uint8Array>): Promise<void> {
  const { RrdDecoder, messageEncoder } = await import("@rerun-ts/core/decode");
  const decoder = new RrdDecoder();
  const encode = messageEncoder();
  const pace = new ImportPace(recording);
  let pending = 0;
  for await (const bytes of output) {
    pending += bytes.byteLength;
    if (pending > MAX_MESSAGE_BYTES)
      throw new RerunError("INVALID_FORMAT", `its output has ${pending} bytes without a message`);
    for (const message of decoder.push(bytes)) {
      pending = 0;
      const encoded = encode(message);
      await pace.log(encoded, "logFileFromPath");
    }
  }
  if (decoder.rest.byteLength > 0)
    throw new RerunError(
      "INVALID_FORMAT",
      `its output ends within a message, or with ${decoder.rest.byteLength} other bytes`,
    );
}
