import { openRrd, type Chunk } from "@rerun-ts/arrow";
import {
  checkMcap,
  convertMcap,
  importMcap,
  mcapChunks,
  mcapInfo,
  type McapOptions,
  type McapProblem,
} from "@rerun-ts/arrow/mcap";
import { RecordingStream } from "@rerun-ts/core";
import { cdrText, mcapFile, textChannel, type TestChannel } from "@rerun-ts/test-support/common/mcap-file";
import { create, toBinary } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";

/** A file with three texts, whose chunk is compressed by zstd. */
const ZSTD_FILE =
  "iU1DQVAwDQoBGQAAAAAAAAAAAAAAEQAAAG1jYXAtcHl0aG9uLzEuNi4wBrYAAAAAAAAA6AMAAAAAAAC4CwAAAAAAAOQAAAAAAAAA" +
  "WK7PLQQAAAB6c3RkigAAAAAAAAAotS/9IOQNBADSBRUgoKcZAz/2b/3/hw8QocyyRf5X4qpuT2+mVNh+EdjfTaar8z7PYCA/FtA+" +
  "FvubxyOEgGOKv6z0J+MAsHYxdFKbUof7TTYYbhEptSVNbQm2+gvGDyUSAFEdAGZAPdyDFYA7cAIQAIYiKq4rBj7jcCEEVVjOUL+q" +
  "xRmhRd03gCEPBAAAAAAAAAAAAAAAAhQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAALDJxG+JTUNBUDANCg==";

/** Values of a component on an entity, as JSON-like values. */
function valuesOf(chunks: readonly Chunk[], entity: string, component: string): unknown[] {
  const found: unknown[] = [];
  for (const { entityPath, table } of chunks) {
    if (entityPath !== entity) continue;
    for (const value of table.getChild(component) ?? [])
      found.push(JSON.parse(JSON.stringify(value, plain)) as unknown);
  }
  return found;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value;
}

/** Converts a file, and returns its chunks and problems. */
async function convert(
  bytes: Uint8Array,
  options: McapOptions = {},
): Promise<{ chunks: Chunk[]; problems: McapProblem[] }> {
  const problems: McapProblem[] = [];
  const chunks: Chunk[] = [];
  for await (const chunk of mcapChunks(bytes, { onProblem: (problem) => problems.push(problem), ...options }))
    chunks.push(chunk);
  return { chunks, problems };
}

const TEXT = "TextDocument:text";
const texts = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => cdrText(`text ${index}`));

