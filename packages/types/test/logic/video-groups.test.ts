import { MemorySink, RecordingStream, type RecordingOptions } from "@rerun-ts/core";
import { VideoStream, type VideoStreamFields } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

const GROUP = 25;
const FRAMES = 1000;
/** The first bytes of a frame at which decoders can start, and of another one. */
const FRAME_HEADS = {
  H264: [
    [0, 0, 0, 1, 0x65],
    [0, 0, 0, 1, 0x41],
  ],
  H265: [
    [0, 0, 0, 1, 0x26],
    [0, 0, 0, 1, 0x02],
  ],
  VP8: [[0x10], [0x11]],
  VP9: [[0x82], [0x86]],
  AV1: [[0x0a, 0x01, 0], [0x30]],
} as const;

/** Bytes that do not compress, and that are not a start code. */
function frameOf(codec: keyof typeof FRAME_HEADS, index: number): Uint8Array {
  const head = FRAME_HEADS[codec][index % GROUP === 0 ? 0 : 1];
  const noise = Array.from({ length: 300 }, (_, at) => (Math.imul(index * 300 + at, 0x9e3779b1) >>> 24) | 2);
  return Uint8Array.from([...head, ...noise]);
}

/** The frames that a recording has kept of a video, by their times. */
function framesIn(rrd: Uint8Array): number[] {
  return readChunks(rrd)
    .filter(({ components }) => "VideoStream:sample" in components)
    .flatMap(({ times }) => (times["frame"] ?? []).map(Number));
}

interface Logged {
  readonly kept: readonly number[];
  readonly dropped: number;
}

async function logVideo(
  codec: keyof typeof FRAME_HEADS,
  options: RecordingOptions,
  label: (index: number) => VideoStreamFields,
): Promise<Logged> {
  const rec = new RecordingStream("video", { strict: true, logTime: false, ...options });
  const ring = new MemorySink({ maxBytes: 60_000 });
  await rec.setSink(ring);
  rec.log("camera", new VideoStream(codec), { static: true });
  for (let frame = 0; frame < FRAMES; frame++)
    rec.log("camera", VideoStream.fromFields({ sample: frameOf(codec, frame), ...label(frame) }), { time: { frame } });
  await rec.flush();
  return { kept: framesIn(ring.toBytes()), dropped: rec.stats().droppedRows };
}

describe("a full queue with a video", () => {
  const batchers = { "frame by frame": { flushNumRows: 0 }, "in batches": { flushNumBytes: 3000 } };
  const labels = {
    labels: (index: number) => ({ isKeyframe: index % GROUP === 0 }),
    contents: () => ({}),
  };
  const cases = (Object.keys(FRAME_HEADS) as (keyof typeof FRAME_HEADS)[]).flatMap((codec) =>
    Object.keys(batchers).flatMap((batcher) => Object.keys(labels).map((label) => [codec, batcher, label] as const)),
  );

  it.each(cases)("keeps whole groups of pictures: %s, %s, known by %s", async (codec, batcher, label) => {
    const options = { batcher: batchers[batcher as keyof typeof batchers] };
    const { kept, dropped } = await logVideo(codec, options, labels[label as keyof typeof labels]);
    const [first = -1] = kept;
    expect(first).toBeGreaterThan(0);
    expect(first % GROUP).toBe(0);
    expect(kept).toEqual(Array.from({ length: FRAMES - first }, (_, index) => first + index));
    expect(dropped).toBe(first);
  });

  it("does so before its first sink", async () => {
    const rec = new RecordingStream("video", { logTime: false, batcher: { flushNumRows: 0 }, maxBacklogBytes: 60_000 });
    rec.log("camera", new VideoStream("H264"), { static: true });
    const log = (frame: number): void =>
      rec.log("camera", VideoStream.fromFields({ sample: frameOf("H264", frame) }), { time: { frame } });
    for (let frame = 0; frame < 200; frame++) log(frame);
    const ring = new MemorySink();
    await rec.setSink(ring);
    const [first = -1] = framesIn(ring.toBytes());
    // The backlog before the first sink drops the oldest.
    expect(first % GROUP).toBe(0);
    expect(first).toBeGreaterThan(0);
  });
});
