import { RerunError } from "@rerun-ts/core";
import type { Schema } from "apache-arrow";
import { getOrAdd, type IpcMessage } from "@rerun-ts/core/rrd";
import { readSchema } from "../ipc/read-schema.ts";
import { chunkIdOfDigits } from "./chunk-id-text.ts";
import { migrateSchema } from "./migrate-schema.ts";

/** A chunk's schema, and the id that is in it. */
export interface CachedSchema {
  readonly schema: Schema;
  readonly id: string;
}

/** A schema that was read, and its bytes. */
interface KnownSchema {
  readonly bytes: Uint8Array;
  /** The position of the digits of the id. */
  readonly place: number;
  readonly schema: Schema;
}

/** Beginning of an id as a string of a flatbuffer, with its length before it. */
const ID_START = "&\0\0\0chunk_";
const ID_DIGITS = 32;
/** The bit of small letters, which digits have as well. */
const SMALL = 0x20;
const MAX_SCHEMAS = 10_000;
/** More with the same length or hash are not kept: looking for one of them would take longer than reading it. */
const MAX_EQUAL = 16;

/**
 * The schemas of chunks, which mostly differ in nothing but the chunk's id: each other schema is read once. That is
 * most of the work for small chunks.
 */
export class SchemaCache {
  /** By the hash of their bytes without the id. */
  readonly #schemas = new Map<number, KnownSchema[]>();
  /** The places of ids in metadata of a length. */
  readonly #places = new Map<number, Set<number>>();
  #size = 0;

  /** The schema of a message. @throws {RerunError} `INVALID_FORMAT` or `UNSUPPORTED` if it is none of a chunk */
  read({ header, metadata }: IpcMessage): CachedSchema {
    const places = this.#places.get(metadata.length);
    const words = aligned(metadata);
    for (const place of places ?? []) {
      if (!hasDigits(metadata, place)) continue;
      for (const known of this.#schemas.get(hashOf(words, place)) ?? [])
        if (known.place === place && areEqual(known.bytes, metadata, words, place))
          return { schema: known.schema, id: chunkIdOfDigits(metadata.subarray(place, place + ID_DIGITS)) };
    }
    const schema = migrateSchema(readSchema(header));
    checkVersion(schema.metadata.get("sorbet:version"));
    const id = /^(?:chunk_)?([0-9A-Fa-f]{32})$/.exec(schema.metadata.get("rerun:id") ?? "")?.[1];
    if (id === undefined) throw new RerunError("INVALID_FORMAT", "a chunk has no id");
    if (!schema.metadata.has("rerun:entity_path")) throw new RerunError("INVALID_FORMAT", "a chunk has no entity path");
    this.#keep(metadata, schema, id);
    return { schema, id: chunkIdOfDigits(new TextEncoder().encode(id)) };
  }

  #keep(metadata: Uint8Array, schema: Schema, id: string): void {
    const start = latin1.decode(metadata).indexOf(ID_START + id);
    if (start < 0 || this.#size === MAX_SCHEMAS) return;
    const place = start + ID_START.length;
    const hash = hashOf(aligned(metadata), place);
    const places = getOrAdd(this.#places, metadata.length, () => new Set<number>());
    const others = getOrAdd(this.#schemas, hash, (): KnownSchema[] => []);
    if (others.length === MAX_EQUAL || (places.size === MAX_EQUAL && !places.has(place))) return;
    places.add(place);
    others.push({ bytes: new Uint8Array(metadata), place, schema });
    this.#size++;
  }
}

const latin1 = /* @__PURE__ */ new TextDecoder("latin1");

/** Whether the bytes of an id are hexadecimal digits. */
function hasDigits(bytes: Uint8Array, place: number): boolean {
  for (let at = place; at < place + ID_DIGITS; at++) {
    const code = (bytes[at] as number) | SMALL;
    const isDigit = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
    if (!isDigit || (code <= 0x39 && bytes[at] !== code)) return false;
  }
  return true;
}

/** A hash of all words but those of the id. Source: FNV-1a, by words of four bytes. */
function hashOf(words: Int32Array, place: number): number {
  const [first, last] = wordsOfId(place);
  let hash = 0x811c9dc5;
  for (let at = 0; at < first; at++) hash = Math.imul(hash ^ (words[at] as number), 0x01000193);
  for (let at = last; at < words.length; at++) hash = Math.imul(hash ^ (words[at] as number), 0x01000193);
  return hash;
}

/** Whether all bytes but those of the id are equal. */
function areEqual(known: Uint8Array, bytes: Uint8Array, words: Int32Array, place: number): boolean {
  if (known.length !== bytes.length) return false;
  const [first, last] = wordsOfId(place);
  const others = aligned(known);
  for (let at = 0; at < first; at++) if (words[at] !== others[at]) return false;
  for (let at = last; at < words.length; at++) if (words[at] !== others[at]) return false;
  for (let at = first * 4; at < place; at++) if (known[at] !== bytes[at]) return false;
  for (let at = place + ID_DIGITS; at < last * 4; at++) if (known[at] !== bytes[at]) return false;
  for (let at = words.length * 4; at < bytes.length; at++) if (known[at] !== bytes[at]) return false;
  return true;
}

/** The words with digits of the id. */
function wordsOfId(place: number): readonly [number, number] {
  return [place >>> 2, (place + ID_DIGITS + 3) >>> 2];
}

/** Bytes as words of four, without a remainder. */
function aligned(bytes: Uint8Array): Int32Array {
  const own = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Int32Array(own.buffer, own.byteOffset, own.length >>> 2);
}

/** Accepts the chunk formats that Rerun has read since 0.24 without a migration. */
function checkVersion(version: string | undefined): void {
  if (version !== undefined && /^0\.1\.\d+$/.test(version)) return;
  const origin = version === undefined ? "by a Rerun before 0.24" : `in version ${version} of the chunk format`;
  throw new RerunError("UNSUPPORTED", `a chunk was written ${origin}; migrate the file with \`rerun rrd migrate\``);
}
