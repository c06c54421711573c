import { RerunError } from "@rerun-ts/core";
import { readBatch, type IpcMessage } from "@rerun-ts/core/rrd";
import { DataType, type Field, type Schema } from "apache-arrow";
import { batchPartsOf } from "./ipc-batch.ts";
import { IpcDictionary, type Dictionaries } from "./ipc-dictionary.ts";
import { readArray } from "./read-array.ts";
import { streamIdOf } from "./read-schema.ts";

/**
 * Reads the dictionaries of a stream. A batch refers to the dictionaries before it, even if later ones replace them.
 */
export class DictionaryReader {
  #current = new Map<number, IpcDictionary>();
  /** Whether a batch has the current ones, which must not change any more. */
  #isTaken = false;
  #types: ReadonlyMap<number, DataType> | undefined;

  /**
   * Reads a message with a dictionary.
   * @throws {RerunError} `INVALID_FORMAT` if the message is damaged, or belongs to no column
   */
  read(schema: Schema, { header, body }: IpcMessage): void {
    this.#types ??= valueTypes(schema.fields);
    if (this.#isTaken) this.#current = new Map(this.#current);
    this.#isTaken = false;
    const id = header.int64(0);
    const batch = header.table(1);
    const type = this.#types.get(id);
    if (batch === undefined || type === undefined)
      throw new RerunError("INVALID_FORMAT", `the Arrow dictionary ${id} belongs to no column`);
    const data = readArray(type, batchPartsOf(readBatch(batch), body, this.#current), { node: 0, buffer: 0, view: 0 });
    const isDelta = header.uint8(2) !== 0;
    this.#current.set(id, new IpcDictionary(data, isDelta ? this.#current.get(id) : undefined));
  }

  /** The dictionaries of a batch that follows. */
  take(): Dictionaries {
    this.#isTaken = true;
    return this.#current;
  }
}

/** The types of the values of all dictionaries, by their ids. */
function valueTypes(fields: readonly Field[], found = new Map<number, DataType>()): ReadonlyMap<number, DataType> {
  for (const { type } of fields as readonly Field<DataType>[]) {
    const own = DataType.isDictionary(type) ? type.dictionary : type;
    if (DataType.isDictionary(type) && !found.has(streamIdOf(type))) found.set(streamIdOf(type), own);
    valueTypes(own.children ?? [], found);
  }
  return found;
}
