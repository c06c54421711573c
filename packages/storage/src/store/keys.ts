import { invalidArgument } from "@rerun-ts/core/checks";

/** A longer key is refused by object stores. */
const MAX_KEY_BYTES = 1024;
const SEGMENT = /^[A-Za-z0-9_-](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/;

/** Checks a key. @throws {TypeError} */
export function checkKey(key: string): string {
  if (typeof key === "string" && key.length > MAX_KEY_BYTES)
    throw invalidArgument("key", `at most ${MAX_KEY_BYTES} bytes long`, key);
  if (typeof key !== "string" || !isKey(key))
    throw invalidArgument("key", "a path of letters, digits and `._-`, such as fleet/run7/1.rrd", key);
  return key;
}

/** Whether a text may be a key, apart from its length. */
export function isKey(text: string): boolean {
  return text.split("/").every(isSegment);
}

/** Checks the beginning of keys, which may be empty or end anywhere. @throws {TypeError} */
export function checkPrefix(prefix: string): string {
  if (typeof prefix !== "string" || !/^(?:[A-Za-z0-9_-][A-Za-z0-9._/-]*)?$/.test(prefix) || /\/[./]/.test(prefix))
    throw invalidArgument("prefix", "the beginning of keys, such as fleet/", prefix);
  return prefix;
}

/** Checks the prefix of a folder. @throws {TypeError} */
export function checkFolder(prefix: string): string {
  if (typeof prefix === "string" && (prefix === "" || prefix.endsWith("/"))) return checkPrefix(prefix);
  throw invalidArgument("prefix", "a prefix that ends with a slash, such as fleet/", prefix);
}

/** Ids that are segments as they are: most of them. */
const PLAIN = /^[A-Za-z0-9-]+$/;

/** Whether a text may stand between the slashes of a key. */
export function isSegment(text: string): boolean {
  return SEGMENT.test(text);
}

/**
 * Makes a segment of a key from any id. Different ids have different segments. Letters, digits, `-` and dots
 * within stay as they are, `_` becomes `__`, and each other byte becomes `_` with two hexadecimal digits. The empty id
 * becomes `_`.
 *
 * @throws {TypeError} if the id is not a string
 */
export function escapeId(id: string): string {
  if (typeof id === "string" && PLAIN.test(id)) return id;
  // All halves of surrogate pairs have the same bytes in UTF-8.
  if (typeof id !== "string" || /\p{Surrogate}/u.test(id))
    throw invalidArgument("id", "a string of whole Unicode characters", id);
  if (id === "") return "_";
  const bytes = new TextEncoder().encode(id);
  return Array.from(bytes, (byte, index) => {
    const character = String.fromCharCode(byte);
    if (character === "_") return "__";
    const isOuterDot = character === "." && (index === 0 || index === bytes.length - 1);
    if (/[A-Za-z0-9.-]/.test(character) && !isOuterDot) return character;
    return `_${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

/**
 * The id of a segment made by {@link escapeId}, or `undefined` for another one.
 *
 * @throws {TypeError} if the segment is not a string
 */
export function unescapeId(segment: string): string | undefined {
  if (typeof segment !== "string") throw invalidArgument("segment", "a string", segment);
  if (PLAIN.test(segment)) return segment;
  if (segment === "_") return "";
  const bytes: number[] = [];
  for (const [text] of segment.matchAll(/__|_[0-9A-F]{2}|[^]/g)) {
    if (text === "__") bytes.push(0x5f);
    else if (text.length === 3) bytes.push(Number.parseInt(text.slice(1), 16));
    else bytes.push(text.charCodeAt(0));
  }
  try {
    const id = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
    return escapeId(id) === segment ? id : undefined;
  } catch {
    return undefined;
  }
}

/** The key of an object for testing a server, beside another object. */
export function probeKey(key: string, id: string): string {
  return `${key.slice(0, key.lastIndexOf("/") + 1)}probe-${id}`;
}

/** Whether a key belongs to an object for testing a server. A killed program leaves such objects. */
export function isProbeKey(key: string): boolean {
  return /\/probe-[0-9a-f]+$/.test(key);
}
