import type { VersionedAttribute } from "./scene-like.ts";

/** The state in which an attribute was last seen. */
interface Seen {
  version: number | undefined;
  array: ArrayLike<number> | undefined;
  count: number;
  hash: number;
  revision: number;
}

const seenOf = new WeakMap<object, Seen>();
let lastRevision = 0;

/**
 * A number that changes with the numbers of an attribute. Programs announce changes by a new `version`, and many do so
 * in each frame although nothing has changed.
 */
export function revisionOf(attribute: VersionedAttribute | null | undefined): number | undefined {
  if (attribute === null || attribute === undefined) return undefined;
  const owner = attribute.data ?? attribute;
  const version = attribute.version ?? attribute.data?.version;
  const array = attribute.array ?? attribute.data?.array;
  const { count } = attribute;
  const seen = seenOf.get(owner);
  if (seen === undefined) {
    const revision = ++lastRevision;
    seenOf.set(owner, { version, array, count, hash: hashOf(array), revision });
    return revision;
  }
  if (seen.version === version && seen.array === array && seen.count === count) return seen.revision;
  const hash = hashOf(array);
  if (hash !== seen.hash || count !== seen.count) seen.revision = ++lastRevision;
  Object.assign(seen, { version, array, count, hash });
  return seen.revision;
}

/** A hash of 53 bits of the bytes of a typed array. Different arrays practically never have the same one. */
function hashOf(array: ArrayLike<number> | undefined): number {
  if (!ArrayBuffer.isView(array)) return Number.NaN;
  const { buffer, byteOffset, byteLength } = array;
  const isAligned = byteOffset % 4 === 0;
  const words = isAligned ? new Int32Array(buffer, byteOffset, byteLength >> 2) : new Int32Array(0);
  const rest = new Uint8Array(buffer, byteOffset + words.byteLength, byteLength - words.byteLength);
  let [one, other] = [byteLength, 0x9e3779b9];
  for (const numbers of [words, rest]) {
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] as number;
      one = Math.imul(one ^ number, 0x85ebca6b);
      one ^= one >>> 13;
      other = Math.imul(other + number, 0xc2b2ae35);
      other = (other << 15) | (other >>> 17);
    }
  }
  return (one >>> 0) * 2 ** 21 + (other >>> 11);
}
