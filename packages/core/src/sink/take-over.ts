import type { Sink, SinkTakeover } from "./sink.ts";

/** How `sink` stays in use in place of `other`; `undefined` if it cannot. */
export function takeOver(sink: Sink, other: Sink): SinkTakeover | undefined {
  return sink.takeOver === undefined || sink === other ? {} : sink.takeOver(other);
}
