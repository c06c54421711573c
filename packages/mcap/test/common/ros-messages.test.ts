import { mcapChunks, type McapProblem } from "@rerun-ts/mcap";
import { mcapFile } from "@rerun-ts/test-support/common/mcap-file";
import { ROS_FORMATS, randomMessages, type RosFormat } from "@rerun-ts/test-support/common/ros-messages";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it } from "vitest";

/** Converts messages, and returns their values and the problems. */
async function convert(
  definition: string,
  messages: readonly Uint8Array[],
  encoding: RosFormat["encoding"],
  name = "p/msg/M",
): Promise<{ values: unknown[]; problems: McapProblem[] }> {
  const problems: McapProblem[] = [];
  const schema = [name, encoding === "cdr" ? "ros2msg" : "ros1msg", definition] as const;
  const file = await mcapFile([{ topic: "/m", messageEncoding: encoding, schema, messages }], { chunkSize: 3000 });
  const values: unknown[] = [];
  for await (const { entityPath, isStatic, table } of mcapChunks(file, { onProblem: (found) => problems.push(found) }))
    if (entityPath === "/m" && !isStatic)
      for (const [value] of table.getChild(`${name.replaceAll("/", ".")}:message`) ?? []) values.push(plain(value));
  return { values, problems };
}

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { toJSON } = value as { toJSON?: () => unknown };
  if (Symbol.iterator in value && !isRow(value)) return Array.from(value as Iterable<unknown>, plain);
  const fields = toJSON === undefined ? value : toJSON.call(value);
  return Object.fromEntries(Object.entries(fields as object).map(([name, field]) => [name, plain(field)]));
}

/** Whether a value is a row of apache-arrow, which is iterable, too. */
function isRow(value: object): boolean {
  return !ArrayBuffer.isView(value) && !("get" in value && "length" in value);
}

describe.each(Object.entries(ROS_FORMATS))("messages in %s", (_name, format) => {
  it("are decoded whatever their fields are, and wherever these begin", async () => {
    for (let seed = 0; seed < 40; seed++) {
      const { text, messages, expected } = randomMessages(seed, format);
      const { values, problems } = await convert(text, messages, format.encoding);
      expect(problems, text).toEqual([]);
      expect(values, text).toEqual(expected);
    }
  });

  it("are omitted as a whole if they end early, and leave the others as they are", async () => {
    for (let seed = 100; seed < 140; seed++) {
      const { text, messages, expected } = randomMessages(seed, format);
      const random = seededRandom(seed);
      const cut = messages.map((bytes, row) => (row % 3 === 2 ? bytes.subarray(0, random(bytes.length)) : bytes));
      const { values, problems } = await convert(text, cut, format.encoding);
      expect(problems, text).toMatchObject([{ time: 3000n, reason: "the message ends before its last field" }]);
      expect(values, text).toEqual(expected.filter((_, row) => row % 3 !== 2));
    }
  });
});

it("Fields that only an archetype leaves out are there if messages do not become that archetype", async () => {
  const vector = "MSG: geometry_msgs/Vector3\nfloat64 x\nfloat64 y\nfloat64 z";
  const covariance = `float64[2] orientation_covariance\ngeometry_msgs/Vector3 angular_velocity\n===\n${vector}`;
  const bytes = new Uint8Array(Float64Array.of(1, 2, 3, 4, 5).buffer);
  const { values } = await convert(covariance, [Uint8Array.of(0, 1, 0, 0, ...bytes)], "cdr", "sensor_msgs/msg/Imu");
  expect(values).toEqual([{ orientation_covariance: [1, 2], angular_velocity: { x: 3, y: 4, z: 5 } }]);
});

it("Messages are kept as bytes if Rerun cannot read as many levels", async () => {
  const definition = (levels: number): string => {
    const names = Array.from({ length: levels - 1 }, (_, index) => `test_msgs/Level${index}`);
    const fields = [...names.map((name) => `${name} inner`), "float64 value"];
    return fields.map((field, index) => (index === 0 ? field : `MSG: ${names[index - 1]}\n${field}`)).join("\n===\n");
  };
  const message = Uint8Array.of(0, 1, 0, 0, ...new Uint8Array(Float64Array.of(1).buffer));
  expect(await convert(definition(59), [message], "cdr")).toMatchObject({ values: [{}], problems: [] });
  expect(await convert(definition(60), [message], "cdr")).toMatchObject({
    values: [],
    problems: [{ reason: "the messages have more than 60 levels" }],
  });
});
