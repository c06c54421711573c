import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";

/** The kinds of timelines, as the index calls them. */
export type TimelineKind = "sequence" | "duration" | "timestamp";

/** A cell: the instances of one component in one row; `null` if the row lacks the component. */
export type StoredCell = readonly unknown[] | null;

/** A chunk as the index lists it, with the places of its rows among all rows (`order`) if it was batched. */
export interface StoredChunk {
  readonly entity: string;
  readonly static?: true;
  readonly via?: "log" | "columns" | "properties";
  readonly time?: Readonly<Record<string, readonly [kind: TimelineKind, values: readonly (number | string)[]]>>;
  readonly rows?: number;
  readonly order?: number | string | readonly number[];
  readonly component_types?: Readonly<Record<string, string>>;
  /** Components: a cell, or a list of cells if there are several rows. */
  readonly [component: string]: unknown;
}

/** A recording or blueprint in a file. */
export interface StoredStore {
  readonly kind: "recording" | "blueprint";
  readonly application_id: string;
  readonly recording_id?: string;
  /** Blueprints: whether the command that ends it makes it active, and the default. */
  readonly activation?: readonly [makeActive: boolean, makeDefault: boolean] | null;
  readonly log: readonly StoredChunk[];
}

/** A file that the Python SDK wrote, the logged data, and the commands that compare another file with it. */
export interface Golden {
  readonly name: string;
  readonly file: string;
  readonly test: "compare" | "rows" | "custom" | "feature";
  readonly compare: readonly string[];
  /** The number of rows of all its recordings, those included that the SDK logs by itself. */
  readonly rows: number;
  /** The Arrow types of components that are not built in. */
  readonly arrow_types?: Readonly<Record<string, string>>;
  readonly data: readonly StoredStore[];
}

/** The folder of the goldens. */
export const FOLDER: string = join(root, "tests/golden/recordings");

/** All goldens. Long values are shortened. */
export function readIndex(): readonly Golden[] {
  return (JSON.parse(readFileSync(join(FOLDER, "index.json"), "utf8")) as { fixtures: Golden[] }).fixtures;
}

/** Whether values are missing in the index, or chunks. */
export function isShortened(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if ("..." in value || "text_len" in value || ("len" in value && "head" in value)) return true;
  return Object.values(value).some(isShortened);
}
