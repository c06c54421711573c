import type { IpcMessage } from "../../arrow/ipc-messages.ts";

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
const ID_DIGITS = 32;
/** The bit of small letters, which digits have as well. */
const SMALL = 0x20;
const MAX_SCHEMAS = 10_000;
/** Memory for the bytes of schemas. */
const MAX_BYTES = 16 * 1024 * 1024;
/**
 * The cache holds at most this many schemas with the same length or hash: searching more would take longer than reading
 * a schema.
 */
const MAX_EQUAL = 16;

/**
 * A cache of the schemas of chunks. Most schemas differ only in the chunk's id, so each distinct one is read once,
 * which saves most of the work for small chunks. When there are too many, the cache is cleared.
 */
export class ChunkSchemas<Contents> {
  readonly #read: (message: IpcMessage) => { readonly contents: Contents; readonly id: string };
  /** By the hash of their bytes without the id. */
  readonly #schemas = new Map<number, KnownSchema<Contents>[]>();
  /** The places of ids in metadata of a length. */
  readonly #places = new Map<number, Set<number>>();
  /** The schema that was found or kept last. */
  #last: KnownSchema<Contents> | undefined;
  #size = 0;
  #bytes = 0;

  /** @param read reads a schema for the first time: its contents, and the digits of its id */
  constructor(read: (message: IpcMessage) => { readonly contents: Contents; readonly id: string }) {
    this.#read = read;
  }

  /** The schema of a message. Throws the errors of `read`. */
  get(message: IpcMessage): ChunkSchema<Contents> {
    const { metadata } = message;
    const known = this.#find(metadata);
    if (known !== undefined) {
      const { contents, place } = known;
      return { contents, digits: metadata.subarray(place, place + ID_DIGITS) };
    }
    const { contents, id } = this.#read(message);
    this.#keep(metadata, contents, id);
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

  #keep(metadata: Uint8Array, contents: Contents, id: string): void {
    const text = latin1.decode(metadata);
    const start = text.indexOf(ID_START + id);
    // If the digits occur in two places, the id could be in either.
    if (start < 0 || start !== text.lastIndexOf(ID_START + id) || metadata.byteLength > MAX_BYTES / MAX_EQUAL) return;
    if (this.#size === MAX_SCHEMAS || this.#bytes + metadata.byteLength > MAX_BYTES) this.#clear();
    const place = start + ID_START.length;
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

/** Whether the bytes of an id are hexadecimal digits. */
function hasDigits(bytes: Uint8Array, place: number): boolean {
  for (let at = place; at < place + ID_DIGITS; at++) {
    const code = (bytes[at] as number) | SMALL;
    const isDigit = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
    if (!isDigit || (code <= 0x39 && bytes[at] !== code)) return false;
  }
  return true;
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
