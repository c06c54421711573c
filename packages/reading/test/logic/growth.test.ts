// Small data that claims to expand to gigabytes. Each case is rejected before memory is allocated.
import { importTable } from "@rerun-ts/import";
import { verifyRrd } from "@rerun-ts/reading";
import { mcapInfo } from "@rerun-ts/mcap";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { fetchedArrow } from "@rerun-ts/core/rrd";
import { frameArrowMessage, maxFrameLength } from "../../../core/dist/rrd/encode/arrow-message.js";
import { encodeMessageHeader } from "../../../core/dist/rrd/encode/message-frame.js";
import { encodeStoreId } from "../../../core/dist/rrd/encode/store-id.js";
import { mcapFile } from "@rerun-ts/test-support/common/mcap-file";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";

const MIB = 2 ** 20;
const tooLarge = {
  code: "INVALID_FORMAT",
  message: expect.stringMatching(/\d+ compressed bytes claim to have \d{10} bytes/) as unknown,
};

/** The message of a chunk whose LZ4 block claims this size. */
function lz4Message(stored: number, size: number): Uint8Array {
  const head = {
    storeId: encodeStoreId({ kind: "recording", applicationId: "growth", recordingId: "one" }),
    chunkId: { timeHi: 0, timeLo: 1, incHi: 0, incLo: 1 },
    isStatic: false,
  };
  const margin = maxFrameLength(head);
  return frameArrowMessage(new Uint8Array(margin + stored + margin), margin, stored, size, true, head);
}

describe("data that expands to gigabytes", () => {
  it("is damage of a recording", async () => {
    const recording = new RecordingStream("growth");
    const memory = recording.memoryRecording();
    recording.log("a", new Scalars(1), { static: true });
    const begin = memory.drainAsBytes();
    const message = lz4Message(16 * MIB, 4_000_000_000);
    const bytes = Buffer.concat([begin, encodeMessageHeader("chunk", message.byteLength), message]);
    const { chunks, problems } = await verifyRrd(bytes);
    expect({ chunks, problems }).toMatchObject({ problems: [{ reason: tooLarge.message }, {}] });
  });

  it("is not taken from a server, also as many chunks of one answer", () => {
    const field = (message: Uint8Array): Uint8Array => {
      const length = Buffer.from([0x0a, 0, 0, 0, 0]);
      for (let at = 1, rest = message.byteLength; at < 5; at++, rest = Math.floor(rest / 128))
        length[at] = (rest % 128) | (at < 4 ? 128 : 0);
      return Buffer.concat([length, message]);
    };
    expect(() => fetchedArrow(field(lz4Message(16 * MIB, 4_000_000_000)))).toThrow(expect.objectContaining(tooLarge));
    const half = field(lz4Message(5 * MIB, 1_300_000_000));
    expect(() => fetchedArrow(Buffer.concat([half, half]))).toThrow(expect.objectContaining(tooLarge));
  });

  it.each(["zstd", "lz4"])("is damage of an MCAP file with %s", async (compression) => {
    const channel = { topic: "/a", messageEncoding: "json", messages: [new Uint8Array([123, 125])] };
    const stored = 8 * MIB;
    const file = await mcapFile([channel], {
      useSummary: false,
      compressChunk: () => ({ compression, compressedData: new Uint8Array(stored) }),
    });
    // The compression and the length of the data are before the data, and the size, the checksum before them.
    const at = Buffer.from(file).indexOf(compression) - 4 - 4 - 8;
    new DataView(file.buffer).setBigUint64(at, 2_100_000_000n, true);
    expect((await mcapInfo(file)).damage).toEqual([tooLarge.message]);
  });

  it("is rejected in a Parquet file, also as many small pages of a group of rows", async () => {
    const recording = new RecordingStream("growth");
    recording.memoryRecording();
    const value = new Uint8Array(4 * MIB);
    const data = Array.from({ length: 300 }, () => value);
    const columnData = [{ name: "a", encoding: "PLAIN" as const, data }];
    const compressors = { ZSTD: () => new Uint8Array(500) };
    const file = new Uint8Array(
      parquetWriteBuffer({ columnData, codec: "ZSTD", compressors, pageSize: 1, statistics: false }),
    );
    expect(file.byteLength).toBeLessThan(MIB);
    await expect(importTable(recording, file)).rejects.toMatchObject(tooLarge);
  });
});
