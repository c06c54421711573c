import { Points3D, Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { decodeRrd } from "@rerun-ts/core/decode";
import { ManifestReader, readChunkManifest } from "@rerun-ts/core/rrd";
import { RecordingStream } from "@rerun-ts/core";
import { ChunkSchemas } from "../../../../dist/rrd/decode/chunk-schemas.js";
import { ipcMessages, type IpcMessage } from "../../../../dist/arrow/ipc-messages.js";

/** The Arrow data of chunks of one row each. */
function chunksOf(log: (recording: RecordingStream) => void): Uint8Array[] {
  const recording = new RecordingStream("manifests", { sendProperties: false, batcher: { flushNumRows: 1 } });
  const memory = recording.memoryRecording();
  log(recording);
  return decodeRrd(memory.drainAsBytes()).flatMap((message) => (message.kind === "chunk" ? [message.readArrow()] : []));
}

function schemaOf(arrow: Uint8Array): IpcMessage {
  const [message] = ipcMessages(arrow);
  return message as IpcMessage;
}

describe("manifests of chunks whose schemas were read before", () => {
  it("are those that are read without memory of others", () => {
    const chunks = chunksOf((recording) => {
      for (let row = 0; row < 200; row++) {
        recording.setTime("frame", { sequence: (row * 7) % 31 });
        if (row % 3 === 0) recording.setTime("t", { duration: row });
        else recording.disableTimeline("t");
        const path = `entity${row % 5}`;
        if (row % 4 === 0) recording.log(path, new Points3D([[row, 1, 2]]), { static: row % 8 === 0 });
        else recording.log(path, new Scalars(row % 6 === 0 ? [] : row));
      }
    });
    const reader = new ManifestReader();
    const described = chunks.map((arrow) => reader.read(arrow));
    expect(described).toEqual(chunks.map((arrow) => new ManifestReader().read(arrow)));
    expect(described.map(({ manifest }) => manifest)).toEqual(chunks.map((arrow) => readChunkManifest(arrow)));
    expect(new Set(described.map(({ chunkId }) => JSON.stringify(chunkId))).size).toBe(200);
  });

  it("do not share what belongs to one chunk", () => {
    const [first, second] = chunksOf((recording) => {
      for (const frame of [3, 4]) recording.log("a", new Scalars(frame), { time: { frame } });
    }).map((arrow) => arrow);
    const reader = new ManifestReader();
    const [one, two] = [reader.read(first as Uint8Array), reader.read(second as Uint8Array)];
    expect(one.manifest.components[0]?.descriptor).toBe(two.manifest.components[0]?.descriptor);
    const starts = [one, two].map(({ manifest }) => manifest.ranges.map(({ start }) => start.lo));
    expect(starts[0]).not.toEqual(starts[1]);
  });

  it("are read again after 50,000 other schemas, which are forgotten", () => {
    const [arrow] = chunksOf((recording) => recording.log("a", new Scalars(1)));
    const metadata = new Uint8Array(schemaOf(arrow as Uint8Array).metadata);
    const place = new TextDecoder("latin1").decode(metadata).indexOf("sorbet:version");
    let reads = 0;
    const id = /chunk_([0-9A-Fa-f]{32})/.exec(new TextDecoder("latin1").decode(metadata))?.[1] as string;
    const schemas = new ChunkSchemas(() => ({ contents: ++reads, id }));
    // Schemas with other words in them.
    const get = (number: number): number => {
      const other = new Uint8Array(metadata);
      new DataView(other.buffer).setUint32(place & ~3, number, true);
      return schemas.get({ ...schemaOf(arrow as Uint8Array), metadata: other }).contents;
    };
    expect([get(1), get(2), get(1)]).toEqual([1, 2, 1]);
    for (let number = 3; number <= 50_000; number++) get(number);
    expect([reads, get(1)]).toEqual([50_000, 1]);
    get(50_001);
    expect([get(50_001), get(1)]).toEqual([50_001, 50_002]);
  });
});
