import { RerunError } from "@rerun-ts/core";
import { withRerunErrors } from "@rerun-ts/core/checks";
import { EntryKind, cloudService, type EntryDetailsMessage } from "./catalog-service.ts";
import type { CatalogCallOptions, CatalogCalls } from "./catalog-calls.ts";
import { entryIdMessage, entryIdText } from "./entry-id.ts";
import { checkEntryName } from "./entry-name.ts";

/** The kind of an entry. Datasets of blueprints and assets are hidden. */
export type CatalogEntryKind = "dataset" | "table" | "blueprint-dataset" | "asset-dataset";

/** Facts about an entry of a catalog. */
export interface EntryDetails {
  readonly id: string;
  readonly name: string;
  readonly kind: CatalogEntryKind;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const KINDS: Readonly<Partial<Record<EntryKind, CatalogEntryKind>>> = {
  [EntryKind.DATASET]: "dataset",
  [EntryKind.TABLE]: "table",
  [EntryKind.BLUEPRINT_DATASET]: "blueprint-dataset",
  [EntryKind.ASSET_DATASET]: "asset-dataset",
};

/** The facts about an entry in a message. `undefined` for a kind of a newer version of Rerun. */
export function entryDetails(message: EntryDetailsMessage | undefined): EntryDetails | undefined {
  if (message === undefined) throw new RerunError("INVALID_FORMAT", "the catalog sent an entry without its details");
  const kind = KINDS[message.entryKind];
  if (kind === undefined) return undefined;
  return {
    id: entryIdText(message.id),
    name: message.name ?? "",
    kind,
    createdAt: dateOf(message.createdAt),
    updatedAt: dateOf(message.updatedAt),
  };
}

function dateOf(time: EntryDetailsMessage["createdAt"]): Date {
  return new Date(time === undefined ? Number.NaN : Number(time.seconds) * 1000 + time.nanos / 1e6);
}

/** An entry of a catalog: a dataset or a table. */
export abstract class CatalogEntry {
  #details: EntryDetails;
  /** The calls of its catalog, for the classes of entries. */
  protected readonly calls: CatalogCalls;

  protected constructor(calls: CatalogCalls, details: EntryDetails) {
    this.calls = calls;
    this.#details = details;
  }

  /** The id: 32 hexadecimal digits. */
  get id(): string {
    return this.#details.id;
  }

  /** The name, unique in the catalog. */
  get name(): string {
    return this.#details.name;
  }

  /** Whether the entry is a dataset or a table. */
  get kind(): CatalogEntryKind {
    return this.#details.kind;
  }

  /** The time of its creation. */
  get createdAt(): Date {
    return this.#details.createdAt;
  }

  /** The time of its last change, when it was read from the catalog. */
  get updatedAt(): Date {
    return this.#details.updatedAt;
  }

  /** The kind and the name for messages, e.g. `the dataset "runs"`. */
  protected get title(): string {
    return `the ${this.kind.replace("-", " ")} ${JSON.stringify(this.name)}`;
  }

  /**
   * Deletes the entry, and the hidden entries that belong to it. Registered recordings stay where they are stored.
   *
   * @throws {RerunError} `NOT_FOUND` if it is not there any more, or the error of the connection
   */
  async delete(options: CatalogCallOptions = {}): Promise<void> {
    const call = { ...options, doing: `delete ${this.title}` };
    await this.calls.unary(cloudService.method.deleteEntry, { id: entryIdMessage(this.id) }, call);
  }

  /**
   * Changes the name.
   *
   * @param name ASCII letters, digits and `_ - . : [ ]` and spaces, at most 180
   * @throws {RerunError} `INVALID_ARGUMENT` if the name is wrong, `ALREADY_EXISTS` if it is taken, `NOT_FOUND` if the
   * entry is not there any more, or the error of the connection
   */
  setName(name: string, options: CatalogCallOptions = {}): Promise<void> {
    return withRerunErrors(async () => {
      checkEntryName(name);
      const message = { id: entryIdMessage(this.id), entryDetailsUpdate: { name } };
      const call = { ...options, doing: `rename ${this.title}` };
      const { entryDetails: changed } = await this.calls.unary(cloudService.method.updateEntry, message, call);
      this.#details = entryDetails(changed) ?? { ...this.#details, name };
    });
  }
}
