import { invalidArgument } from "@rerun-ts/core/checks";
import { escapeId, unescapeId } from "../store/keys.ts";

/** The version of the layout of a store. */
const LAYOUT = "v1";
const DIGITS = 8;

/** A part of a recording that a producer has sent by itself. */
export interface PartId {
  readonly dataset: string;
  readonly kind: "recording" | "layout";
  /** The id of the recording, or of the application of a layout. */
  readonly id: string;
  /** The name of the producer, for people. */
  readonly producer: string;
  /** The id of the producer's run, which no other run has. */
  readonly run: string;
  /** The number of the part in its run. */
  readonly number: number;
}

export function partKey({ dataset, kind, id, producer, run, number }: PartId): string {
  const folder = kind === "recording" ? directPrefix(dataset, id) : `${layoutPrefix(dataset)}${escapeId(id)}/`;
  const name = String(number).padStart(DIGITS, "0");
  return `${folder}${escapeId(producer)}-${run}/${name}.${kind === "recording" ? "rrd" : "rbl"}`;
}

/** The prefix of the keys of all parts, in a dataset or in one of its recordings. */
export function directPrefix(dataset: string, recordingId?: string): string {
  const all = `${LAYOUT}/${escapeId(dataset)}/direct/`;
  return recordingId === undefined ? all : `${all}${escapeId(recordingId)}/`;
}

/** The key under which a damaged part of a producer is kept, where no reader counts it. */
export function damagedPartKey(dataset: string, key: string): string {
  return `${LAYOUT}/${escapeId(dataset)}/damaged/${key.slice(directPrefix(dataset).length)}`;
}

/** The beginning of the keys of all layouts of a dataset that producers have uploaded. */
export function layoutPrefix(dataset: string): string {
  return `${LAYOUT}/${escapeId(dataset)}/layouts/`;
}

/** A part of a recording in a list of keys. */
export interface ListedPart {
  readonly key: string;
  readonly recordingId: string;
  /** The name of the part's layer in catalogs: the key without the dataset and the extension. */
  readonly layer: string;
}

/** Parses the key of a part of a recording. Returns `undefined` for other keys. */
export function parsePartKey(key: string): ListedPart | undefined {
  const [, layer = "", segment] = /^v1\/[^/]+\/(direct\/([^/]+)\/[^/]+\/\d+)\.rrd$/.exec(key) ?? [];
  const recordingId = segment === undefined ? undefined : unescapeId(segment);
  return recordingId === undefined ? undefined : { key, recordingId, layer };
}

/** Checks the name of a dataset. @throws {TypeError} */
export function checkDataset(dataset: unknown): string {
  if (typeof dataset === "string" && dataset !== "" && escapeId(dataset).length <= 200) return dataset;
  throw invalidArgument("dataset", "the name of a dataset", dataset);
}
