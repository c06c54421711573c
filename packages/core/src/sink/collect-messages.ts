import { RerunError } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { BufferingSink } from "./buffering-sink.ts";
import type { MemorySink, RemovesMessages } from "./memory-sink.ts";
import type { Sink } from "./sink.ts";

/** The data in memory that a file is made of. */
export interface SavedData {
  readonly messages: readonly EncodedMessage[];
  /** Removes the saved data from memory, but no later data. */
  readonly remove: () => void;
}

/** Whether a sink keeps messages in memory: a `MemorySink`, or the buffer before the first sink. */
function keepsMessages(sink: Sink): sink is MemorySink | BufferingSink {
  return typeof (sink as Partial<MemorySink>).readMessages === "function";
}

/** The data in memory of the sinks. @throws {RerunError} `UNSUPPORTED` if no sink keeps data */
export function collectMessages(sinks: readonly Sink[]): SavedData {
  for (const sink of sinks) {
    if (keepsMessages(sink)) {
      // A copy, because the program may log while the file is written.
      const messages = [...sink.readMessages()];
      return { messages, remove: () => (sink as RemovesMessages & Sink).remove(messages) };
    }
  }
  throw new RerunError(
    "UNSUPPORTED",
    "no sink keeps the data in memory; to save it, use `setSinks([otherSink, new MemorySink()])`",
  );
}
