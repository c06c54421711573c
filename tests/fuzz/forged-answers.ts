import { fromBinary, toBinary, type DescMessage } from "@bufbuild/protobuf";
import { cloudService } from "@rerun-ts/catalog/service";
import { readDataframePart } from "@rerun-ts/core/rrd";
import {
  Binary,
  Bool,
  Dictionary,
  Field,
  FixedSizeBinary,
  Float64,
  Int32,
  Int64,
  List,
  Null,
  Struct,
  Table,
  TimestampNanosecond,
  Uint64,
  Utf8,
  makeData,
  makeVector,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
  type Vector,
} from "apache-arrow";

/** Reads bytes of an input one after the other, as choices. */
export class Choices {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Returns a number below a limit; 0 at the end of the bytes. */
  next(below: number): number {
    return (this.#bytes[this.#at++] ?? 0) % below;
  }
}

/** Values of a column of some type, as many as there are rows. */
const COLUMNS: readonly ((rows: number) => Vector)[] = [
  (rows) => vectorFromArray(filled(rows, "text"), new Utf8()),
  (rows) => vectorFromArray(filled(rows, 7), new Int32()),
  (rows) => vectorFromArray(filled(rows, -1n), new Int64()),
  (rows) => vectorFromArray(filled(rows, 2n ** 64n - 1n), new Uint64()),
  (rows) => vectorFromArray(filled(rows, Number.NaN), new Float64()),
  (rows) => vectorFromArray(filled(rows, true), new Bool()),
  (rows) => vectorFromArray(filled(rows, new Uint8Array(3)), new Binary()),
  (rows) => vectorFromArray(filled(rows, new Uint8Array(8)), new FixedSizeBinary(8)),
  (rows) => vectorFromArray(filled(rows, new Uint8Array(16)), new FixedSizeBinary(16)),
  (rows) => vectorFromArray(filled(rows, ["a", "b"]), new List(new Field("item", new Utf8(), true))),
  (rows) => vectorFromArray(filled(rows, [1, 2]), new List(new Field("item", new Int32(), true))),
  (rows) => vectorFromArray(filled(rows, null), new Null()),
  (rows) => vectorFromArray(filled(rows, null), new Utf8()),
  (rows) => vectorFromArray(filled(rows, null), new Int64()),
  (rows) => vectorFromArray(filled(rows, null), new FixedSizeBinary(16)),
  (rows) => vectorFromArray(filled(rows, "text"), new Dictionary(new Utf8(), new Int32(), 1_000_000)),
  (rows) => vectorFromArray(filled(rows, 1n), new Dictionary(new Int64(), new Int32(), 1_000_001)),
  (rows) => vectorFromArray(filled(rows, new Date(0)), new TimestampNanosecond()),
  (rows) => makeVector(makeData({ type: new Struct<{ a: Int32 }>([new Field("a", new Int32())]), length: rows })),
];

function filled<T>(rows: number, value: T): T[] {
  return Array.from({ length: rows }, () => value);
}

/** A place in a message with an Arrow IPC stream. */
interface ArrowPlace {
  readonly read: () => Uint8Array;
  readonly write: (bytes: Uint8Array) => void;
}

/** Numbers that are wrong as lengths, counts and codes. */
const NUMBERS = [0, 1, -1, 255, 2 ** 31 - 1, -(2 ** 31)];
const BIG = [0n, 1n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n];

/** Changes one thing in the first message of a response: a column of its tables, or a field. */
export function forgeMessage(call: string, data: Uint8Array, choices: Choices): Uint8Array {
  const method = cloudService.methods.find(({ name }) => name === call);
  if (method === undefined) return data;
  const message = fromBinary(method.output as DescMessage, data) as unknown as Record<string, unknown>;
  const arrows = [...arrowPlaces(message)];
  const arrow = arrows[choices.next(Math.max(1, arrows.length))];
  if (arrow !== undefined && choices.next(4) > 0) forgeTable(arrow, choices);
  else forgeField(message, choices);
  return toBinary(method.output as DescMessage, message as never);
}

function* arrowPlaces(value: unknown): Generator<ArrowPlace> {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  const object = value as Record<string, unknown>;
  if (object["payload"] instanceof Uint8Array) {
    const write = (bytes: Uint8Array): unknown =>
      Object.assign(object, { payload: bytes, compression: 1, uncompressedSize: BigInt(bytes.length) });
    yield { read: () => readDataframePart(object as never), write };
  } else if (object["arrowSchema"] instanceof Uint8Array)
    yield {
      read: () => object["arrowSchema"] as Uint8Array,
      write: (bytes) => Object.assign(object, { arrowSchema: bytes }),
    };
  else for (const child of Object.values(object)) yield* arrowPlaces(child);
}

function forgeTable({ read, write }: ArrowPlace, choices: Choices): void {
  const table = tableFromIPC(read());
  const columns = new Map<string, Vector>(
    table.schema.names.map((name) => [String(name), table.getChild(name) as Vector]),
  );
  const names = [...columns.keys()];
  const name = names[choices.next(Math.max(1, names.length))] ?? "";
  switch (choices.next(6)) {
    case 0:
      columns.delete(name);
      break;
    case 1:
      columns.set(names[choices.next(names.length)] ?? "x", columns.get(name) as Vector);
      break;
    case 2:
      for (const [key, column] of columns) columns.set(key, column.slice(0, 0) as Vector);
      break;
    default:
      columns.set(name, (COLUMNS[choices.next(COLUMNS.length)] as (typeof COLUMNS)[number])(table.numRows));
  }
  const changed = new Table(Object.fromEntries(columns) as never);
  // The metadata of the fields describes the meaning of the columns.
  for (const field of changed.schema.fields) {
    const old = table.schema.fields.find((one) => one.name === field.name);
    for (const [key, value] of old?.metadata ?? []) field.metadata.set(key, value);
  }
  for (const [key, value] of table.schema.metadata) changed.schema.metadata.set(key, value);
  write(tableToIPC(changed, "stream"));
}

/** Removes or changes a field of a message, or of one inside it. */
function forgeField(message: Record<string, unknown>, choices: Choices): void {
  const names = Object.keys(message).filter((name) => name !== "$typeName" && name !== "$unknown");
  const name = names[choices.next(Math.max(1, names.length))];
  if (name === undefined) return;
  const value = message[name];
  if (Array.isArray(value) && value.length > 0 && choices.next(3) > 0) {
    const one: unknown = value[choices.next(value.length)];
    if (typeof one === "object" && one !== null) return forgeField(one as Record<string, unknown>, choices);
    message[name] = [...value, ...value];
  } else if (typeof value === "number") message[name] = NUMBERS[choices.next(NUMBERS.length)];
  else if (typeof value === "bigint") message[name] = BIG[choices.next(BIG.length)];
  else if (typeof value === "string") message[name] = ["", "\0", "http://[", "x".repeat(5000)][choices.next(4)];
  else if (typeof value === "boolean") message[name] = !value;
  else if (value instanceof Uint8Array) message[name] = value.subarray(0, choices.next(256));
  else if (Array.isArray(value)) message[name] = [];
  else if (typeof value === "object" && value !== null && choices.next(3) > 0)
    forgeField(value as Record<string, unknown>, choices);
  else delete message[name];
}
