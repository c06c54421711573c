import { MemorySink, RecordingStream } from "@rerun-ts/core";
import { RrdDecoder } from "@rerun-ts/core/decode";
import { numbers } from "@rerun-ts/test-support/common/messages";
import { expect, it } from "vitest";
import { FlatBufferWriter } from "../../dist/arrow/flatbuffer.js";
import { readStream } from "../../dist/arrow/read-stream.js";

const VERSION_5 = 4;
const SCHEMA = 1;
const INT = 2;
const STRUCT = 13;

/** An Arrow message around a table `Schema` that `write` adds. */
function schemaMessage(write: (out: FlatBufferWriter, from: number) => void, bodyLength: (length: number) => number) {
  const build = (body: number): Uint8Array => {
    const out = new FlatBufferWriter();
    const root = out.table([["i16", VERSION_5], ["u8", SCHEMA], ["ref"], ["i64", body]]);
    out.setRoot(root);
    write(out, root.slots[2] as number);
    return out.bytes.slice();
  };
  const { length } = build(0);
  const flatBuffer = build(bodyLength(length));
  const bytes = new Uint8Array(8 + length);
  new DataView(bytes.buffer).setUint32(0, 0xffffffff, true);
  new DataView(bytes.buffer).setInt32(4, length, true);
  bytes.set(flatBuffer, 8);
  return bytes;
}

it("an Arrow message with a negative body length ends in an error", () => {
  const bytes = schemaMessage(
    (out, from) => out.link(from, out.table([])),
    (length) => -8 - length,
  );
  expect(bytes.length).toBeLessThan(200);
  expect(() => readStream(bytes)).toThrow("the Arrow data is truncated, or its lengths are wrong");
});

it.for([20, 60, 100])("a schema whose %s levels of fields share their children ends in an error", (levels) => {
  const bytes = schemaMessage(
    (out, from) => {
      const schema = out.table([undefined, ["ref"]]);
      out.link(from, schema);
      let parents = [schema.slots[1] as number];
      for (let level = 0; level <= levels; level++) {
        // Both children of a field are the same table.
        const [vector] = parents as [number];
        const isLeaf = level === levels;
        const first = out.references(vector, 2);
        const second = first + 4;
        const field = out.table([
          undefined,
          ["u8", 1],
          ["u8", STRUCT],
          ["ref"],
          undefined,
          isLeaf ? undefined : ["ref"],
        ]);
        out.link(first, field);
        out.link(second, field);
        out.link(field.slots[3] as number, out.table([]));
        parents = [field.slots[5] as number];
      }
    },
    () => 0,
  );
  expect(() => readStream(bytes)).toThrow(/larger than the schema allows|nested too deeply/);
});

it("a schema whose columns share one type with many fields ends in an error", () => {
  const count = 20_000;
  const bytes = schemaMessage(
    (out, from) => {
      const schema = out.table([undefined, ["ref"]]);
      out.link(from, schema);
      const columns = out.references(schema.slots[1] as number, count);
      const column = out.table([undefined, ["u8", 1], ["u8", STRUCT], ["ref"], undefined, ["ref"]]);
      for (let index = 0; index < count; index++) out.link(columns + index * 4, column);
      out.link(column.slots[3] as number, out.table([]));
      const children = out.references(column.slots[5] as number, count);
      const child = out.table([undefined, ["u8", 1], ["u8", INT], ["ref"]]);
      for (let index = 0; index < count; index++) out.link(children + index * 4, child);
      out.link(child.slots[3] as number, out.table([["i32", 32]]));
    },
    () => 0,
  );
  expect(() => readStream(bytes)).toThrow("the columns are larger than the schema allows");
});

it("a decoder takes a large message in small pieces in time that grows with its size", () => {
  const recording = new RecordingStream("decoder", { recordingId: "pieces" });
  const sink = new MemorySink();
  void recording.setSink(sink);
  recording.log("large", numbers(Array.from({ length: 4 * 1024 * 1024 }, (_, index) => index)));
  const bytes = sink.toBytes();
  expect(bytes.length).toBeGreaterThan(16 * 1024 * 1024);
  const decoder = new RrdDecoder();
  let chunks = 0;
  for (let at = 0; at < bytes.length; at += 4096) {
    for (const { kind } of decoder.push(bytes.subarray(at, at + 4096))) if (kind === "chunk") chunks++;
  }
  // The properties of the recording are a chunk too.
  expect(chunks).toBe(2);
});
