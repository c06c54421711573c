import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { MemorySink, RecordingStream, type EncodedMessage, type StoreId } from "@rerun-ts/core";
import { decodeRrd, RrdDecoder } from "@rerun-ts/core/decode";
import { encodeRrd, RrdWriter } from "@rerun-ts/core/encode";
import { describe, expect, it } from "vitest";
import {
  ArrowMsgSchema,
  BlueprintActivationCommandSchema,
  RrdFooterSchema,
  SetStoreInfoSchema,
} from "../../dist/gen/rerun/log_msg/v1alpha1/log_msg_pb.js";
import { encodeBlueprintActivation } from "../../dist/rrd/encode/blueprint-activation.js";
import { encodeMessageHeader } from "../../dist/rrd/encode/message-frame.js";
import { encodeStoreInfo } from "../../dist/rrd/encode/store-info.js";
import { CollectingSink, nameOf, numbers, someMessages } from "@rerun-ts/test-support/common/messages";

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
const store = (kind: StoreId["kind"]): StoreId => ({ kind, applicationId: "mut", recordingId: "rec1" });

describe("encoded messages", () => {
  it("of store infos have the bytes that Rerun writes", () => {
    const { payload } = encodeStoreInfo(store("recording"), "JS SDK", { timeHi: 0, timeLo: 1, incHi: 0, incLo: 2 });
    expect(hex(encodeMessageHeader("storeInfo", payload.byteLength))).toBe(
      "01 00 00 00 00 00 00 00 3a 00 00 00 00 00 00 00",
    );
    expect(hex(payload)).toBe(
      "0a 12 09 01 00 00 00 00 00 00 00 11 02 00 00 00 00 00 00 00 " +
        "12 24 12 0f 08 01 12 04 72 65 63 31 1a 05 0a 03 6d 75 74 " +
        "2a 0c 08 06 12 08 0a 06 4a 53 20 53 44 4b 32 03 08 80 52",
    );
  });

  it("of blueprint activations have the bytes that Rerun writes", () => {
    const { payload } = encodeBlueprintActivation(store("blueprint"), { makeActive: true, makeDefault: true });
    expect(hex(payload)).toBe("0a 0f 08 02 12 04 72 65 63 31 1a 05 0a 03 6d 75 74 10 01 18 01");
    const neither = encodeBlueprintActivation(store("blueprint"), { makeActive: false, makeDefault: false });
    expect(hex(neither.payload)).toBe("0a 0f 08 02 12 04 72 65 63 31 1a 05 0a 03 6d 75 74");
  });

  it("are equal to those of the generated protobuf code", async () => {
    for (const { kind, payload } of await someMessages()) {
      const schema =
        kind === "chunk"
          ? ArrowMsgSchema
          : kind === "storeInfo"
            ? SetStoreInfoSchema
            : BlueprintActivationCommandSchema;
      expect(toBinary(schema, fromBinary(schema, payload))).toEqual(payload);
    }
  });
});

describe("encoded .rrd streams", () => {
  it("without chunks have the 60 bytes that Rerun's SDKs write", () => {
    expect(hex(encodeRrd([]))).toBe(
      "52 52 46 32 00 29 00 00 01 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 " +
        "1c 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 71 36 97 2a 52 52 46 32 46 4f 4f 54 01 00 00 00",
    );
  });

  it("end with a footer whose manifest is valid protobuf", async () => {
    const messages = await someMessages();
    const rrd = encodeRrd(messages);
    const view = new DataView(rrd.buffer, rrd.byteLength - 32);
    const payload = rrd.subarray(
      Number(view.getBigUint64(0, true)),
      Number(view.getBigUint64(0, true) + view.getBigUint64(8, true)),
    );
    const footer = fromBinary(RrdFooterSchema, payload);
    expect(toBinary(RrdFooterSchema, footer)).toEqual(payload);
    expect(footer.manifests).toHaveLength(1);
    expect(footer.manifests[0]?.sorbetSchemaSha256).toHaveLength(32);
  });

  it("have no footer if it is disabled or would exceed `maxFooterBytes`", async () => {
    const messages = await someMessages();
    expect(decodeRrd(encodeRrd(messages, { footer: false })).map(nameOf)).toEqual(messages.map(nameOf));
    const writer = new RrdWriter({ maxFooterBytes: 100 });
    for (const message of messages) writer.frame(message);
    expect(writer.isFooterDropped).toBe(true);
    const reasons: string[] = [];
    expect(writer.finish((reason) => reasons.push(reason))).toHaveLength(0);
    expect(reasons).toEqual(["it would be larger than `maxFooterBytes`"]);
  });

  it("have no footer if Rerun could not tell timelines apart there, unless that is allowed", async () => {
    const rec = new RecordingStream("app", { recordingId: "times" });
    const sink = new CollectingSink();
    await rec.setSink(sink);
    for (const name of ["sim time", "sim_time"]) rec.setTime(name, 1);
    rec.log("/a", numbers(1));
    await rec.close();
    const writer = new RrdWriter();
    const reasons: string[] = [];
    for (const message of sink.messages) writer.frame(message);
    expect(writer.finish((reason) => reasons.push(reason))).toHaveLength(0);
    expect(reasons).toEqual([
      'Rerun cannot tell the timelines "sim time" and "sim_time" apart there; rename one of them',
    ]);
    expect(decodeRrd(encodeRrd(sink.messages, { allowConflicts: true })).at(-1)?.kind).toBe("end");
  });

  it("have one manifest for each store in their footer", async () => {
    const first = await someMessages();
    const others = first.map((message): EncodedMessage => ({ ...message, storeId: store("blueprint") }));
    const end = decodeRrd(encodeRrd([...first, ...others])).at(-1);
    expect(end).toMatchObject({
      footer: { manifests: [{ storeId: { recordingId: "messages" } }, { storeId: { recordingId: "rec1" } }] },
    });
  });
});

