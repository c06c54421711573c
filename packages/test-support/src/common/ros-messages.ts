import { seededRandom } from "./seeded-random.ts";

type Random = (below: number) => number;
/** A value of a message, or a message. */
export type RosValue = number | bigint | boolean | string | readonly RosValue[] | { readonly [name: string]: RosValue };

/** A type of a field: writes a random value, and returns it. */
interface FieldType {
  /** The name in a definition, with brackets. */
  readonly name: string;
  write(out: Writer): RosValue;
}

/** A serialization of messages. */
export interface RosFormat {
  readonly encoding: "cdr" | "ros1";
  /** The header of a message. */
  readonly header: readonly number[];
  readonly isLittle: boolean;
  readonly alignment: number;
  /** Whether true is always 1, as Rerun requires. Default `false`: any byte. */
  readonly isTrueOne?: boolean;
}

/** All serializations, by their names. */
export const ROS_FORMATS = {
  CDR: { encoding: "cdr", header: [0, 1, 0, 0], isLittle: true, alignment: 8 },
  "big-endian CDR": { encoding: "cdr", header: [0, 0, 0, 0], isLittle: false, alignment: 8 },
  CDR2: { encoding: "cdr", header: [0, 7, 0, 0], isLittle: true, alignment: 4 },
  "big-endian CDR2": { encoding: "cdr", header: [0, 6, 0, 0], isLittle: false, alignment: 4 },
  "ROS 1": { encoding: "ros1", header: [], isLittle: true, alignment: 1 },
} as const satisfies Readonly<Record<string, RosFormat>>;

/** Writes a message, independently of the decoder. */
class Writer {
  readonly bytes: number[];
  readonly random: Random;
  readonly #format: RosFormat;

  constructor(format: RosFormat, random: Random) {
    this.bytes = [...format.header];
    this.random = random;
    this.#format = format;
  }

  get isTrueOne(): boolean {
    return this.#format.isTrueOne === true;
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
    out.number(1, (view) => view.setUint8(0, value ? 1 + (out.isTrueOne ? 0 : out.random(255)) : 0));
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

function writeByte(out: Writer, value: number): number {
  out.number(1, (view) => view.setUint8(0, value));
  return value;
}

/** A random definition of a message, and those of the messages in it. */
class Definitions {
  readonly texts: string[] = [];
  readonly #random: Random;
  readonly #isRos1: boolean;
  #count = 0;

  constructor(random: Random, { encoding }: RosFormat) {
    this.#random = random;
    this.#isRos1 = encoding === "ros1";
    // Rerun needs it.
    if (!this.#isRos1) this.texts.push("MSG: builtin_interfaces/Time\nint32 sec\nuint32 nanosec");
  }

  message(depth: number): FieldType {
    // A message without fields has a byte in ROS 2, and none in ROS 1. With constants of a byte it is an enum.
    const isEnum = this.#random(2) === 0;
    const isEmpty = !this.#isRos1 && depth > 0 && this.#random(6) === 0;
    const fields = isEmpty
      ? []
      : Array.from({ length: 1 + this.#random(8) }, (_, index) => [`f${index}`, this.#type(depth)] as const);
    const name = `p/M${this.#count++}`;
    const lines = isEmpty
      ? [isEnum ? "uint8 LIMIT=1" : "int32 LIMIT=1"]
      : fields.map(([field, type]) => `${type.name} ${field}`);
    const text = lines.join("\n");
    this.texts.push(depth === 0 ? text : `MSG: ${name}\n${text}`);
    if (isEmpty && isEnum) return { name, write: (out) => writeByte(out, out.random(256)) };
    if (isEmpty) return { name, write: (out) => ({ structure_needs_at_least_one_member: writeByte(out, 0) }) };
    const write = (out: Writer): RosValue =>
      Object.fromEntries(fields.map(([field, type]) => [field, type.write(out)]));
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
    const write = (out: Writer): RosValue => ({ sec: seconds.write(out), nanosec: UINT32.write(out) });
    return { name: this.#isRos1 ? "time" : "builtin_interfaces/Time", write };
  }
}

/** Messages of one type. */
export interface RosMessages {
  /** The definition of their type. */
  readonly text: string;
  readonly messages: readonly Uint8Array[];
  /** Their values. */
  readonly expected: readonly RosValue[];
}

/** Random messages of a random type. */
export function randomMessages(seed: number, format: RosFormat): RosMessages {
  const random = seededRandom(seed);
  const definitions = new Definitions(random, format);
  const type = definitions.message(0);
  const writers = Array.from({ length: 30 }, () => new Writer(format, random));
  const expected = writers.map((out) => type.write(out));
  // The message itself comes first, and was finished last.
  const text = definitions.texts.toReversed().join("\n================\n");
  return { text, messages: writers.map(({ bytes }) => Uint8Array.from(bytes)), expected };
}
