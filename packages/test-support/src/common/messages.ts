import {
  componentBatches,
  RecordingStream,
  type ComponentType,
  type EncodedMessage,
  type SinkStats,
} from "@rerun-ts/core";
import { decodeRrd, type RrdMessage } from "@rerun-ts/core/decode";
import { PrimitiveBuilder } from "@rerun-ts/core/encode";
import type { RecordingSink, RecordingSinkContext } from "@rerun-ts/core/transport";

/** A component for tests: numbers, which are not checked. */
export const TestNumber: ComponentType<number | readonly number[]> = {
  name: "test.Number",
  arrow: { type: "Float64" },
  createBuilder: () => new PrimitiveBuilder({ type: "Float64" }),
  append(values, target) {
    const { data } = target as PrimitiveBuilder;
    for (const value of typeof values === "number" ? [values] : values) {
      data.reserve(8);
      data.view.setFloat64(data.length, value, true);
      data.length += 8;
    }
  },
};

/** An archetype with the component {@link TestNumber}. */
export function numbers(values: number | readonly number[]): ReturnType<typeof componentBatches> {
  return componentBatches("test.Numbers", { values: { type: TestNumber, values } });
}

/** A sink that keeps all messages. */
export class CollectingSink implements RecordingSink {
  readonly kind = "collecting";
  readonly key: string = "collecting";
  readonly messages: EncodedMessage[] = [];
  open(_context: RecordingSinkContext): void | Promise<void> {}
  send(message: EncodedMessage): void {
    this.messages.push(message);
  }
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
  stats(): SinkStats {
    return {
      kind: this.kind,
      state: "open",
      queuedBytes: 0,
      sentBytes: 0,
      droppedRows: 0,
      droppedBytes: 0,
      reconnects: 0,
    };
  }
}

/** The messages of a recording with `rows` rows of two entities, one of them static, each row a chunk. */
export async function someMessages(rows = 5): Promise<EncodedMessage[]> {
  const recording = new RecordingStream("contract", { recordingId: "messages", batcher: { flushNumRows: 0 } });
  const sink = new CollectingSink();
  await recording.setSink(sink);
  recording.log("fixed", numbers(1), { static: true });
  for (let row = 0; row < rows; row++) {
    recording.setTime("row", row);
    recording.log("moving", numbers([row, row * 2]));
  }
  await recording.close();
  return sink.messages;
}

/** A name of a message that is unique in its recording, and the same after it was decoded. */
export function nameOf(message: EncodedMessage | RrdMessage): string {
  const { chunkId } = message as { chunkId?: { timeHi: number; timeLo: number; incHi: number; incLo: number } };
  if (chunkId === undefined) return message.kind;
  return `${message.kind} ${[chunkId.timeHi, chunkId.timeLo, chunkId.incHi, chunkId.incLo].join("-")}`;
}

/** The messages of several streams, without end messages. */
export function decodeAll(streams: readonly Uint8Array[]): RrdMessage[] {
  return streams.flatMap(decodeRrd).filter(({ kind }) => kind !== "end");
}
