import { create, toBinary } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorSetSchema,
  ListValueSchema,
  ValueSchema,
  file_google_protobuf_struct,
} from "@bufbuild/protobuf/wkt";
import { RerunError } from "@rerun-ts/core";
import { checkMcap } from "@rerun-ts/mcap";
import { cdrText, mcapFile, textChannel, type TestChannel } from "@rerun-ts/test-support/common/mcap-file";
import { convert, valuesOf } from "@rerun-ts/test-support/common/mcap-values";
import { describe, expect, it } from "vitest";

const HEADER = "===\nMSG: std_msgs/Header\nuint32 seq\ntime stamp\nstring frame_id";

type Part = readonly ["u8" | "u32" | "f64" | "text" | "bytes", number | string | readonly number[]];

/** A message of ROS 1. */
function ros1(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap(([kind, value]): number[] => {
      const bytesOf = (size: number, set: (view: DataView) => void): number[] => {
        const view = new DataView(new ArrayBuffer(size));
        set(view);
        return [...new Uint8Array(view.buffer)];
      };
      const u32 = (number: number): number[] => bytesOf(4, (view) => view.setUint32(0, number, true));
      if (kind === "u8") return [Number(value)];
      if (kind === "u32") return u32(Number(value));
      if (kind === "f64") return bytesOf(8, (view) => view.setFloat64(0, Number(value), true));
      const bytes = typeof value === "string" ? [...new TextEncoder().encode(value)] : [...(value as number[])];
      return [...u32(bytes.length), ...bytes];
    }),
  );
}

const header = (frame: string): Part[] => [
  ["u32", 0],
  ["u32", 1],
  ["u32", 2],
  ["text", frame],
];

const ones = (count: number): Part[] => Array.from({ length: count }, (): Part => ["f64", 1]);

function channel(topic: string, name: string, definition: string, ...messages: readonly Uint8Array[]): TestChannel {
  return { topic, messageEncoding: "ros1", schema: [name, "ros1msg", definition], messages };
}

