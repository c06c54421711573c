import { RerunError } from "@rerun-ts/core";
import type { MessageColumn } from "../columns/message-column.ts";
import { BoolColumn, BytesColumn } from "../columns/leaf-columns.ts";
import { ListColumn, StructColumn, type MessageField } from "../columns/nested-columns.ts";
import { isNumberKind, NumberColumn, type NumberColumnKind } from "../columns/number-column.ts";
import type { MessageColumns } from "../columns/message-columns.ts";
import { FieldRun, cutRuns } from "./field-run.ts";
import { boolField, numberField, numbersField, structEnd, type FixedField } from "./fixed-fields.ts";
import { enumType, hasNoFields, parseDefinitions, type Definition, type DefinitionField } from "./parse-definitions.ts";
import { WireReader, type WireFormat } from "./wire-reader.ts";

/** Reads the next value of a message into its columns. */
type ReadValue = () => void;

/** Definitions of messages may name each other: more columns are taken for a fault of the file. */
const MAX_COLUMNS = 10_000;
const MAX_DEPTH = 64;
/** Larger arrays are copied as a whole, each by itself. */
const MAX_FIXED_BYTES = 128;
/** The types that ROS 1 has built in, and `parse` also calls so for ROS 2. */
const TIMES: Readonly<Record<string, Readonly<Record<WireFormat, readonly [NumberColumnKind, NumberColumnKind]>>>> = {
  time: { cdr: ["int32", "uint32"], ros1: ["uint32", "uint32"] },
  duration: { cdr: ["int32", "uint32"], ros1: ["int32", "int32"] },
};

const CDR_HEADER_BYTES = 4;
/** A message without fields, with the byte that most writers add and others leave out. */
const EMPTY_MESSAGE = Uint8Array.of(0, 1, 0, 0, 0);

/**
 * Columns for the messages of a ROS schema.
 *
 * @param unused fields of the message that need no columns, if their size is fixed
 * @throws {RerunError} `UNSUPPORTED` if the schema has a type that is unknown, or messages without an end
 */
export function rosColumns(
  name: string,
  schema: string,
  format: WireFormat,
  unused: readonly string[] = [],
): MessageColumns {
  const definitions = parseDefinitions(schema, format, name);
  const reader = new WireReader(format);
  const main = definitions.get("");
  if (main === undefined) throw new RerunError("UNSUPPORTED", `the schema of ${name} has no fields`);
  const runs: FieldRun[] = [];
  const compiler = new Compiler(definitions, reader, format, runs);
  const message = compiler.fields(main, 0, unused);
  const rows = message.column;
  const readers = compiler.readersOf(message.parts);
  const settle = (): void => {
    for (const run of runs) run.settle();
  };
  const isEmpty = hasNoFields(main);
  const push = (bytes: Uint8Array, start: number, end: number): void => {
    try {
      if (isEmpty && end - start === CDR_HEADER_BYTES) reader.start(EMPTY_MESSAGE, 0, EMPTY_MESSAGE.byteLength);
      else reader.start(bytes, start, end);
      for (const read of readers) read();
    } catch (error) {
      settle();
      throw error;
    }
    rows.end();
  };
  return { rows, push, settle };
}

/** A part of a message: a field of fixed size, or the function that reads other fields. */
type Part = FixedField | ReadValue;

/** The columns of a value, and the parts that it consists of. */
interface Plan<Own extends MessageColumn = MessageColumn> {
  readonly column: Own;
  /** The least number of bytes that a value takes. */
  readonly minBytes: number;
  readonly parts: readonly Part[];
}

class Compiler {
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #reader: WireReader;
  readonly #format: WireFormat;
  readonly #runs: FieldRun[];
  #columns = 0;

  /** @param runs receives the runs of fields */
  constructor(definitions: ReadonlyMap<string, Definition>, reader: WireReader, format: WireFormat, runs: FieldRun[]) {
    this.#definitions = definitions;
    this.#reader = reader;
    this.#format = format;
    this.#runs = runs;
  }

