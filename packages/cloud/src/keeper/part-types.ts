import type { DatasetEntry } from "@rerun-ts/arrow/catalog";
import { columnsOfPart, type PartColumns } from "../reading/part-columns.ts";

/** A part, with the path of its file. */
export interface PartFile {
  readonly key: string;
  readonly size: number;
  readonly recordingId: string;
}

/** The types of the columns of parts, read from their footers when they are needed, and remembered. */
export class PartTypes {
  readonly #pathOf: (key: string) => string;
  readonly #columns = new Map<string, PartColumns>();
  /** Most parts have the same columns. */
  readonly #shared = new Map<string, PartColumns>();

  constructor(pathOf: (key: string) => string) {
    this.#pathOf = pathOf;
  }

  /** The columns of a part, as a catalog compares them. */
  async of({ key, recordingId }: PartFile): Promise<PartColumns> {
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    const columns = new Map(await columnsOfPart(this.#pathOf(key), recordingId));
    columns.delete("application");
    const text = JSON.stringify([...columns]);
    const shared = this.#shared.get(text) ?? columns;
    this.#shared.set(text, shared);
    this.#columns.set(key, shared);
    return shared;
  }

  /** The first column of a part that has another type in a dataset. */
  async conflictWith(entry: DatasetEntry, part: PartFile, signal: AbortSignal): Promise<string | undefined> {
    const { indexes, components } = await entry.schema({ signal });
    const known = new Map<string, string>([
      ...indexes.map(({ name, type }) => [`index ${name}`, String(type as unknown)] as const),
      ...components.map(({ name, type }) => [`component ${name}`, String(type as unknown)] as const),
    ]);
    for (const [name, type] of await this.of(part)) {
      const other = known.get(name);
      if (other !== undefined && other !== type) return `the ${name} has the type ${type}, and ${other} in the dataset`;
    }
    return undefined;
  }

  forget(key: string): void {
    this.#columns.delete(key);
  }
}
