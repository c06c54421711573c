import type { IpcMessage } from "../../arrow/ipc-messages.ts";
import { hasDigits, ID_DIGITS } from "./id-digits.ts";
import type { SchemaTemplates } from "./schema-templates.ts";

/** The contents of a schema, and the id of its chunk. */
export interface ChunkSchema<Contents> {
  readonly contents: Contents;
  /** The 32 hexadecimal digits of the id, in place. */
  readonly digits: Uint8Array;
}

/** A cached schema, with its bytes. */
interface KnownSchema<Contents> {
  readonly bytes: Uint8Array;
  /** The same bytes as words. */
  readonly words: Int32Array;
  /** The position of the digits of the id. */
  readonly place: number;
  readonly contents: Contents;
  /** The schema that came after this one, and probably will again, because programs log in loops. */
  next?: KnownSchema<Contents>;
}

/** The beginning of an id as a string of a flatbuffer, preceded by its length. */
const ID_START = "&\0\0\0chunk_";
const MAX_SCHEMAS = 50_000;
/** Memory for the bytes of schemas. */
const MAX_BYTES = 64 * 1024 * 1024;
/** The most bytes of a schema in the cache. */
const MAX_SCHEMA_BYTES = 1024 * 1024;
/**
 * The cache holds at most this many schemas with the same length or hash: searching more would take longer than reading
 * a schema.
 */
const MAX_EQUAL = 16;

/** A schema that was read. */
export interface ReadChunkSchema<Contents> {
  readonly contents: Contents;
  /** The digits of the chunk's id. */
  readonly id: string;
  /** The path of the entity, if no other text of the schema equals it. Default: none, so that each schema is read. */
  readonly path?: string | undefined;
}

/**
 * A cache of the schemas of chunks. Most schemas differ only in the chunk's id, so each distinct one is read once,
 * which saves most of the work for small chunks. Those of entities with equal components differ in the path besides: if
 * paths have the same length, one of them is read. When there are too many, the cache is cleared.
 */
export class ChunkSchemas<Contents> {
  readonly #read: (message: IpcMessage) => ReadChunkSchema<Contents>;
  readonly #templates: SchemaTemplates<Contents> | undefined;
  /** By the hash of their bytes without the id. */
  readonly #schemas = new Map<number, KnownSchema<Contents>[]>();
  /** The places of ids in metadata of a length. */
  readonly #places = new Map<number, Set<number>>();
  /** The schema that was found or kept last. */
  #last: KnownSchema<Contents> | undefined;
  #size = 0;
  #bytes = 0;

  /**
   * @param read reads a schema for the first time
   * @param templates schemas that serve for other entities. Default: each is read
   */
  constructor(read: (message: IpcMessage) => ReadChunkSchema<Contents>, templates?: SchemaTemplates<Contents>) {
    this.#read = read;
    this.#templates = templates;
  }

  /** The schema of a message. Throws the errors of `read`. */
  get(message: IpcMessage): ChunkSchema<Contents> {
    const { metadata } = message;
    const known = this.#find(metadata);
    if (known !== undefined) {
      const { contents, place } = known;
      return { contents, digits: metadata.subarray(place, place + ID_DIGITS) };
    }
    const similar = this.#templates?.find(metadata);
    if (similar !== undefined) {
      const { contents, place } = similar;
      this.#add(metadata, contents, place);
      return { contents, digits: metadata.subarray(place, place + ID_DIGITS) };
    }
    const { contents, id, path } = this.#read(message);
    const place = placeOf(metadata, id);
    if (place !== undefined) {
      this.#add(metadata, contents, place);
      if (path !== undefined) this.#templates?.add(metadata, contents, place, path);
    }
    return { contents, digits: new TextEncoder().encode(id) };
  }

  #find(metadata: Uint8Array): KnownSchema<Contents> | undefined {
    const words = aligned(metadata);
    const next = this.#last?.next;
    const isNext = next !== undefined && hasDigits(metadata, next.place) && areEqual(next, metadata, words);
    return isNext ? (this.#last = next) : this.#search(metadata, words);
  }

  #search(metadata: Uint8Array, words: Int32Array): KnownSchema<Contents> | undefined {
    for (const place of this.#places.get(metadata.length) ?? []) {
      if (!hasDigits(metadata, place)) continue;
      for (const known of this.#schemas.get(hashOf(words, place)) ?? [])
        if (known.place === place && areEqual(known, metadata, words)) return this.#follow(known);
    }
    return undefined;
  }

  #follow(known: KnownSchema<Contents>): KnownSchema<Contents> {
    if (this.#last !== undefined) this.#last.next = known;
    return (this.#last = known);
  }

  #add(metadata: Uint8Array, contents: Contents, place: number): void {
    if (metadata.byteLength > MAX_SCHEMA_BYTES) return;
    if (this.#size === MAX_SCHEMAS || this.#bytes + metadata.byteLength > MAX_BYTES) this.#clear();
    const hash = hashOf(aligned(metadata), place);
    const places = this.#places.get(metadata.length) ?? new Set<number>();
    const others = this.#schemas.get(hash) ?? [];
    if (others.length === MAX_EQUAL || (places.size === MAX_EQUAL && !places.has(place))) return;
    this.#places.set(metadata.length, places.add(place));
    const bytes = new Uint8Array(metadata);
    others.push(this.#follow({ bytes, words: aligned(bytes), place, contents }));
    this.#schemas.set(hash, others);
    this.#size++;
    this.#bytes += metadata.byteLength;
  }

  #clear(): void {
    this.#schemas.clear();
    this.#places.clear();
    this.#last = undefined;
    this.#size = 0;
    this.#bytes = 0;
  }
}

const latin1 = /* @__PURE__ */ new TextDecoder("latin1");

/** The position of the digits of an id, or `undefined` if the id could be in two places. */
function placeOf(metadata: Uint8Array, id: string): number | undefined {
  const text = latin1.decode(metadata);
  const start = text.indexOf(ID_START + id);
  return start < 0 || start !== text.lastIndexOf(ID_START + id) ? undefined : start + ID_START.length;
}

/** A hash of all words except those of the id. Source: FNV-1a, by words of four bytes. */
function hashOf(words: Int32Array, place: number): number {
  const [first, last] = wordsOfId(place);
  let hash = 0x811c9dc5;
  for (let at = 0; at < first; at++) hash = Math.imul(hash ^ (words[at] as number), 0x01000193);
  for (let at = last; at < words.length; at++) hash = Math.imul(hash ^ (words[at] as number), 0x01000193);
  return hash;
}

/** Whether all bytes are equal, except those of the id. */
function areEqual(schema: KnownSchema<unknown>, bytes: Uint8Array, words: Int32Array): boolean {
  const { bytes: known, words: others, place } = schema;
  if (known.length !== bytes.length) return false;
  const [first, last] = wordsOfId(place);
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
