import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { parse } from "@foxglove/rosmsg";
import type { Column } from "../columns/column.ts";
import { BoolColumn, BytesColumn } from "../columns/leaf-columns.ts";
import { ListColumn, StructColumn, type StructField } from "../columns/nested-columns.ts";
import { isNumberKind, NumberColumn, type NumberKind } from "../columns/number-column.ts";
import type { MessageColumns } from "../columns/message-columns.ts";
import { numberReader, numbersReader, type ReadValue } from "./number-readers.ts";
import { WireReader, type WireFormat } from "./wire-reader.ts";

type Definition = ReturnType<typeof parse>[number];
type DefinitionField = Definition["definitions"][number];

/** A field's column, and the function that reads it. */
interface FieldReader {
  readonly column: Column;
  /** The least number of bytes that a value takes. */
  readonly minBytes: number;
  readonly read: ReadValue;
}

/** Definitions of messages may name each other: more columns are taken for a fault of the file. */
const MAX_COLUMNS = 10_000;
const MAX_DEPTH = 64;
/** The types that ROS 1 has built in, and `parse` also calls so for ROS 2. */
const TIMES: Readonly<Record<string, Readonly<Record<WireFormat, readonly [NumberKind, NumberKind]>>>> = {
  time: { cdr: ["int32", "uint32"], ros1: ["uint32", "uint32"] },
  duration: { cdr: ["int32", "uint32"], ros1: ["int32", "int32"] },
};

/**
 * Columns for the messages of a ROS schema.
 * @throws {RerunError} `UNSUPPORTED` if the schema has a type that is unknown, or messages without an end
 */
export function rosColumns(name: string, schema: string, format: WireFormat): MessageColumns {
  const definitions = parseDefinitions(schema, format);
  const reader = new WireReader(format);
  const main = definitions.get("");
  if (main === undefined) throw new RerunError("UNSUPPORTED", `the schema of ${name} has no fields`);
  const compiler = new Compiler(definitions, reader, format);
  const message = compiler.struct(main, 0);
  return {
    rows: message.column,
    push(bytes, start, end) {
      reader.start(bytes, start, end);
      message.read();
    },
  };
}

/** The definitions by their name. The definition of the message itself has the name "". */
function parseDefinitions(schema: string, format: WireFormat): ReadonlyMap<string, Definition> {
  let parsed: readonly Definition[];
  try {
    parsed = parse(schema, { ros2: format === "cdr" });
  } catch (error) {
    throw new RerunError("UNSUPPORTED", `the schema is no ROS message definition: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const named = new Map<string, Definition>();
  for (const definition of parsed) named.set(definition.name ?? "", definition);
  return named;
}

class Compiler {
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #reader: WireReader;
  readonly #format: WireFormat;
  #columns = 0;

  constructor(definitions: ReadonlyMap<string, Definition>, reader: WireReader, format: WireFormat) {
    this.#definitions = definitions;
    this.#reader = reader;
    this.#format = format;
  }

  /** Reads all fields of a message, in order. */
  struct({ definitions }: Definition, depth: number): FieldReader & { readonly column: StructColumn } {
    if (depth > MAX_DEPTH) throw new RerunError("UNSUPPORTED", "the message definition contains itself");
    const fields: StructField[] = [];
    const readers: FieldReader[] = [];
    for (const field of definitions) {
      if (field.isConstant === true) continue;
      if (++this.#columns > MAX_COLUMNS)
        throw new RerunError("UNSUPPORTED", `the message has more than ${MAX_COLUMNS} fields`);
      const reader = this.#field(field, depth);
      fields.push({ name: field.name, column: reader.column });
      readers.push(reader);
    }
    const column = new StructColumn(fields);
    const minBytes = readers.reduce((sum, reader) => sum + reader.minBytes, 0);
    const reads = readers.map((reader) => reader.read);
    const read = (): void => {
      for (const readField of reads) readField();
      column.end();
    };
    return { column, minBytes, read };
  }

  #field(field: DefinitionField, depth: number): FieldReader {
    const reader = this.#reader;
    const { arrayLength } = field;
    const isSequence = field.isArray === true;
    const item = this.#value(field, depth);
    if (!isSequence) return item;
    const list = new ListColumn(item.column);
    const isFixed = arrayLength !== undefined;
    const minBytes = isFixed ? item.minBytes * arrayLength : 4;
    const countOf = isFixed ? (): number => arrayLength : (): number => reader.count(item.minBytes);
    if (item.minBytes === 0)
      throw new RerunError("UNSUPPORTED", `the field ${field.name} is an array of messages without fields`);
    const { column } = item;
    if (column instanceof NumberColumn) {
      const readItems = numbersReader(reader, column, countOf);
      const read = (): void => {
        readItems();
        list.end();
      };
      return { column: list, minBytes, read };
    }
    const read = (): void => {
      const count = countOf();
      reader.checkCount(count, item.minBytes);
      for (let index = 0; index < count; index++) item.read();
      list.end();
    };
    return { column: list, minBytes, read };
  }

  /** Reads one value of a type. */
  #value({ type, name }: DefinitionField, depth: number): FieldReader {
    const reader = this.#reader;
    if (isNumberKind(type)) {
      const column = new NumberColumn(type);
      return { column, minBytes: column.width, read: numberReader(reader, column) };
    }
    if (type === "bool") {
      const column = new BoolColumn();
      return { column, minBytes: 1, read: () => reader.readBool(column) };
    }
    if (type === "string") {
      const column = new BytesColumn(true);
      return { column, minBytes: 4, read: () => reader.readText(column) };
    }
    const kinds = TIMES[type];
    if (kinds !== undefined) return this.#time(kinds[this.#format]);
    const definition = this.#definitions.get(type);
    if (definition === undefined)
      throw new RerunError("UNSUPPORTED", `the field ${name} has the type ${type}, which the schema does not define`);
    return this.struct(definition, depth + 1);
  }

  #time([seconds, nanoseconds]: readonly [NumberKind, NumberKind]): FieldReader {
    const reader = this.#reader;
    const sec = new NumberColumn(seconds);
    const nanosec = new NumberColumn(nanoseconds);
    const column = new StructColumn([
      { name: "sec", column: sec },
      { name: "nanosec", column: nanosec },
    ]);
    const [readSeconds, readNanoseconds] = [numberReader(reader, sec), numberReader(reader, nanosec)];
    const read = (): void => {
      readSeconds();
      readNanoseconds();
      column.end();
    };
    return { column, minBytes: 8, read };
  }
}
