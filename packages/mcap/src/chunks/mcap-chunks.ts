import type { RecordingStream } from "@rerun-ts/core";
import { checkOptions, withRerunErrors, yieldingRerunErrors } from "@rerun-ts/core/checks";
import { type Chunk, sendChunks, type SentRows } from "@rerun-ts/reading/chunks";
import { openSource, type RrdSource, withProgress } from "@rerun-ts/reading/source";
import { readChannels } from "../file/read-channels.ts";
import { McapConversion } from "./mcap-conversion.ts";
import { MCAP_OPTIONS, chooseMcap, type McapOptions } from "./mcap-options.ts";
import { ProblemLog, type McapProblem } from "./problem-log.ts";

/** Result of {@link importMcap}. */
export interface McapReport extends SentRows {
  /** Data that could not be converted, for each topic and reason. */
  readonly problems: readonly McapProblem[];
}

/**
 * Converts an MCAP file to chunks, as `rerun mcap convert` does. Messages of ROS and Foxglove become archetypes, others
 * structs or bytes. The file is read once from its beginning, with a few megabytes of each topic in memory. Damaged
 * parts are omitted and reported to `onProblem`.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the source or an option is wrong
 * @throws {RerunError} `INVALID_FORMAT` if this is not an MCAP file, `ABORTED`, or the error of the source
 * @example
 * for await (const chunk of mcapChunks("drive.mcap", { includeTopics: [/^\/camera/] })) console.log(chunk.entityPath);
 */
export function mcapChunks(source: RrdSource, options: McapOptions = {}): AsyncGenerator<Chunk, void, undefined> {
  return yieldingRerunErrors(readMcap(source, options, { call: "mcapChunks", isCopied: false }));
}

/**
 * Sends the contents of an MCAP file to a recording; see {@link mcapChunks}. Waits while slow sinks have data pending.
 * Ends early if the recording is closed.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong
 * @throws {RerunError} `INVALID_FORMAT` if this is not an MCAP file, `ABORTED`, or the error of the source
 * @example
 * const { rows, problems } = await importMcap(recording, file, { onProgress: ({ bytes }) => console.log(bytes) });
 */
export function importMcap(
  recording: RecordingStream,
  source: RrdSource,
  options: McapOptions = {},
): Promise<McapReport> {
  return withRerunErrors(async () => {
    checkOptions("importMcap", options, MCAP_OPTIONS);
    const problems = new ProblemLog(options.onProblem);
    const chunks = readMcap(source, options, { call: "importMcap", isCopied: true, problems });
    const sent = await sendChunks(recording, chunks);
    return { ...sent, problems: problems.list };
  });
}

/** The caller of {@link readMcap}. */
interface McapReader {
  /** The name of the public function, for messages. */
  readonly call: string;
  /** Whether each chunk is copied before the next one is requested, so that chunks may share memory. */
  readonly isCopied: boolean;
  /** Receives problems. Default: `onProblem` alone does. */
  readonly problems?: ProblemLog | undefined;
}

/** Converts an MCAP file to chunks. @throws {TypeError} if an option is wrong */
export async function* readMcap(
  source: RrdSource,
  options: McapOptions,
  reader: McapReader,
): AsyncGenerator<Chunk, void, undefined> {
  const { call, isCopied } = reader;
  checkOptions(call, options, MCAP_OPTIONS);
  const { problems = new ProblemLog(options.onProblem) } = reader;
  const choices = chooseMcap(options);
  const access = await openSource(source, options);
  try {
    const known = choices.hasTimes ? await readChannels(access, options) : undefined;
    const watched = withProgress(access, options.onProgress);
    yield* new McapConversion(watched, choices, problems, known, isCopied).chunks(options);
  } finally {
    await access.close?.();
  }
}
