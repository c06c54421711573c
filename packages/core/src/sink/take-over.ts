import type { RecordingSink, SinkTakeover } from "./sink.ts";

/** Takes over from `other`, so that `sink` stays in use. Returns `undefined` if that is impossible. */
export function takeOver(sink: RecordingSink, other: RecordingSink): SinkTakeover | undefined {
  return sink.takeOver === undefined || sink === other ? {} : sink.takeOver(other);
}