describe("mcapChunks", () => {
  it("reads files without chunks, without a summary and without indexes", async () => {
    for (const options of [{ useChunks: false }, { useSummary: false }, { useChunks: false, useSummary: false }]) {
      const { chunks, problems } = await convert(await mcapFile([textChannel("/a", texts(3))], options));
      expect(problems, JSON.stringify(options)).toEqual([]);
      expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 0"], ["text 1"], ["text 2"]]);
      expect(valuesOf(chunks, "/__mcap_properties", "McapStatistics:message_count")).toEqual([[3]]);
      expect(valuesOf(chunks, "/__mcap_properties", "RecordingInfo:start_time")).toEqual([[1000]]);
    }
  });

  it("reads a file that was cut up to the last whole message", async () => {
    for (const useChunks of [true, false]) {
      const file = await mcapFile([textChannel("/a", texts(5))], { useChunks });
      const last = file.length - findLast(file, new TextEncoder().encode("text 4"));
      const { chunks, problems } = await convert(file.subarray(0, file.length - last));
      expect(valuesOf(chunks, "/a", TEXT)).toHaveLength(4);
      expect(problems.map(({ reason }) => reason)).toEqual([
        expect.stringMatching(/^damaged at byte \d+: the file ends/),
      ]);
    }
  });

  it("reads chunks with zstd, and reports those that are damaged", async () => {
    const file = Uint8Array.from(atob(ZSTD_FILE), (character) => character.charCodeAt(0));
    const { chunks, problems } = await convert(file);
    expect(problems).toEqual([]);
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 0"], ["text 1"], ["text 2"]]);
    const frame = findLast(file, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd));
    for (let at = frame; at < frame + 4; at++) {
      const damaged = file.slice();
      damaged[at] = (damaged[at] as number) ^ 0xff;
      const reasons = (await convert(damaged)).problems.map(({ reason }) => reason);
      expect(reasons).toEqual([expect.stringMatching(/the zstd compression of a chunk is damaged$/)]);
    }
    expect(valuesOf((await convert(file)).chunks, "/a", TEXT)).toHaveLength(3);
  });

  it("reports chunks with a wrong checksum when a file is checked, and reads their messages", async () => {
    const file = await mcapFile([textChannel("/a", texts(3))]);
    expect((await checkMcap(file)).problems).toEqual([]);
    const at = findLast(file, new TextEncoder().encode("text 1"));
    file.set(new TextEncoder().encode("TEXT"), at);
    const { problems } = await checkMcap(file);
    expect(problems.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/the checksum of the chunk is wrong$/),
    ]);
    expect(valuesOf((await convert(file)).chunks, "/a", TEXT)).toEqual([["text 0"], ["TEXT 1"], ["text 2"]]);
  });

  it("leaves out topics when the file describes more fields than memory has room for", async () => {
    const definition = Array.from({ length: 9000 }, (_, index) => `uint8 f${index}`).join("\n");
    const schema = ["a/msg/Wide", "ros2msg", definition] as const;
    const wide = Array.from({ length: 35 }, (_, index) => {
      return { topic: `/wide${index}`, messageEncoding: "cdr", schema, messages: [Uint8Array.of(0, 1, 0, 0)] };
    });
    const { chunks, problems } = await convert(await mcapFile([...wide, textChannel("/a", texts(1))]));
    const leftOut = problems.filter(({ reason }) => reason.includes("more than 300000 fields"));
    expect(leftOut.map(({ topic }) => topic)).toEqual(["/wide33", "/wide34"]);
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 0"]]);
  });

  it("keeps a damaged message as bytes, and reports its topic and time", async () => {
    const messages = texts(4);
    messages[1] = cdrText("cut").subarray(0, 9);
    messages[2] = cdrText("\u00e9").map((byte) => (byte === 0xc3 ? 0xff : byte));
    const file = await mcapFile([textChannel("/a", messages), textChannel("/b", texts(4))]);
    const { chunks, problems } = await convert(file);
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 0"], ["text 3"]]);
    const raw = "McapMessage:data";
    expect(valuesOf(chunks, "/a", raw)).toEqual([messages[1], messages[2]].map((bytes) => [[...(bytes ?? [])]]));
    const rawTimes = chunks.find(({ table }) => table.getChild(raw) !== null)?.table.getChild("message_log_time");
    expect([...(rawTimes ?? [])]).toEqual([0.002, 0.003]);
    for (const without of [{ rawFallback: false }, { decoders: ["ros2msg"] as const }])
      expect(valuesOf((await convert(file, without)).chunks, "/a", raw)).toEqual([]);
    expect(valuesOf(chunks, "/b", TEXT)).toHaveLength(4);
    expect(problems).toEqual([
      { topic: "/a", time: 2000n, reason: "the message ends before its last field", messages: 1 },
      { topic: "/a", time: 3000n, reason: expect.stringContaining("not valid"), messages: 1 },
    ]);
  });

  it("leaves out a message that is damaged behind its first fields, whole", async () => {
    const schema = ["a/msg/Pair", "ros2msg", "uint8 number\nstring[] texts"] as const;
    const pair = (...bytes: number[]): Uint8Array => Uint8Array.of(0, 1, 0, 0, ...bytes);
    const messages = [
      pair(1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 65, 0),
      // The second text is cut.
      pair(2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 66, 0, 0, 0, 9, 0, 0, 0),
      pair(3, 0, 0, 0, 0, 0, 0, 0),
    ];
    const { chunks, problems } = await convert(
      await mcapFile([{ topic: "/p", messageEncoding: "cdr", schema, messages }]),
    );
    expect(valuesOf(chunks, "/p", "a.msg.Pair:message")).toEqual([
      [{ number: 1, texts: ["A"] }],
      [{ number: 3, texts: [] }],
    ]);
    expect(problems).toMatchObject([{ topic: "/p", time: 2000n, messages: 1 }]);
  });

  it("keeps the messages of a channel with an unusable schema as bytes, and all other channels", async () => {
    const channels: TestChannel[] = [
      { topic: "/bad", messageEncoding: "cdr", schema: ["x/msg/Y", "ros2msg", "x/Missing field"], messages: texts(2) },
      { topic: "/empty", messageEncoding: "protobuf", schema: ["a.B", "protobuf", ""], messages: [new Uint8Array(2)] },
      textChannel("/good", texts(2)),
    ];
    const { chunks, problems } = await convert(await mcapFile(channels));
    expect(valuesOf(chunks, "/bad", "McapMessage:data")).toHaveLength(2);
    expect(valuesOf(chunks, "/empty", "McapMessage:data")).toEqual([[[0, 0]]]);
    expect(valuesOf(chunks, "/good", TEXT)).toHaveLength(2);
    expect(problems.map(({ topic, reason }) => `${topic}: ${reason}`)).toEqual([
      expect.stringMatching(/^\/bad: the schema is no ROS message definition: .*Missing/),
      "/empty: the schema does not describe the message a.B",
    ]);
    const without = await convert(await mcapFile(channels), { rawFallback: false });
    expect(valuesOf(without.chunks, "/bad", "McapMessage:data")).toEqual([]);
  });

  it("reads CDR in big-endian byte order", async () => {
    const { chunks } = await convert(await mcapFile([textChannel("/a", [cdrText("big", false)])]));
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([["big"]]);
  });

  it("keeps colour and depth images that share a topic", async () => {
    const definition = "uint32 height\nuint32 width\nstring encoding\nuint32 step\nuint8[] data\nHeader header";
    const schema = ["sensor_msgs/Image", "ros1msg", `${definition}\n===\nMSG: std_msgs/Header\n${HEADER}`] as const;
    const messages = ["rgb8", "mono8", "strange"].map((encoding) =>
      ros1(["u32", 1], ["u32", 1], ["text", encoding], ["u32", 3], ["bytes", [1, 2, 3]], ...header("cam")),
    );
    const file = await mcapFile([{ topic: "/image", messageEncoding: "ros1", schema, messages }]);
    const { chunks, problems } = await convert(file);
    expect(valuesOf(chunks, "/image", "Image:buffer")).toEqual([[[1, 2, 3]], null, null]);
    expect(valuesOf(chunks, "/image", "DepthImage:buffer")).toEqual([null, [[1]], null]);
    expect(valuesOf(chunks, "/image", "CoordinateFrame:frame")).toHaveLength(3);
    expect(problems).toMatchObject([{ topic: "/image", time: 3000n, messages: 1 }]);
  });

  it("reads depth images in PNG behind the header of compressedDepth", async () => {
    const definition = `Header header\nstring format\nuint8[] data\n===\nMSG: std_msgs/Header\n${HEADER}`;
    const schema = ["sensor_msgs/CompressedImage", "ros1msg", definition] as const;
    const png = [0x89, 0x50, 0x4e, 0x47];
    const messages = [
      ros1(...header("cam"), ["text", "16UC1; compressedDepth png"], ["bytes", [...Array<number>(12).fill(1), ...png]]),
      ros1(...header("cam"), ["text", "png"], ["bytes", png]),
    ];
    const { chunks } = await convert(await mcapFile([{ topic: "/d", messageEncoding: "ros1", schema, messages }]));
    expect(valuesOf(chunks, "/d", "EncodedDepthImage:blob")).toEqual([[png], null]);
    expect(valuesOf(chunks, "/d", "EncodedDepthImage:media_type")).toEqual([["image/png"], null]);
    expect(valuesOf(chunks, "/d", "EncodedImage:blob")).toEqual([null, [png]]);
  });

  it("reads messages of ROS 1 as those of ROS 2", async () => {
    const definition = `Header header\nfloat64 temperature\nfloat64 variance\n===\nMSG: std_msgs/Header\n${HEADER}`;
    const schema = ["sensor_msgs/Temperature", "ros1msg", definition] as const;
    const messages = [ros1(...header("base"), ["f64", 21.5], ["f64", 0.25])];
    const { chunks } = await convert(await mcapFile([{ topic: "/t", messageEncoding: "ros1", schema, messages }]));
    expect(valuesOf(chunks, "/t", "Measurements:values")).toEqual([[21.5]]);
    expect(valuesOf(chunks, "/t", "Measurements:units")).toEqual([["\u00b0C"]]);
    expect(valuesOf(chunks, "/t", "CoordinateFrame:frame")).toEqual([["base"]]);
    expect(chunks.find(({ isStatic }) => !isStatic)?.timelines).toContain("ros1_timestamp");
  });

  it("leaves a message without a usable time out of the timeline of the messages, and only it", async () => {
    const definition = `std_msgs/Header header\nfloat64 temperature\nfloat64 variance\n===\nMSG: std_msgs/Header\n${ROS2_HEADER}`;
    const seconds = [5, -1, 7];
    const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const time = { type: "object", properties: { sec: { type: "integer" }, nsec: { type: "integer" } } };
    const transform = {
      type: "object",
      properties: {
        timestamp: time,
        parent_frame_id: { type: "string" },
        child_frame_id: { type: "string" },
        translation: { type: "object", properties: {} },
        rotation: { type: "object", properties: {} },
      },
    };
    const transforms = { type: "object", properties: { transforms: { type: "array", items: transform } } };
    const frames = (child: string, sec?: number): object => ({
      ...(sec === undefined ? {} : { timestamp: { sec, nsec: 0 } }),
      parent_frame_id: "map",
      child_frame_id: child,
    });
    const file = await mcapFile([
      {
        topic: "/t",
        messageEncoding: "cdr",
        schema: ["sensor_msgs/msg/Temperature", "ros2msg", definition],
        messages: seconds.map((second) => cdrTemperature(second)),
      },
      {
        topic: "/tf",
        messageEncoding: "json",
        schema: ["foxglove.FrameTransforms", "jsonschema", JSON.stringify(transforms)],
        messages: [json({ transforms: [frames("a", 3), frames("b")] }), json({ transforms: [frames("c", 4)] })],
      },
    ]);
    for (const [topic, timeline, component, values] of [
      ["/t", "ros2_timestamp", "Measurements:values", [[[5], [7]], [[-1]]]],
      ["/tf", "timestamp", "Transform3D:child_frame", [[["a"], ["c"]], [["b"]]]],
    ] as const) {
      const { chunks, problems } = await convert(file);
      expect(problems).toEqual([]);
      const timed = chunks.filter(({ timelines, isStatic }) => !isStatic && timelines.includes(timeline));
      const others = chunks.filter(({ timelines, isStatic }) => !isStatic && !timelines.includes(timeline));
      expect([timed, others].map((some) => valuesOf(some, topic, component))).toEqual(values);
    }
  });

  it("keeps the last value of a oneof, a oneof of one field as that field, and maps in the order of their bytes", async () => {
    const { INT32, MESSAGE, STRING } = FieldDescriptorProto_Type;
    const label = FieldDescriptorProto_Label.OPTIONAL;
    const message = {
      name: "M",
      oneofDecl: [{ name: "choice" }, { name: "single" }],
      field: [
        { name: "a", number: 1, type: INT32, label, oneofIndex: 0 },
        { name: "b", number: 2, type: STRING, label, oneofIndex: 0 },
        { name: "c", number: 3, type: INT32, label, oneofIndex: 1 },
        { name: "m", number: 4, type: MESSAGE, typeName: ".a.M.E", label: FieldDescriptorProto_Label.REPEATED },
      ],
      nestedType: [
        {
          name: "E",
          options: { mapEntry: true },
          field: [
            { name: "key", number: 1, type: STRING, label },
            { name: "value", number: 2, type: INT32, label },
          ],
        },
      ],
    };
    const file = [{ name: "a.proto", package: "a", syntax: "proto3", messageType: [message] }];
    const schema = [
      "a.M",
      "protobuf",
      toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file })),
    ] as const;
    const [a, b, c] = [Uint8Array.of(8, 7), Uint8Array.of(18, 1, 120), Uint8Array.of(24, 9)];
    // The letters é and À, whose second bytes have another order in Windows-1252.
    const entries = Uint8Array.of(34, 6, 10, 2, 0xc3, 0xa9, 16, 1, 34, 6, 10, 2, 0xc3, 0x80, 16, 2);
    const messages = [Uint8Array.of(...a, ...b, ...c), Uint8Array.of(...b, ...a, ...entries), new Uint8Array(0)];
    const { chunks } = await convert(await mcapFile([{ topic: "/m", messageEncoding: "protobuf", schema, messages }]));
    expect(valuesOf(chunks, "/m", "a.M:message")).toEqual([
      [{ choice: { a: null, b: "x" }, c: 9, m: null }],
      [{ choice: { a: 7, b: null }, c: null, m: { À: 2, é: 1 } }],
      [{ choice: null, c: null, m: null }],
    ]);
    expect(JSON.stringify(valuesOf(chunks, "/m", "a.M:message")[1])).toContain('{"À":2,"é":1}');
  });

  it("reads the byte that ROS 2 writes for a message without fields", async () => {
    const definition = `int32 a\nstd_msgs/Empty none\na/Mode mode\nint32 b\n===\nMSG: std_msgs/Empty\n===\nMSG: a/Mode\nint8 ON=1\nint8 OFF=2`;
    const schema = ["a/msg/Outer", "ros2msg", definition] as const;
    const messages = [Uint8Array.of(0, 1, 0, 0, 7, 0, 0, 0, 0, 2, 0, 0, 9, 0, 0, 0)];
    const { chunks } = await convert(await mcapFile([{ topic: "/o", messageEncoding: "cdr", schema, messages }]));
    const none = { structure_needs_at_least_one_member: 0 };
    expect(valuesOf(chunks, "/o", "a.msg.Outer:message")).toEqual([[{ a: 7, none, mode: 2, b: 9 }]]);
  });

  it("reads definitions of ROS 2 whose names break its rules", async () => {
    // The parser's own expressions take years for it.
    const long = `${"a".repeat(60)}B`;
    const lines = [
      "uint8 lower=1",
      "string<=9 frameId 'x' # id",
      "uint8[2] K",
      "uint8 rerun_replaced # no",
      "uint8 end_",
    ];
    const definition = [...lines, `uint8 ${long}`].join("\n");
    const schema = ["a/msg/Names", "ros2msg", definition] as const;
    const messages = [Uint8Array.of(0, 1, 0, 0, 2, 0, 0, 0, 104, 0, 1, 2, 3, 4, 5)];
    const { chunks, problems } = await convert(
      await mcapFile([{ topic: "/n", messageEncoding: "cdr", schema, messages }]),
    );
    expect(problems).toEqual([]);
    expect(valuesOf(chunks, "/n", "a.msg.Names:message")).toEqual([
      [{ frameId: "h", K: [1, 2], rerun_replaced: 3, end_: 4, [long]: 5 }],
    ]);
  });

  it("reports messages that the summary counts, and that the file lacks", async () => {
    const file = await mcapFile([textChannel("/a", texts(3))]);
    // The record after the header has all messages.
    const chunkAt = 17 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(9, true));
    expect(file[chunkAt]).toBe(6);
    const damaged = file.slice();
    damaged[chunkAt] = 0x46;
    const { chunks, problems } = await convert(damaged);
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([]);
    expect(problems.map(({ reason }) => reason)).toEqual([
      "damaged: 0 of the 3 messages that its summary counts were found",
    ]);
  });

  it("names enum numbers that a protobuf schema does not know by their digits", async () => {
    const { Type } = { Type: FieldDescriptorProto_Type };
    const set = create(FileDescriptorSetSchema, {
      file: [
        {
          name: "a.proto",
          package: "a",
          syntax: "proto3",
          enumType: [{ name: "E", value: [{ name: "ZERO", number: 0 }] }],
          messageType: [
            {
              name: "B",
              field: [
                { name: "e", number: 1, type: Type.ENUM, typeName: ".a.E", label: FieldDescriptorProto_Label.OPTIONAL },
              ],
            },
          ],
        },
      ],
    });
    const schema = ["a.B", "protobuf", toBinary(FileDescriptorSetSchema, set)] as const;
    const messages = [Uint8Array.of(8, 7), new Uint8Array(0), Uint8Array.of(8)];
    const { chunks, problems } = await convert(
      await mcapFile([{ topic: "/e", messageEncoding: "protobuf", schema, messages }]),
    );
    expect(valuesOf(chunks, "/e", "a.B:message")).toEqual([
      [{ e: { name: "7", value: 7 } }],
      [{ e: { name: "ZERO", value: 0 } }],
    ]);
    expect(problems).toMatchObject([{ topic: "/e", time: 3000n, messages: 1 }]);
  });

  it("reads groups of proto2 as structs, and passes over groups that a protobuf schema does not know", async () => {
    const { GROUP, INT32 } = FieldDescriptorProto_Type;
    const { OPTIONAL, REPEATED } = FieldDescriptorProto_Label;
    const nested = (name: string): object => ({
      name,
      field: [{ name: "n", number: 1, type: INT32, label: OPTIONAL }],
    });
    const set = create(FileDescriptorSetSchema, {
      file: [
        {
          name: "a.proto",
          package: "a",
          syntax: "proto2",
          messageType: [
            {
              name: "B",
              nestedType: [nested("One"), nested("Many")],
              field: [
                { name: "x", number: 1, type: INT32, label: OPTIONAL },
                { name: "one", number: 2, type: GROUP, typeName: ".a.B.One", label: OPTIONAL },
                { name: "many", number: 300, type: GROUP, typeName: ".a.B.Many", label: REPEATED },
              ],
            },
          ],
        },
      ],
    });
    const schema = ["a.B", "protobuf", toBinary(FileDescriptorSetSchema, set)] as const;
    const [many, manyEnd] = [
      [0xe3, 0x12],
      [0xe4, 0x12],
    ] as const;
    const messages = [
      [8, 5, 0x13, 8, 7, 0x14],
      // A group that the schema does not know, with another one inside.
      [8, 1, 0x1b, 8, 9, 0x23, 0x12, 1, 0x1c, 0x24, 0x1c, ...many, 8, 1, ...manyEnd, ...many, 8, 2, ...manyEnd],
      // The second part of a group adds to the first one.
      [0x13, 0x14, 0x13, 8, 3, 0x14],
      // Groups without an end, with the end of another group, and an end without a group.
      [8, 2, 0x13, 8, 7],
      [0x13, 8, 7, 0x1c],
      [8, 2, 0x14],
    ].map((bytes) => Uint8Array.from(bytes));
    const { chunks, problems } = await convert(
      await mcapFile([{ topic: "/g", messageEncoding: "protobuf", schema, messages }]),
    );
    expect(valuesOf(chunks, "/g", "a.B:message")).toEqual([
      [{ x: 5, one: { n: 7 }, many: null }],
      [{ x: 1, one: null, many: [{ n: 1 }, { n: 2 }] }],
      [{ x: null, one: { n: 3 }, many: null }],
    ]);
    expect(valuesOf(chunks, "/g", "McapMessage:data")).toEqual(messages.slice(3).map((bytes) => [[...bytes]]));
    expect(problems.map(({ time }) => time)).toEqual([4000n, 5000n, 6000n]);
  });

  it("reads messages by the last description before them of their channel and schema", async () => {
    const one = [textChannel("/a", texts(2))];
    const others: [TestChannel[], string, string, unknown[]][] = [
      [[textChannel("/b", texts(1))], "/b", TEXT, [["text 0"]]],
      [
        [{ topic: "/a", messageEncoding: "json", messages: [new TextEncoder().encode("{}")] }],
        "/a",
        "json:message",
        [[{ json: "{}" }]],
      ],
      [
        [
          {
            ...textChannel("/a", []),
            schema: ["c/msg/C", "ros2msg", "uint8 c"],
            messages: [Uint8Array.of(0, 1, 0, 0, 7)],
          },
        ],
        "/a",
        "c.msg.C:message",
        [[{ c: 7 }]],
      ],
    ];
    for (const [other, entity, component, values] of others) {
      const file = await filesInOne(one, other);
      const { chunks, problems } = await convert(file);
      expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 0"], ["text 1"]]);
      expect(valuesOf(chunks, entity, component)).toEqual(values);
      expect(valuesOf(chunks, "/a", "McapMessage:data")).toEqual([]);
      const expected = [{ topic: "/a", reason: expect.stringContaining("described again, differently") }];
      expect(problems).toMatchObject(expected);
      expect((await checkMcap(file)).problems).toMatchObject(expected);
    }
    expect((await convert(await filesInOne(one, one))).problems).toEqual([]);
    const turns = await filesInOne(
      ...Array.from({ length: 2100 }, (_, index) => [textChannel(`/${index % 2}`, texts(1))]),
    );
    const { chunks, problems } = await convert(turns);
    expect(valuesOf(chunks, "/0", TEXT).length + valuesOf(chunks, "/1", TEXT).length).toBe(1001);
    expect(problems.map(({ reason }) => reason)).toContain(
      "left out, since channels are described again more than 1000 times",
    );
  });

  it("reads JSON as structs, and Foxglove messages in JSON as archetypes", async () => {
    const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const time = { type: "object", properties: { sec: { type: "integer" }, nsec: { type: "integer" } } };
    const log = {
      type: "object",
      properties: {
        timestamp: time,
        level: { oneOf: [{ const: 0 }, { const: 2 }] },
        message: { type: "string" },
        name: { type: "string" },
      },
    };
    const pose = { type: "object", properties: { x: { type: "number" }, free: {} } };
    const stamp = { sec: 1, nsec: 5 };
    const channels: TestChannel[] = [
      {
        topic: "/log",
        messageEncoding: "json",
        schema: ["foxglove.Log", "jsonschema", JSON.stringify(log)],
        messages: [
          json({ timestamp: stamp, level: 2, message: "hi" }),
          json({ timestamp: stamp, level: 0, message: "?" }),
        ],
      },
      {
        topic: "/pose",
        messageEncoding: "json",
        schema: ["Pose", "jsonschema", JSON.stringify(pose)],
        messages: [json({ x: 1.5, free: [1], more: 1 }), json({ x: "no" }), json({})],
      },
      { topic: "/free", messageEncoding: "json", messages: [json({ any: 1 }), new Uint8Array([1])] },
    ];
    const { chunks, problems } = await convert(await mcapFile(channels));
    expect(valuesOf(chunks, "/log", "TextLog:text")).toEqual([["hi"], ["?"]]);
    expect(valuesOf(chunks, "/log", "TextLog:level")).toEqual([["INFO"], null]);
    expect(chunks.find(({ entityPath, isStatic }) => entityPath === "/log" && !isStatic)?.timelines).toContain(
      "timestamp",
    );
    expect(valuesOf(chunks, "/pose", "Pose:message")).toEqual([[{ x: 1.5, free: "[1]" }], [{ x: null, free: null }]]);
    expect(valuesOf(chunks, "/free", "json:message")).toEqual([[{ json: '{"any":1}' }]]);
    expect(valuesOf(chunks, "/free", "McapMessage:data")).toEqual([[[1]]]);
    expect(problems.map(({ topic, reason }) => `${topic}: ${reason}`)).toEqual([
      "/pose: the schema does not describe the property .more, which is left out",
      '/pose: .x must be a number, got "no"',
      "/free: the message is no JSON",
    ]);
  });

  it("follows the references of JSON schemas, and reads values that may be null by their other type", async () => {
    const schema = {
      $ref: "#/$defs/Message",
      $defs: {
        Message: {
          type: "object",
          properties: {
            pose: { anyOf: [{ $ref: "#/$defs/Pose" }, { type: "null" }] },
            "a/b": { allOf: [{ $ref: "#/$defs/x~1y" }] },
            speed: { type: ["number", "null"] },
            any: { type: ["number", "string"] },
            mode: { enum: ["auto", "manual", null] },
            tree: { $ref: "#/$defs/Tree" },
            missing: { $ref: "#/$defs/None" },
            elsewhere: { $ref: "https://example.com/schema.json" },
            endless: { $ref: "#/$defs/Message/properties/endless" },
          },
        },
        Pose: { type: "object", properties: { at: { type: "array", items: { $ref: "#/$defs/Coordinate" } } } },
        Coordinate: { type: "number" },
        "x/y": { type: "integer" },
        Tree: { type: "object", properties: { name: { type: "string" }, left: { $ref: "#/$defs/Tree" } } },
      },
    };
    const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const message = { "a/b": 7, any: "x", mode: "auto", missing: 1, elsewhere: [2], endless: true };
    const tree = { name: "root", left: { name: "leaf" } };
    const messages = [
      json({ ...message, pose: { at: [1, 2.5] }, speed: 1.5, tree }),
      json({ ...message, pose: null, speed: null, mode: null }),
    ];
    const channel = { topic: "/m", messageEncoding: "json", messages };
    const { chunks, problems } = await convert(
      await mcapFile([{ ...channel, schema: ["Message", "jsonschema", JSON.stringify(schema)] }]),
    );
    expect(problems).toEqual([]);
    const others = { "a/b": 7, any: '"x"', missing: "1", elsewhere: "[2]", endless: "true" };
    expect(valuesOf(chunks, "/m", "Message:message")).toEqual([
      [
        {
          ...others,
          pose: { at: [1, 2.5] },
          speed: 1.5,
          mode: "auto",
          tree: { name: "root", left: '{"name":"leaf"}' },
        },
      ],
      [{ ...others, pose: null, speed: null, mode: null, tree: null }],
    ]);
  });

  it("reads integers of 64 bits in JSON exactly, and reports larger ones", async () => {
    const properties = {
      at: { type: "integer" },
      all: { type: "array", items: { type: "integer" } },
      ratio: { type: "number" },
      note: { type: "string" },
      free: {},
    };
    const messages = [
      String.raw`{"at": 1769860800123456789, "all": [-9223372036854775808,9007199254740993 ,7], "ratio": 0.12345678901234567,
        "note": "id 1769860800123456789, \"9007199254740993\"", "free": {"id": 9007199254740993, "x": 1.5}}`,
      '{"at": 1234567890123456e3, "ratio": 9007199254740993}',
      '{"at": 9223372036854775808}',
      '{"at": 1e300}',
      '{"at": 12345678.5}',
    ].map((text) => new TextEncoder().encode(text));
    const schema = ["Ids", "jsonschema", JSON.stringify({ type: "object", properties })] as const;
    const { chunks, problems } = await convert(
      await mcapFile([{ topic: "/ids", messageEncoding: "json", schema: [...schema], messages }]),
    );
    const found = chunks.find(({ entityPath, isStatic }) => entityPath === "/ids" && !isStatic);
    const column = (found?.table.getChild("Ids:message") ?? []) as Iterable<{ get: (index: number) => unknown }>;
    const rows = Array.from(column, (row) => row.get(0) as Record<string, unknown>);
    expect(rows.map((row) => row["at"])).toEqual([1769860800123456789n, 1234567890123456000n]);
    expect([...((rows[0] ?? {})["all"] as Iterable<bigint>)]).toEqual([-(2n ** 63n), 9007199254740993n, 7n]);
    expect(rows.map((row) => row["ratio"])).toEqual([0.12345678901234567, 2 ** 53]);
    expect(rows[0]?.["note"]).toBe('id 1769860800123456789, "9007199254740993"');
    expect(rows[0]?.["free"]).toBe('{"id":9007199254740993,"x":1.5}');
    expect(problems.map(({ reason }) => reason)).toEqual([
      ".at must be an integer of 64 bits, got 9223372036854775808",
      ".at must be an integer of 64 bits, got 1e+300",
      ".at must be an integer, got 12345678.5",
    ]);
  });

  it("reads times behind the last one of a timeline as that one", async () => {
    const last = Number(2n ** 63n - 1n);
    const file = await mcapFile([textChannel("/a", texts(2))], { timeOffset: 2n ** 64n - 2001n });
    for (const options of [{}, { timeOffset: 1n }]) {
      const { chunks } = await convert(file, options);
      const times = chunks
        .find(({ entityPath, isStatic }) => entityPath === "/a" && !isStatic)
        ?.times("message_log_time");
      expect(times).toEqual(BigInt64Array.of(2n ** 63n - 1n, 2n ** 63n - 1n));
      expect(valuesOf(chunks, "/__mcap_properties", "McapStatistics:message_end_time")).toEqual([[last]]);
    }
  });

  it("keeps metadata without a name", async () => {
    const { chunks } = await convert(await mcapFile([], { metadata: ["", "a"] }));
    expect(valuesOf(chunks, "/__mcap_metadata", "McapMetadata")).toEqual([[[{ first: "key", second: "" }]]]);
    expect(valuesOf(chunks, "/__mcap_metadata", "a")).toEqual([[[{ first: "key", second: "a" }]]]);
  });

  it("reads only chunks with the wanted times", async () => {
    const file = await mcapFile([textChannel("/a", texts(30))], { chunkSize: 200 });
    // Damage in a chunk that is not read is not noticed.
    file.fill(
      255,
      findLast(file, new TextEncoder().encode("text 29")) - 38,
      findLast(file, new TextEncoder().encode("text 29")) - 30,
    );
    expect((await convert(file)).problems).toHaveLength(1);
    const { chunks, problems } = await convert(file, { startTime: 3000n, endTime: 6000n });
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 2"], ["text 3"], ["text 4"]]);
    expect(problems).toEqual([]);
  });

  it("chooses topics by expressions, which may begin with flags", async () => {
    const file = await mcapFile(["/Camera/left", "/camera/right", "/imu"].map((topic) => textChannel(topic, texts(1))));
    for (const [includeTopics, count] of [
      [["^/camera"], 1],
      [["(?i)^/camera"], 2],
      [[/^\/camera/i, "(?is)IMU"], 3],
    ] as const) {
      const { chunks } = await convert(file, { includeTopics });
      expect(new Set(chunks.filter(({ isStatic }) => !isStatic).map(({ entityPath }) => entityPath)).size).toBe(count);
    }
  });

  it("makes chunks of limited size, whatever the chunks of the file", async () => {
    const file = await mcapFile([textChannel("/a", texts(9000))], { chunkSize: 100_000_000 });
    const { chunks } = await convert(file);
    const rows = chunks.filter(({ isStatic }) => !isStatic).map(({ numRows }) => numRows);
    expect(rows).toEqual([8192, 808]);
  });

  it("reads a channel that only a chunk with earlier times describes", async () => {
    for (const useSummary of [true, false]) {
      const file = await mcapFile([textChannel("/a", texts(30))], { chunkSize: 200, useSummary });
      const { chunks, problems } = await convert(file, { startTime: 29_000n });
      expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 28"], ["text 29"]]);
      expect(problems).toEqual([]);
    }
  });

  it("yields chunks that stay as they are while more are read", async () => {
    const file = await mcapFile([textChannel("/a", texts(9000))]);
    const { chunks } = await convert(file);
    const rows = chunks.filter(({ entityPath, isStatic }) => entityPath === "/a" && !isStatic);
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.flatMap((chunk) => [...chunk.times("message_log_time")])).toEqual(
      Array.from({ length: 9000 }, (_, index) => BigInt(1000 * (index + 1))),
    );
    expect(valuesOf(rows, "/a", TEXT)).toEqual(Array.from({ length: 9000 }, (_, index) => [`text ${index}`]));
  });

  it("yields to the event loop every two megabytes, also if the file is in memory", async () => {
    const file = await mcapFile(
      [
        textChannel(
          "/a",
          Array.from({ length: 9 }, () => cdrText("x".repeat(1_000_000))),
        ),
      ],
      {
        chunkSize: 1000,
      },
    );
    let turns = 0;
    let isDone = false;
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      turns++;
      if (!isDone) port2.postMessage(0);
      else port1.close();
    });
    port1.start();
    port2.postMessage(0);
    await convert(file);
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it("ends with ABORTED, reports its progress, and rejects wrong arguments", async () => {
    const file = await mcapFile([textChannel("/a", texts(3))]);
    await expect(convert(file, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    const progress: number[] = [];
    await convert(file, { onProgress: ({ bytes }) => progress.push(bytes) });
    expect(progress.at(-1)).toBe(file.byteLength);
    await expect(convert(new Uint8Array(20))).rejects.toThrow(/no MCAP file/);
    await expect(convert(file, { includeTopics: ["("] })).rejects.toThrow(
      /`includeTopics` must be valid regular expressions: .*\(\//,
    );
    await expect(convert(file, { includeTopics: "/a" as never })).rejects.toThrow(
      '`includeTopics` must be an array of regular expressions, got "/a"',
    );
    await expect(convert(file, { startTime: 5n, endTime: 5n })).rejects.toThrow(/`endTime` must be later/);
    // @ts-expect-error: no decoder has this name.
    await expect(convert(file, { decoders: ["ros3"] })).rejects.toThrow(/`decoders` must be an array of attachments/);
  });
});

describe("importMcap", () => {
  it("sends everything to a recording, and reports what was lost", async () => {
    const recording = new RecordingStream("mcap", { recordingId: "import" });
    const memory = recording.memoryRecording();
    const messages = [...texts(2), new Uint8Array(3)];
    const blob = new Blob([await mcapFile([textChannel("/a", messages)])]);
    const { rows, problems } = await importMcap(recording, blob);
    expect(problems).toMatchObject([{ topic: "/a", messages: 1 }]);
    expect(rows).toBe(6);
    const reader = (await openRrd(memory.drainAsBytes())).recording();
    const table = await reader.query({ index: "message_log_time", contents: "/a" }).toTable();
    expect(table.numRows).toBe(3);
  });
});

describe("convertMcap", () => {
  it("keeps the values of all chunks, which share memory while they are made", async () => {
    const file = await mcapFile([textChannel("/a", texts(20_000)), textChannel("/b", texts(9000))]);
    const parts: Uint8Array[] = [];
    for await (const part of convertMcap(file)) parts.push(part);
    const recording = (await openRrd(new Blob(parts as BlobPart[]))).recording();
    const chunks: Chunk[] = [];
    for await (const chunk of recording.chunks()) chunks.push(chunk);
    for (const [topic, count] of [
      ["/a", 20_000],
      ["/b", 9000],
    ] as const) {
      const expected = Array.from({ length: count }, (_, index) => [`text ${index}`]);
      expect(valuesOf(chunks, topic, TEXT)).toEqual(expected);
      const times = chunks.filter(({ entityPath, isStatic }) => entityPath === topic && !isStatic);
      expect(times.flatMap(({ table }) => Array.from(table.getChild("message_log_time") ?? []))).toHaveLength(count);
    }
    expect(recording.timeRange("message_log_time")).toEqual({ start: 1000n, end: 20_000_000n });
  });
});

describe("mcapInfo", () => {
  it("describes a file equally with and without its summary", async () => {
    const channels = [textChannel("/a", texts(4)), textChannel("/b", texts(2))];
    const { hasSummary, ...indexed } = await mcapInfo(await mcapFile(channels));
    for (const options of [{ useSummary: false }, { useStatistics: false }]) {
      const { hasSummary: isRead, ...scanned } = await mcapInfo(await mcapFile(channels, options));
      expect([hasSummary, isRead]).toEqual([true, false]);
      expect(scanned).toEqual(indexed);
    }
    expect(indexed).toMatchObject({ profile: "test", messages: 6, startTime: 1000n, endTime: 4000n, chunks: 1 });
    expect(indexed.channels.map(({ topic, messages }) => [topic, messages])).toEqual([
      ["/a", 4],
      ["/b", 2],
    ]);
  });
});

describe("checkMcap", () => {
  it("finds messages that its timelines order differently", async () => {
    const definition = `std_msgs/Header header\n===\nMSG: std_msgs/Header\nbuiltin_interfaces/Time stamp\nstring frame_id`;
    const schema = ["a/msg/Stamped", "ros2msg", definition] as const;
    const messages = [3, 1, 2].map((second) => Uint8Array.of(0, 1, 0, 0, second, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0));
    const file = await mcapFile([{ topic: "/s", messageEncoding: "cdr", schema, messages }]);
    expect(await checkMcap(file)).toMatchObject({ topics: [{ topic: "/s", hasConflict: false }], problems: [] });
    expect(await checkMcap(file, { full: true })).toMatchObject({
      timelines: ["message_log_time", "message_publish_time", "ros2_timestamp"],
      topics: [{ topic: "/s", chunks: 1, conflictingChunks: 1, hasConflict: true }],
    });
  });
});

const ROS2_HEADER = "builtin_interfaces/Time stamp\nstring frame_id";
const HEADER = "uint32 seq\ntime stamp\nstring frame_id";

type Ros1Value = ["u32", number] | ["f64", number] | ["text", string] | ["bytes", number[]];

function header(frame: string): Ros1Value[] {
  return [
    ["u32", 0],
    ["u32", 9],
    ["u32", 7],
    ["text", frame],
  ];
}

/** A `sensor_msgs/msg/Temperature`, whose temperature is the second of its stamp. */
function cdrTemperature(second: number): Uint8Array {
  const bytes = new Uint8Array(4 + 32);
  const view = new DataView(bytes.buffer, 4);
  bytes[1] = 1;
  view.setInt32(0, second, true);
  view.setUint32(8, 1, true);
  view.setFloat64(16, second, true);
  return bytes;
}

/** A message of ROS 1. */
function ros1(...values: Ros1Value[]): Uint8Array {
  const bytes: number[] = [];
  const push = (size: number, set: (view: DataView) => void): void => {
    const view = new DataView(new ArrayBuffer(size));
    set(view);
    bytes.push(...new Uint8Array(view.buffer));
  };
  for (const [kind, value] of values) {
    if (kind === "u32") push(4, (view) => view.setUint32(0, value, true));
    else if (kind === "f64") push(8, (view) => view.setFloat64(0, value, true));
    else {
      const data: number[] = typeof value === "string" ? [...new TextEncoder().encode(value)] : value;
      push(4, (view) => view.setUint32(0, data.length, true));
      bytes.push(...data);
    }
  }
  return Uint8Array.from(bytes);
}

/** A file with the records of several files one after the other, so that ids of channels and schemas repeat. */
async function filesInOne(...files: readonly TestChannel[][]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const [index, channels] of files.entries()) {
    const bytes = await mcapFile(channels, { useChunks: false, useSummary: false });
    const view = new DataView(bytes.buffer);
    const after = (at: number): number => at + 9 + Number(view.getBigUint64(at + 1, true));
    const magic = 8;
    let end = after(magic);
    const dataEnd = 0x0f;
    while (bytes[end] !== dataEnd) end = after(end);
    parts.push(bytes.subarray(index === 0 ? 0 : after(magic), index === files.length - 1 ? undefined : end));
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

function findLast(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = bytes.length - part.length; at >= 0; at--)
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  return -1;
}