describe("mcapChunks", () => {
  const CLOUD = `Header header\nuint32 height\nuint32 width\nPointField[] fields\nbool is_bigendian
uint32 point_step\nuint32 row_step\nuint8[] data\nbool is_dense\n${HEADER}\n===\nMSG: sensor_msgs/PointField
string name\nuint32 offset\nuint8 datatype\nuint32 count`;
  const fields = (names: readonly string[]): Part[] => [
    ["u32", names.length],
    ...names.flatMap((name, index): Part[] => [
      ["text", name],
      ["u32", index],
      ["u8", 2],
      ["u32", 1],
    ]),
  ];
  const cloud = (rowStep: number, data: readonly number[]): Uint8Array =>
    ros1(
      ...header("c"),
      ["u32", 2],
      ["u32", 2],
      ...fields(["x", "y", "z"]),
      ["u8", 0],
      ["u32", 3],
      ["u32", rowStep],
      ["bytes", data],
      ["u8", 1],
    );

  it("leaves out the padding behind the rows of point clouds, also if the last row has none", async () => {
    const points = [1, 2, 3, 4, 5, 6];
    const padded = [...points, 99, 98, ...points.map((value) => value + 10)];
    const messages = [
      cloud(8, [...padded, 97, 96]),
      cloud(8, padded),
      cloud(6, [...points, ...points]),
      cloud(8, padded.slice(0, -3)),
    ];
    const { chunks, problems } = await convert(
      await mcapFile([channel("/c", "sensor_msgs/PointCloud2", CLOUD, ...messages)]),
    );
    const positions = valuesOf(chunks, "/c", "Points3D:positions") as number[][][];
    const expected = [
      [1, 2, 3],
      [4, 5, 6],
      [11, 12, 13],
      [14, 15, 16],
    ];
    expect(positions.slice(0, 2)).toEqual([expected, expected]);
    expect(positions[2]).toEqual([...expected.slice(0, 2), ...expected.slice(0, 2)]);
    expect(positions[3]).toEqual(expected.slice(0, 3));
    expect(problems).toMatchObject([
      { messages: 1, reason: expect.stringContaining("4 points, but data of 3") as string },
    ]);
  });

  it.for(["cdr", "ros1"])("takes a type without a package from the package of its message, in %s", async (encoding) => {
    const parts = [
      "Inner inner\nb/Thing thing",
      "MSG: a/Inner\nuint8 of_a",
      "MSG: b/Inner\nuint8 of_b\nuint8 more",
      "MSG: b/Thing\nInner inner",
    ];
    const isCdr = encoding === "cdr";
    const schema = [isCdr ? "a/msg/Top" : "a/Top", isCdr ? "ros2msg" : "ros1msg", parts.join("\n===\n")] as const;
    const messages = [Uint8Array.of(...(isCdr ? [0, 1, 0, 0] : []), 1, 2, 3)];
    const { chunks, problems } = await convert(
      await mcapFile([{ topic: "/t", messageEncoding: encoding, schema, messages }]),
    );
    expect(problems).toEqual([]);
    const name = chunks
      .flatMap(({ table }) => table.schema.names)
      .find((column) => String(column).endsWith("Top:message"));
    expect(valuesOf(chunks, "/t", String(name))).toEqual([
      [{ inner: { of_a: 1 }, thing: { inner: { of_b: 2, more: 3 } } }],
    ]);
  });

  it("keeps the last character of texts without a zero behind it", async () => {
    const text = new Uint8Array(4 + 4 + 3);
    text.set([0, 1, 0, 0, 3, 0, 0, 0, 97, 98, 99]);
    const { chunks } = await convert(await mcapFile([textChannel("/a", [text, cdrText("abc")])]));
    expect(valuesOf(chunks, "/a", "TextDocument:text")).toEqual([["abc"], ["abc"]]);
  });

  it("reads messages without fields with the byte of a hidden member, and without it", async () => {
    const schema = ["std_msgs/msg/Empty", "ros2msg", ""] as const;
    const messages = [Uint8Array.of(0, 1, 0, 0, 0), Uint8Array.of(0, 1, 0, 0), Uint8Array.of(0, 1, 0, 0, 0)];
    const { chunks, problems } = await convert(
      await mcapFile([{ topic: "/e", messageEncoding: "cdr", schema, messages }]),
    );
    expect(problems).toEqual([]);
    expect(valuesOf(chunks, "/e", "std_msgs.msg.Empty:message")).toHaveLength(3);
  });

  it("reports maps with more or fewer cells than their size, and turns the first rows around", async () => {
    const definition = `Header header\nMapMetaData info\nint8[] data\n${HEADER}\n===\nMSG: nav_msgs/MapMetaData
time map_load_time\nfloat32 resolution\nuint32 width\nuint32 height\ngeometry_msgs/Pose origin\n===\nMSG: geometry_msgs/Pose
Point position\nQuaternion orientation\n===\nMSG: geometry_msgs/Point\nfloat64 x\nfloat64 y\nfloat64 z\n===
MSG: geometry_msgs/Quaternion\nfloat64 x\nfloat64 y\nfloat64 z\nfloat64 w`;
    const map = (data: readonly number[]): Uint8Array =>
      ros1(...header("m"), ["u32", 0], ["u32", 0], ["u32", 0], ["u32", 2], ["u32", 2], ...ones(7), ["bytes", data]);
    const messages = [map([1, 2, 3, 4]), map([1, 2, 3]), map([1, 2, 3, 4, 5, 6])];
    const { chunks, problems } = await convert(
      await mcapFile([channel("/m", "nav_msgs/OccupancyGrid", definition, ...messages)]),
    );
    expect(valuesOf(chunks, "/m", "GridMap:data")).toEqual([[[3, 4, 1, 2]], null, [[3, 4, 1, 2]]]);
    expect(valuesOf(chunks, "/m", "GridMap:format").map((format) => format === null)).toEqual([false, true, false]);
    expect(problems.map(({ reason }) => reason)).toEqual([
      "the map has 2 × 2 cells, but data of 3",
      "the map has 2 × 2 cells, but data of 6",
    ]);
  });

  it("gives cameras without a frame no frame, which they would share", async () => {
    const definition = `Header header\nuint32 height\nuint32 width\nfloat64[9] K\n${HEADER}`;
    const camera = (frame: string): Uint8Array => ros1(...header(frame), ["u32", 1], ["u32", 1], ...ones(9));
    const { chunks } = await convert(
      await mcapFile([channel("/k", "sensor_msgs/CameraInfo", definition, camera(""), camera("cam"))]),
    );
    expect(valuesOf(chunks, "/k", "Pinhole:parent_frame")).toEqual([null, ["cam"]]);
    expect(valuesOf(chunks, "/k", "Pinhole:child_frame")).toEqual([null, ["cam_image_plane"]]);
  });

  it("reads the description of a robot also if that is all to be read", async () => {
    const urdf =
      '<robot name="r"><link name="base"><visual><geometry><sphere radius="1"/></geometry></visual></link></robot>';
    const file = await mcapFile([
      textChannel("/robot_description", [cdrText(urdf)]),
      textChannel("/a", [cdrText("b")]),
    ]);
    for (const decoders of [["urdf"], ["urdf", "raw"]] as const) {
      const { chunks } = await convert(file, { decoders });
      expect(
        chunks.some(({ entityPath }) => entityPath.includes("base")),
        decoders.join(),
      ).toBe(true);
      expect(chunks.some(({ table }) => table.schema.names.includes("TextDocument:text"))).toBe(false);
    }
  });
});

