import { RerunError, type StoreId } from "@rerun-ts/core";
import { checkOptions, nonNegative, type OptionNames, withRerunErrors, invalidArgument } from "@rerun-ts/core/checks";
import { checkAborted, sleep } from "@rerun-ts/core/util";
import type { ReadOptions } from "../source/random-access.ts";
import { LiveRecording } from "./live-recording.ts";
import type { LiveBuffer, LiveMessage, LiveSource } from "./live-source.ts";
import { LiveStore } from "./live-store.ts";
import { StreamBuffer } from "./stream-buffer.ts";

/** Options of {@link openLive}. */
export interface OpenLiveOptions extends ReadOptions {
  /** The id of the recording. Default: the first recording. */
  recordingId?: string | undefined;
  /** The largest number of bytes kept from a stream. The oldest data with times is removed first. Default 1 GiB. */
  maxBytes?: number | undefined;
}

const KNOWN: OptionNames<OpenLiveOptions> = { recordingId: 1, maxBytes: 1, signal: 1 };
const POLL_MS = 20;

/**
 * Opens a recording that is still being logged, to query it: from a `MemorySink` or a server. Resolves at the beginning
 * of the recording. With `Query.subscribe` the program receives a new table as data arrives. From a stream, only the
 * chosen recording is kept. Close the result when you no longer need it.
 *
 * @param source a `MemorySink`, or messages as `readMessages` of `@rerun-ts/web/read` and `OpfsRecording.messages`
 * yield them
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong
 * @throws {RerunError} `NOT_FOUND` if the source ends without the recording, `ABORTED`, or the error of the source
 *
 * @example
 * const sink = new MemorySink();
 * await rec.setSinks([sink]);
 * const live = await openLive(sink);
 * for await (const table of live.query({ index: "frame" }).subscribe()) console.log(table.numRows);
 */
export function openLive(source: LiveSource, options: OpenLiveOptions = {}): Promise<LiveRecording> {
  return withRerunErrors(async () => {
    checkOptions("openLive", options, KNOWN);
    const { recordingId } = options;
    const isWanted = ({ storeId }: LiveMessage): boolean =>
      recordingId === undefined ? storeId.kind === "recording" : storeId.recordingId === recordingId;
    const buffer = bufferOf(source, nonNegative("maxBytes", options.maxBytes ?? 2 ** 30), isWanted);
    try {
      return new LiveRecording(buffer, new LiveStore(await waitForStore(buffer, isWanted, options)));
    } catch (error) {
      if (buffer instanceof StreamBuffer) buffer.close();
      throw error;
    }
  });
}

function bufferOf(source: LiveSource, maxBytes: number, isWanted: (message: LiveMessage) => boolean): LiveBuffer {
  if (typeof source === "object" && source !== null) {
    if ("readMessages" in source && typeof source.readMessages === "function") return source;
    if (Symbol.asyncIterator in source) {
      const buffer = new StreamBuffer(source, maxBytes, isWanted);
      void buffer.run();
      return buffer;
    }
  }
  throw invalidArgument("source", "a MemorySink or a stream of messages", source);
}

async function waitForStore(
  buffer: LiveBuffer,
  isWanted: (message: LiveMessage) => boolean,
  { recordingId, signal }: OpenLiveOptions,
): Promise<StoreId> {
  for (;;) {
    checkAborted(signal);
    const { state } = buffer.stats();
    const found = buffer.readMessages().find(isWanted);
    if (found !== undefined) return found.storeId;
    if (state === "closed" || state === "broken") break;
    await sleep(POLL_MS, signal);
  }
  if (buffer instanceof StreamBuffer && buffer.error !== undefined) throw RerunError.from(buffer.error, "CONNECTION");
  const what = recordingId === undefined ? "a recording" : `the recording ${JSON.stringify(recordingId)}`;
  throw new RerunError("NOT_FOUND", `\`source\` ended without ${what}`);
}
