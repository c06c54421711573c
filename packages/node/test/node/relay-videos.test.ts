import type { EncodedMessage } from "@rerun-ts/core";
import { RecordingStream, Scalars, VideoStream } from "@rerun-ts/node";
import type { VideoStreamFields } from "@rerun-ts/types";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { Relay, type RelayMessage } from "@rerun-ts/node/relay";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { readRecord, receivedRrd } from "@rerun-ts/test-support/common/received-messages";
import { describe, expect, it } from "vitest";

const KIB = 1024;
const GROUP = 10;
const FRAMES = 95;
const LIMIT = 100 * KIB;

/** An Annex B frame of some bytes: a key frame with its parameters, or another one. */
function frameOf(index: number): Uint8Array {
  const head = index % GROUP === 0 ? [0, 0, 0, 1, 0x67, 0, 0, 0, 1, 0x68, 0, 0, 0, 1, 0x65] : [0, 0, 0, 1, 0x41];
  const noise = Array.from({ length: 2000 }, (_, at) => (Math.imul(index * 2000 + at, 0x9e3779b1) >>> 24) | 2);
  return Uint8Array.from([...head, ...noise]);
}

interface Options {
  /** The number of rows of a chunk. */
  readonly rows?: number;
  readonly isCodecStatic?: boolean;
  readonly fieldsOf?: (index: number) => VideoStreamFields;
}

/** Messages of a program that logs two videos, whose groups begin at different times, and numbers. */
function videos({ rows = 1, isCodecStatic = true, fieldsOf = () => ({}) }: Options = {}): readonly EncodedMessage[] {
  const batcher = { flushNumRows: rows - 1, flushTickMs: 1e9, flushNumBytes: 1e9 };
  const rec = new RecordingStream("videos", { recordingId: "videos", logTime: false, batcher });
  const memory = rec.memoryRecording();
  const codec = { codec: "H264" as const };
  if (isCodecStatic) for (const name of ["a", "b"]) rec.log(name, VideoStream.fromFields(codec), { static: true });
  for (let frame = 0; frame < FRAMES; frame++) {
    for (const [name, offset] of [
      ["a", 0],
      ["b", 5],
    ] as const) {
      const fields = { ...(isCodecStatic ? {} : codec), ...fieldsOf(frame + offset) };
      rec.log(name, VideoStream.fromFields({ sample: frameOf(frame + offset), ...fields }), { time: { frame } });
    }
    rec.log("numbers", new Scalars(frame), { time: { frame } });
  }
  return readEncodedMessages(memory.drainAsBytes());
}

interface Late {
  /** The frames of each entity, in their order. */
  readonly frames: Readonly<Record<string, readonly number[]>>;
  /** The number of messages in the history. */
  readonly retained: number;
  readonly received: number;
}

/** What a reader receives that connects after everything was written. */
async function readLate(
  messages: readonly EncodedMessage[],
  isNewestFirst = false,
  memoryLimit = LIMIT,
): Promise<Late> {
  const relay = new Relay({ memoryLimit, isNewestFirst, maxReaderBytes: 2 ** 30 });
  for (const message of messages) relay.writeEncoded({ ...message, isBlueprint: false });
  await relay.history.canReadVideos();
  const reader = relay.subscribe("messages", { onReady() {}, onDisconnected() {} });
  const taken: RelayMessage[] = [];
  for (let message = reader.take(); message !== undefined; message = reader.take()) taken.push(message);
  relay.unsubscribe(reader);
  const frames: Record<string, number[]> = {};
  for (const { entityPath, times } of readChunks(rrdOf(taken)))
    (frames[entityPath] ??= []).push(...(times["frame"] ?? []).map(Number));
  for (const all of Object.values(frames)) all.sort((a, b) => a - b);
  return { frames, retained: relay.history.count, received: taken.length };
}

const rrdOf = (messages: readonly RelayMessage[]): Uint8Array =>
  receivedRrd(messages.map(({ logMsg }) => readRecord(logMsg)));

const VARIANTS = {
  "a static codec": {},
  "a codec in each row": { isCodecStatic: false },
  "labels and no codec": {
    isCodecStatic: false,
    fieldsOf: (index: number) => ({ codec: undefined, isKeyframe: index % GROUP === 0 }),
  },
} satisfies Record<string, Options>;

describe("a late reader of a relay that has evicted data", () => {
  for (const isNewestFirst of [false, true]) {
    it.each(Object.entries(VARIANTS))(
      `receives each video from a key frame on, with %s${isNewestFirst ? ", the newest data first" : ""}`,
      async (_, options) => {
        const { frames, retained, received } = await readLate(videos(options), isNewestFirst);
        for (const [name, offset] of [
          ["/a", 0],
          ["/b", 5],
        ] as const) {
          const [first = -1] = frames[name] ?? [];
          expect([name, (first + offset) % GROUP]).toEqual([name, 0]);
          // Nothing is left out behind the first one, and at most a group before it.
          expect(frames[name]).toEqual(Array.from({ length: FRAMES - first }, (_frame, index) => first + index));
        }
        expect(frames["/numbers"]?.at(-1)).toBe(FRAMES - 1);
        expect(retained - received).toBeGreaterThan(0);
        expect(retained - received).toBeLessThan(2 * GROUP);
      },
    );
  }

  it("receives a chunk with a key frame in its middle", async () => {
    const late = await readLate(videos({ rows: 4 }));
    const [first = -1] = late.frames["/a"] ?? [];
    expect(late.frames["/a"]).toEqual(Array.from({ length: FRAMES - first }, (_, index) => first + index));
    expect(Math.ceil(first / GROUP) * GROUP - first).toBeLessThan(4);
  });

  it("receives all frames if nothing was evicted, or if it is unknown at which of them a decoder can start", async () => {
    const all = Array.from({ length: FRAMES }, (_, frame) => frame);
    const other = (index: number): VideoStreamFields => ({ isKeyframe: index === -1 });
    expect((await readLate(videos({ fieldsOf: other }), false, 100_000 * KIB)).frames["/a"]).toEqual(all);
    const unknown = await readLate(videos({ isCodecStatic: false, fieldsOf: () => ({ codec: undefined }) }));
    expect(unknown.received).toBe(unknown.retained);
  });
});
