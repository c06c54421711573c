import { mcapChunks, type McapProblem } from "@rerun-ts/arrow/mcap";
import { mcapFile } from "@rerun-ts/test-support/common/mcap-file";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it } from "vitest";

type Random = (below: number) => number;
type Value = number | bigint | boolean | string | readonly Value[] | { readonly [name: string]: Value };

/** A type of a field: writes a random value, and returns it. */
interface FieldType {
  /** The name in a definition, with brackets. */
  readonly name: string;
  write(out: Writer): Value;
}

/** A serialization of messages. */
interface Format {
  readonly encoding: "cdr" | "ros1";
  /** The header of a message. */
  readonly header: readonly number[];
  readonly isLittle: boolean;
  readonly alignment: number;
}

const FORMATS: Readonly<Record<string, Format>> = {
  CDR: { encoding: "cdr", header: [0, 1, 0, 0], isLittle: true, alignment: 8 },
  "big-endian CDR": { encoding: "cdr", header: [0, 0, 0, 0], isLittle: false, alignment: 8 },
  CDR2: { encoding: "cdr", header: [0, 7, 0, 0], isLittle: true, alignment: 4 },
  "big-endian CDR2": { encoding: "cdr", header: [0, 6, 0, 0], isLittle: false, alignment: 4 },
  "ROS 1": { encoding: "ros1", header: [], isLittle: true, alignment: 1 },
};

/** Writes a message, independently of the decoder. */
class Writer {
  readonly bytes: number[];
  readonly random: Random;
  readonly #format: Format;

  constructor(format: Format, random: Random) {
    this.bytes = [...format.header];
    this.random = random;
    this.#format = format;
  }

  /** Writes a number of `size` bytes. */
  number(size: number, set: (view: DataView, isLittle: boolean) => void): void {
    const { alignment, header, isLittle } = this.#format;
    const padding = Math.min(size, alignment);
    // Bytes between fields have any value.
    while ((this.bytes.length - header.length) % padding !== 0) this.bytes.push(this.random(256));
    const view = new DataView(new ArrayBuffer(size));
    set(view, isLittle);
    this.bytes.push(...new Uint8Array(view.buffer));
  }

  count(value: number): void {
    this.number(4, (view, isLittle) => view.setUint32(0, value, isLittle));
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    const end = this.#format.encoding === "cdr" ? [0] : [];
    this.count(bytes.length + end.length);
    this.bytes.push(...bytes, ...end);
  }
}

type Setter = "Int8" | "Uint8" | "Int16" | "Uint16" | "Int32" | "Uint32" | "Float32" | "Float64";

/** Numbers of at most 32 bits, or floats with a fraction. */
function numbers(setter: Setter): FieldType {
  const size = Number(/\d+/.exec(setter)?.[0]) / 8;
  const isFloat = setter.startsWith("Float");
  return {
    name: setter.toLowerCase(),
    write(out) {
      const most = 2 ** Math.min(size * 8, 32);
      const whole = out.random(most) - (setter.startsWith("Int") ? most / 2 : 0);
      const value = isFloat ? (whole % 2 ** 20) / 2 - 1 : whole;
      out.number(size, (view, isLittle) => view[`set${setter}`](0, value, isLittle));
      return value;
    },
  };
}

/** Integers of 64 bits, with all of their bits. */
function longs(setter: "BigInt64" | "BigUint64"): FieldType {
  return {
    name: setter.replace("Big", "").toLowerCase(),
    write(out) {
      const bits = BigInt(out.random(2 ** 32)) * 2n ** 32n + BigInt(out.random(2 ** 32));
      const value = setter === "BigInt64" ? BigInt.asIntN(64, bits) : bits;
      out.number(8, (view, isLittle) => view[`set${setter}`](0, value, isLittle));
      return value;
    },
  };
}