describe("messages of protobuf", () => {
  it("have the first name of an enum's number, and its first value where a map has none", async () => {
    const { ENUM, MESSAGE, STRING } = FieldDescriptorProto_Type;
    const [label, repeated] = [FieldDescriptorProto_Label.OPTIONAL, FieldDescriptorProto_Label.REPEATED];
    const value = [
      ["FIRST", 3],
      ["OTHER", 3],
      ["SECOND", 5],
    ].map(([name, number]) => ({ name, number }) as { name: string; number: number });
    const entry = {
      name: "XEntry",
      options: { mapEntry: true },
      field: [
        { name: "key", number: 1, type: STRING, label },
        { name: "value", number: 2, type: ENUM, typeName: ".a.E", label },
      ],
    };
    const message = {
      name: "M",
      field: [
        { name: "e", number: 1, type: ENUM, typeName: ".a.E", label },
        { name: "x", number: 2, type: MESSAGE, typeName: ".a.M.XEntry", label: repeated },
      ],
      nestedType: [entry],
    };
    const enumType = [{ name: "E", value, options: { allowAlias: true } }];
    const file = [{ name: "a.proto", package: "a", syntax: "proto2", enumType, messageType: [message] }];
    const data = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
    const messages = [Uint8Array.of(8, 3, 18, 3, 10, 1, 107)];
    const { chunks } = await convert(
      await mcapFile([{ topic: "/m", messageEncoding: "protobuf", schema: ["a.M", "protobuf", data], messages }]),
    );
    const first = { name: "FIRST", value: 3 };
    expect(valuesOf(chunks, "/m", "a.M:message")).toEqual([[{ e: first, x: { k: first } }]]);
  });

  it("have the numbers of structs with a point", async () => {
    const { MESSAGE } = FieldDescriptorProto_Type;
    const label = FieldDescriptorProto_Label.OPTIONAL;
    const field = [{ name: "s", number: 1, type: MESSAGE, typeName: ".google.protobuf.ListValue", label }];
    const own = {
      name: "a.proto",
      package: "a",
      syntax: "proto3",
      dependency: ["google/protobuf/struct.proto"],
      messageType: [{ name: "M", field }],
    };
    const set = create(FileDescriptorSetSchema, { file: [own] });
    set.file.unshift(file_google_protobuf_struct.proto);
    const numbers = [1, -0, 0.1, 1e15, 1e16, 1.5e-5, 1e-6, 123456.5, 1e300];
    const list = create(ListValueSchema, {
      values: numbers.map((number) => create(ValueSchema, { kind: { case: "numberValue", value: number } })),
    });
    const bytes = toBinary(ListValueSchema, list);
    const messages = [Uint8Array.of(10, bytes.byteLength, ...bytes)];
    const schema = ["a.M", "protobuf", toBinary(FileDescriptorSetSchema, set)] as const;
    const { chunks } = await convert(await mcapFile([{ topic: "/m", messageEncoding: "protobuf", schema, messages }]));
    expect(valuesOf(chunks, "/m", "a.M:message")).toEqual([
      [{ s: "[1.0,-0.0,0.1,1000000000000000.0,1e16,0.000015,1e-6,123456.5,1e300]" }],
    ]);
  });
});