  /** All fields of a message, in order. */
  fields({ definitions }: Definition, depth: number, unused: readonly string[] = []): Plan<StructColumn> {
    if (depth > MAX_DEPTH) throw new RerunError("UNSUPPORTED", "the message definition contains itself");
    const fields: MessageField[] = [];
    const parts: Part[] = [];
    let minBytes = 0;
    for (const field of definitions) {
      if (field.isConstant === true) continue;
      if (++this.#columns > MAX_COLUMNS)
        throw new RerunError("UNSUPPORTED", `the message has more than ${MAX_COLUMNS} fields`);
      const plan = this.#field(field, depth);
      minBytes += plan.minBytes;
      const isSkipped = unused.includes(field.name) && plan.parts.every((part) => typeof part !== "function");
      if (!isSkipped) fields.push({ name: field.name, column: plan.column });
      parts.push(...(isSkipped ? plan.parts.map(withoutValues) : plan.parts));
    }
    return { column: new StructColumn(fields), minBytes, parts };
  }

  /** The functions that read parts of a message, in order. Neighbours of fixed size become runs. */
  readersOf(parts: readonly Part[]): readonly ReadValue[] {
    const readers: ReadValue[] = [];
    let fixed: FixedField[] = [];
    const endFixed = (): void => {
      for (const fields of cutRuns(fixed)) {
        const run = new FieldRun(this.#reader, fields);
        this.#runs.push(run);
        readers.push(run.read);
      }
      fixed = [];
    };
    for (const part of parts) {
      if (typeof part !== "function") fixed.push(part);
      else {
        endFixed();
        readers.push(part);
      }
    }
    endFixed();
    return readers;
  }

  #field(field: DefinitionField, depth: number): Plan {
    const item = this.#value(field, depth);
    if (field.isArray !== true) return item;
    if (item.minBytes === 0)
      throw new RerunError("UNSUPPORTED", `the field ${field.name} is an array of messages without fields`);
    const { arrayLength } = field;
    return arrayLength === undefined ? this.#sequence(item) : this.#array(item, arrayLength);
  }

  /** An array whose length is in the definition. */
  #array(item: Plan, length: number): Plan {
    const reader = this.#reader;
    const minBytes = item.minBytes * length;
    const { column } = item;
    if (column instanceof NumberColumn && minBytes <= MAX_FIXED_BYTES) {
      const list = new ListColumn(column);
      return { column: list, minBytes, parts: [numbersField(list, length)] };
    }
    const list = new ListColumn(column);
    const readItems = this.#itemsReader(item);
    const read = (): void => {
      reader.checkCount(length, item.minBytes);
      readItems(length);
      list.endOf(length);
    };
    return { column: list, minBytes, parts: [read] };
  }

  /** An array whose length is in the message. */
  #sequence(item: Plan): Plan {
    const reader = this.#reader;
    const list = new ListColumn(item.column);
    const readItems = this.#itemsReader(item);
    const read = (): void => {
      const count = reader.count(item.minBytes);
      readItems(count);
      list.endOf(count);
    };
    return { column: list, minBytes: 4, parts: [read] };
  }

  #itemsReader({ column, parts }: Plan): (count: number) => void {
    const reader = this.#reader;
    if (column instanceof NumberColumn) return (count) => reader.readNumbers(column, count);
    const readers = this.readersOf(parts);
    const [only] = readers;
    if (readers.length === 1 && only !== undefined)
      return (count) => {
        for (let index = 0; index < count; index++) only();
      };
    return (count) => {
      for (let index = 0; index < count; index++) for (const read of readers) read();
    };
  }

  /** One value of a type. */
  #value({ type, name }: DefinitionField, depth: number): Plan {
    const reader = this.#reader;
    if (isNumberKind(type)) return numberPlan(type);
    if (type === "bool") {
      const column = new BoolColumn();
      return { column, minBytes: 1, parts: [boolField(column)] };
    }
    if (type === "string") {
      const column = new BytesColumn(true);
      return { column, minBytes: 4, parts: [() => reader.readText(column)] };
    }
    const kinds = TIMES[type];
    if (kinds !== undefined) return timePlan(kinds[this.#format]);
    if (type === "wstring")
      throw new RerunError("UNSUPPORTED", `the field ${name} is a wstring, which each middleware writes differently`);
    const definition = this.#definitions.get(type);
    if (definition === undefined)
      throw new RerunError("UNSUPPORTED", `the field ${name} has the type ${type}, which the schema does not define`);
    const byteType = enumType(definition);
    if (byteType !== undefined) return this.#value({ type: byteType, name }, depth);
    const { column, minBytes, parts } = this.fields(definition, depth + 1);
    return { column, minBytes, parts: [...parts, structEnd(column)] };
  }
}

/** A field of the same place and size, whose values are not read. */
function withoutValues({ alignment, byteLength }: FixedField): FixedField {
  return { alignment, byteLength };
}

function numberPlan(kind: NumberColumnKind): Plan<NumberColumn> {
  const column = new NumberColumn(kind);
  return { column, minBytes: column.width, parts: [numberField(column)] };
}

function timePlan([seconds, nanoseconds]: readonly [NumberColumnKind, NumberColumnKind]): Plan {
  const [sec, nanosec] = [numberPlan(seconds), numberPlan(nanoseconds)];
  const column = new StructColumn([
    { name: "sec", column: sec.column },
    { name: "nanosec", column: nanosec.column },
  ]);
  return { column, minBytes: 8, parts: [...sec.parts, ...nanosec.parts, structEnd(column)] };
}
