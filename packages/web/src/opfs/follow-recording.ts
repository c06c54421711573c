import { RerunError } from "@rerun-ts/core";
import { checkOptions, type OptionNames } from "@rerun-ts/core/checks";
import { RrdDecoder, type ServerMessage } from "@rerun-ts/core/decode";
import { MESSAGE_HEADER_LENGTH, STREAM_HEADER_LENGTH } from "@rerun-ts/core/rrd";
import { sortSegments } from "@rerun-ts/core/storage";
import { getOrAdd, sleep } from "@rerun-ts/core/util";
import type { OpfsMessagesOptions } from "./opfs-messages-options.ts";
import { childHandles } from "./opfs-paths.ts";

const KNOWN: OptionNames<OpfsMessagesOptions> = { follow: "boolean", signal: 1 };

/** Interval of searches for new data. */
const POLL_MS = 200;

/** Yields the messages of all segments in a folder, followed by new messages. */
export async function* followFolder(
  folder: FileSystemDirectoryHandle,
  options: OpfsMessagesOptions,
): AsyncGenerator<ServerMessage, void, undefined> {
  checkOptions("messages", options, KNOWN);
  const { follow = false, signal } = options;
  const segments = new Map<string, SegmentReader>();
  for (;;) {
    const handles = await childHandles(folder, "file");
    for (const { name } of sortSegments(handles)) {
      const handle = handles.find((file) => file.name === name) as FileSystemFileHandle;
      const segment = getOrAdd(segments, name, () => new SegmentReader(handle));
      for (const message of await segment.read()) {
        if (signal?.aborted === true) throw aborted(signal);
        yield message;
      }
    }
    // Forgets removed segments.
    for (const name of segments.keys()) if (!handles.some((file) => file.name === name)) segments.delete(name);
    if (signal?.aborted === true) throw aborted(signal);
    if (!follow) return;
    await sleep(POLL_MS);
  }
}

function aborted(signal: AbortSignal): RerunError {
  return new RerunError("ABORTED", "reading was aborted by `signal`", { cause: signal.reason });
}

/** Reads the messages that were added to a segment since the last time. */
class SegmentReader {
  readonly #handle: FileSystemFileHandle;
  #header: Uint8Array = new Uint8Array(0);
  /** The length of the whole messages that were read. The writer may replace the bytes after them. */
  #length = 0;

  constructor(handle: FileSystemFileHandle) {
    this.#handle = handle;
  }

  async read(): Promise<readonly ServerMessage[]> {
    for (;;) {
      try {
        const file = await this.#handle.getFile();
        if (file.size <= this.#length) return [];
        return this.#decode(new Uint8Array(await file.slice(this.#length).arrayBuffer()));
      } catch (error) {
        const reason = (error as Error).name;
        if (reason === "NotFoundError") return [];
        // The file was written in between, so read it again.
        if (reason !== "NotReadableError") throw RerunError.from(error, "IO_ERROR");
      }
    }
  }

  #decode(added: Uint8Array): readonly ServerMessage[] {
    let rest = added;
    if (this.#length === 0) {
      if (added.byteLength < STREAM_HEADER_LENGTH) return [];
      this.#header = added.subarray(0, STREAM_HEADER_LENGTH);
      rest = added.subarray(STREAM_HEADER_LENGTH);
      this.#length = STREAM_HEADER_LENGTH;
    }
    const decoder = new RrdDecoder();
    const messages: ServerMessage[] = [];
    for (const piece of [this.#header, rest]) {
      for (const message of decoder.push(piece)) {
        // Segments have no end message. After a power loss, the rest of a message may look like one.
        if (message.kind === "end") return messages;
        this.#length += MESSAGE_HEADER_LENGTH + message.payload.byteLength;
        messages.push(message);
      }
    }
    return messages;
  }
}