describe("the choice of topics", () => {
  const topics = ["/a", "/b1", "/é", "/A/c", "/d-e"];
  const chosen = async (includeTopics: (string | RegExp)[], excludeTopics?: string[]): Promise<string[]> => {
    const file = await mcapFile(topics.map((topic) => textChannel(topic, [cdrText("text")])));
    const { chunks } = await convert(file, { includeTopics, ...(excludeTopics && { excludeTopics }) });
    return [...new Set(chunks.filter(({ isStatic }) => !isStatic).map(({ entityPath }) => entityPath))].sort();
  };

  it.for([
    ["^/[[:alpha:]]$", ["/a"]],
    [String.raw`\A/a\z`, ["/a"]],
    [String.raw`\x{e9}`, ["/é"]],
    [String.raw`^/\pL$`, ["/a", "/é"]],
    ["[[:^alnum:]/]$", ["/é"]],
    ["(?P<all>b1)", ["/b1"]],
    ["(?i)^/a", ["/A/c", "/a"]],
    [String.raw`/d\-e`, ["/d-e"]],
    ["[]1]$", ["/b1"]],
  ] as const)("reads %s as Rerun does", async ([expression, expected]) => {
    expect(await chosen([expression])).toEqual(expected);
  });

  it.for([String.raw`\Ga`, "[a&&b]", "[a[b]]", String.raw`(a)\1`, "[[:nothing:]]", "(?x)a"])(
    "refuses %s, which JavaScript would read as something else",
    async (expression) => {
      await expect(chosen([expression])).rejects.toThrow("`includeTopics` must be valid regular expressions");
      await expect(chosen(["."], [expression])).rejects.toThrow("`excludeTopics` must be valid");
    },
  );

  it("is an error if it leaves no topic of the file", async () => {
    await expect(chosen(["nothing"])).rejects.toThrow(RerunError);
    await expect(chosen([/nothing/])).rejects.toThrow('leave no topic of the file, which has "/a", "/b1"');
    await expect(chosen(["."], ["^/"])).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("checkMcap", () => {
  it("reports files that are cut within their last bytes, or have bytes behind their end", async () => {
    const file = await mcapFile([textChannel("/a", [cdrText("b")])]);
    expect((await checkMcap(file)).problems).toEqual([]);
    for (let cut = 1; cut <= 8; cut++)
      expect((await checkMcap(file.subarray(0, -cut))).problems, String(cut)).toHaveLength(1);
    const longer = new Uint8Array(file.byteLength + 3);
    longer.set(file);
    expect((await checkMcap(longer)).problems).toMatchObject([
      { reason: expect.stringContaining("3 bytes follow") as string },
    ]);
  });
});