const [INT32, UINT32] = [numbers("Int32"), numbers("Uint32")];
const NUMBERS = [
  ...(["Int8", "Uint8", "Int16", "Uint16", "Float32", "Float64"] as const).map(numbers),
  INT32,
  UINT32,
  longs("BigInt64"),
  longs("BigUint64"),
];

const BOOL: FieldType = {
  name: "bool",
  write(out) {
    const value = out.random(2) === 1;
    out.number(1, (view) => view.setUint8(0, value ? 1 + out.random(255) : 0));
    return value;
  },
};

const TEXTS = ["", "a", "base_link", "größe", "x".repeat(70), "é".repeat(40), "imu", "left_elbow_joint"];
const TEXT: FieldType = {
  name: "string",
  write(out) {
    const value = TEXTS[out.random(TEXTS.length)] as string;
    out.text(value);
    return value;
  },
};

function array(item: FieldType, length: number | undefined): FieldType {
  return {
    name: `${item.name}[${length ?? ""}]`,
    write(out) {
      const count = length ?? [0, 1, 2, 3, 20][out.random(5)] ?? 0;
      if (length === undefined) out.count(count);
      return Array.from({ length: count }, () => item.write(out));
    },
  };
}

/** A random definition of a message, and those of the messages in it. */
class Definitions {
  readonly texts: string[] = [];
  readonly #random: Random;
  readonly #isRos1: boolean;
  #count = 0;

  constructor(random: Random, { encoding }: Format) {
    this.#random = random;
    this.#isRos1 = encoding === "ros1";
  }

  message(depth: number): FieldType {
    const fields = Array.from({ length: 1 + this.#random(8) }, (_, index) => [`f${index}`, this.#type(depth)] as const);
    const name = `p/M${this.#count++}`;
    const text = fields.map(([field, type]) => `${type.name} ${field}`).join("\n");
    this.texts.push(depth === 0 ? text : `MSG: ${name}\n${text}`);
    const write = (out: Writer): Value => Object.fromEntries(fields.map(([field, type]) => [field, type.write(out)]));
    return { name, write };
  }

  #type(depth: number): FieldType {
    const random = this.#random;
    const item = this.#item(depth);
    if (random(3) > 0) return item;
    const isNumber = NUMBERS.includes(item);
    return array(item, random(2) === 0 ? undefined : ([1, 2, 3, 9, 17, 40][random(isNumber ? 6 : 3)] as number));
  }

  #item(depth: number): FieldType {
    const kind = this.#random(10);
    if (kind === 0) return BOOL;
    if (kind === 1) return TEXT;
    if (kind === 2) return this.#time();
    if (kind === 3 && depth < 3) return this.message(depth + 1);
    return NUMBERS[this.#random(NUMBERS.length)] as FieldType;
  }

  #time(): FieldType {
    const seconds = this.#isRos1 ? UINT32 : INT32;
    const write = (out: Writer): Value => ({ sec: seconds.write(out), nanosec: UINT32.write(out) });
    return { name: this.#isRos1 ? "time" : "builtin_interfaces/Time", write };
  }
}

/** Converts messages, and returns their values and the problems. */
async function convert(
  definition: string,
  messages: readonly Uint8Array[],
  encoding: Format["encoding"],
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

/** Random messages of a random type. Returns their definition, their bytes and their values. */
function randomMessages(seed: number, format: Format): { text: string; messages: Uint8Array[]; expected: Value[] } {
  const random = seededRandom(seed);
  const definitions = new Definitions(random, format);
  const type = definitions.message(0);
  const writers = Array.from({ length: 30 }, () => new Writer(format, random));
  const expected = writers.map((out) => type.write(out));
  // The message itself comes first, and was finished last.
  const text = definitions.texts.toReversed().join("\n================\n");
  return { text, messages: writers.map(({ bytes }) => Uint8Array.from(bytes)), expected };
}

describe.each(Object.entries(FORMATS))("messages in %s", (_name, format) => {
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