describe("RrdDecoder", () => {
  it("decodes concatenated streams with and without end message, in pieces of any size", async () => {
    const messages = await someMessages(3);
    const names = messages.map(nameOf);
    const complete = encodeRrd(messages);
    const open = encodeRrd(messages, { footer: false });
    for (const [streams, ends] of [
      [[complete], 1],
      [[open], 0],
      [[complete, complete], 2],
      [[open, complete, open], 1],
      [[encodeRrd([]), complete], 2],
    ] as const) {
      const bytes = concat(streams);
      for (const size of [1, 7, 100, bytes.byteLength]) {
        const decoder = new RrdDecoder();
        const read: string[] = [];
        for (let at = 0; at < bytes.byteLength; at += size) {
          for (const message of decoder.push(bytes.subarray(at, at + size))) read.push(nameOf(message));
        }
        expect(read.filter((name) => name !== "end")).toEqual(
          streams.flatMap((stream) => (stream.byteLength > 60 ? names : [])),
        );
        expect(read.filter((name) => name === "end")).toHaveLength(ends);
        expect(decoder.rest).toHaveLength(0);
      }
    }
  });

  it("decodes every complete message of a stream that is truncated anywhere", async () => {
    const messages = await someMessages(2);
    const bytes = encodeRrd(messages, { footer: false });
    const ends: number[] = [];
    const writer = new RrdWriter();
    for (const message of messages) {
      writer.frame(message);
      ends.push(writer.position);
    }
    for (let length = 12; length <= bytes.byteLength; length += 13) {
      expect(decodeRrd(bytes.subarray(0, length))).toHaveLength(ends.filter((end) => end <= length).length);
    }
  });

  it("leaves garbage after the end in `rest`, and rejects data that is no recording", async () => {
    const bytes = encodeRrd(await someMessages(1));
    const decoder = new RrdDecoder();
    const read = [...decoder.push(concat([bytes, new Uint8Array(100).fill(7)]))];
    expect(read.at(-1)?.kind).toBe("end");
    expect(decoder.rest).toHaveLength(100);
    expect(() => decodeRrd(new TextEncoder().encode("this is no recording"))).toThrow(
      /not a Rerun recording: it begins with "this"/,
    );
    expect(() => decodeRrd(new TextEncoder().encode("RRF1 too old for us"))).toThrow(/too old/);
  });

  it("returns store ids, the source and whether chunks are static", () => {
    const recording = new RecordingStream("my app", { recordingId: "r1" });
    const memory = recording.memoryRecording();
    recording.log("x", numbers(1));
    const [info, properties, chunk] = decodeRrd(memory.drainAsBytes());
    const storeId = { kind: "recording", applicationId: "my app", recordingId: "r1" };
    expect(info).toMatchObject({
      kind: "storeInfo",
      storeId,
      source: expect.stringMatching(/^rerun-ts \d+\.\d+\.\d+$/) as string,
    });
    expect(properties).toMatchObject({ kind: "chunk", storeId, isStatic: true });
    expect(chunk).toMatchObject({ kind: "chunk", storeId, isStatic: false });
    expect(memory).toBeInstanceOf(MemorySink);
  });
});

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}
