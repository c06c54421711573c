import { fileURLToPath } from "node:url";
import type { DatasetEntry } from "@rerun-ts/catalog";
import { columnsOfPart, type PartColumns } from "../reading/part-columns.ts";
import type { StoredPart } from "./part-files.ts";

/** The number of files to read at a time. */
const READ_BATCH = 16;

/** A part with its columns. */
export interface TypedPart<Part> {
  readonly part: Part;
  readonly size: number;
  readonly columns: PartColumns;
}

/** The types of the columns of parts, read from their footers when they are needed, and remembered. */
export class PartTypes {
  readonly #prepare: (part: StoredPart, signal: AbortSignal) => Promise<string>;
  readonly #columns = new Map<string, PartColumns>();
  /** Most parts have the same columns. */
  readonly #shared = new Map<string, PartColumns>();

  /** @param prepare makes the file of a part ready, and resolves to its URL */
  constructor(prepare: (part: StoredPart, signal: AbortSignal) => Promise<string>) {
    this.#prepare = prepare;
  }

  /** The columns of a part, as a catalog compares them. */
  async of(part: StoredPart, signal: AbortSignal): Promise<PartColumns> {
    const { key, recordingId } = part;
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    const columns = new Map(await columnsOfPart(fileURLToPath(await this.#prepare(part, signal)), recordingId));
    columns.delete("application");
    const text = JSON.stringify([...columns]);
    const shared = this.#shared.get(text) ?? columns;
    this.#shared.set(text, shared);
    this.#columns.set(key, shared);
    return shared;
  }

  /** The columns of several parts. */
  async ofAll<Part extends StoredPart>(
    parts: readonly Part[],
    signal: AbortSignal,
  ): Promise<readonly TypedPart<Part>[]> {
    const typed: TypedPart<Part>[] = [];
    for (let at = 0; at < parts.length; at += READ_BATCH) {
      const some = parts.slice(at, at + READ_BATCH);
      const all = some.map(async (part) => ({ part, size: part.size, columns: await this.of(part, signal) }));
      typed.push(...(await Promise.all(all)));
    }
    return typed;
  }

  /** The first column of a part that has another type in a dataset. */
  async conflictWith(entry: DatasetEntry, part: StoredPart, signal: AbortSignal): Promise<string | undefined> {
    const { indexes, components } = await entry.schema({ signal });
    const known = new Map<string, string>([
      ...indexes.map(({ name, type }) => [`index ${name}`, String(type as unknown)] as const),
      ...components.map(({ name, type }) => [`component ${name}`, String(type as unknown)] as const),
    ]);
    for (const [name, type] of await this.of(part, signal)) {
      const other = known.get(name);
      if (other !== undefined && other !== type) return `the ${name} has the type ${type}, and ${other} in the dataset`;
    }
    return undefined;
  }

  forget(key: string): void {
    this.#columns.delete(key);
  }
}
