import type { Chunk } from "@rerun-ts/reading";
import { cdrText, mcapFile, textChannel, type TestChannel } from "@rerun-ts/test-support/common/mcap-file";
import { convert, valuesOf } from "@rerun-ts/test-support/common/mcap-values";
import { create, toBinary } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";

describe("mcapChunks", () => {
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

  it("reads CDR in big-endian byte order", async () => {
    const { chunks } = await convert(await mcapFile([textChannel("/a", [cdrText("big", false)])]));
    expect(valuesOf(chunks, "/a", "TextDocument:text")).toEqual([["big"]]);
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

  it("keeps times before 1970", async () => {
    const definition = `std_msgs/Header header\nfloat64 temperature\nfloat64 variance\n===\nMSG: std_msgs/Header\n${ROS2_HEADER}`;
    const schema = ["sensor_msgs/msg/Temperature", "ros2msg", definition] as const;
    const messages = [5, -1, 7].map((second) => cdrTemperature(second));
    const { chunks } = await convert(await mcapFile([{ topic: "/t", messageEncoding: "cdr", schema, messages }]));
    const timed = chunks.filter(({ timelines }) => timelines.includes("ros2_timestamp"));
    expect(valuesOf(timed, "/t", "Measurements:values")).toEqual([[5], [-1], [7]]);
    const times = timed[0]?.table.getChild("ros2_timestamp")?.data[0]?.values;
    expect(times).toEqual(BigInt64Array.of(5_000_000_000n, -1_000_000_000n, 7_000_000_000n));
  });

  it("leaves a message without a time out of the timeline of the messages, and only it", async () => {
    const transform = {
      type: "object",
      properties: {
        timestamp: TIME,
        parent_frame_id: { type: "string" },
        child_frame_id: { type: "string" },
        translation: { type: "object", properties: {} },
        rotation: { type: "object", properties: {} },
      },
    };
    const transforms = { type: "object", properties: { transforms: { type: "array", items: transform } } };
    const frame = (child: string, sec?: number): object => ({
      ...(sec === undefined ? {} : { timestamp: { sec, nsec: 0 } }),
      parent_frame_id: "map",
      child_frame_id: child,
    });
    const schema = ["foxglove.FrameTransforms", "jsonschema", JSON.stringify(transforms)] as const;
    // A timeline has no room for the last time.
    const messages = [
      json({ transforms: [frame("a", 3), frame("b")] }),
      json({ transforms: [frame("c", -4), frame("d", 1e12)] }),
    ];
    const { chunks, problems } = await convert(
      await mcapFile([{ topic: "/tf", messageEncoding: "json", schema, messages }]),
    );
    expect(problems).toEqual([]);
    const [timed, others] = [true, false].map((has) =>
      chunks.filter(({ timelines, isStatic }) => !isStatic && timelines.includes("timestamp") === has),
    ) as [Chunk[], Chunk[]];
    expect(valuesOf(timed, "/tf", "Transform3D:child_frame")).toEqual([["a"], ["c"]]);
    expect(valuesOf(others, "/tf", "Transform3D:child_frame")).toEqual([["b"], ["d"]]);
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

  it("reads JSON as structs, and Foxglove messages in JSON as archetypes", async () => {
    const log = {
      type: "object",
      properties: {
        timestamp: TIME,
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
      "/free: the message is not JSON",
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
            anything: { anyOf: [{ type: "number" }, true] },
            odd: { oneOf: 5, enum: "a", anyOf: {}, allOf: null },
          },
        },
        Pose: { type: "object", properties: { at: { type: "array", items: { $ref: "#/$defs/Coordinate" } } } },
        Coordinate: { type: "number" },
        "x/y": { type: "integer" },
        Tree: { type: "object", properties: { name: { type: "string" }, left: { $ref: "#/$defs/Tree" } } },
      },
    };
    const message = {
      "a/b": 7,
      any: "x",
      mode: "auto",
      missing: 1,
      elsewhere: [2],
      endless: true,
      anything: 1,
      odd: 2,
    };
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
    const others = { "a/b": 7, any: '"x"', missing: "1", elsewhere: "[2]", endless: "true", anything: "1", odd: "2" };
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
});

/** A JSON schema for times of Foxglove. */
const TIME = { type: "object", properties: { sec: { type: "integer" }, nsec: { type: "integer" } } };

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

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
