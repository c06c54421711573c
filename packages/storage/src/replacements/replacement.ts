import { RecordError, parseStored } from "../store/stored-json.ts";

/** A part that was made of others. */
export interface MadePart {
  /** The key of the object. */
  readonly key: string;
  /** The size of the object. */
  readonly bytes: number;
  /** The SHA-256 of the object, as 64 hexadecimal digits. */
  readonly sha256: string;
  /** The number of chunks. */
  readonly chunks: number;
  /** The number of rows. */
  readonly rows: number;
  /** The time of the newest source part, by the clock of the store, in ISO 8601. */
  readonly newest: string;
}

/** A change of the parts of a recording that count. With this object some stop to count, and others begin. */
export interface Replacement {
  /** A unique name for this change, by which its writer recognises it. */
  readonly owner: string;
  /** The parts that count from now on. */
  readonly adds: readonly MadePart[];
  /** The keys of the parts that do not count any more. They never count again. */
  readonly removes: readonly string[];
}

/** The version of replacements. What does not know a version refuses it. */
const VERSION = 1;

export function encodeReplacement(replacement: Replacement): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, ...replacement }));
}

/** @throws {RecordError} `INVALID_FORMAT` if it is not a replacement, {@link DamagedObject} if it is nothing at all */
export function decodeReplacement(bytes: Uint8Array, key: string): Replacement {
  const value = parseStored(bytes, key, VERSION) as Partial<Replacement>;
  const isReplacement =
    typeof value.owner === "string" &&
    Array.isArray(value.adds) &&
    value.adds.every(isMadePart) &&
    Array.isArray(value.removes) &&
    value.removes.every((removed) => typeof removed === "string");
  if (isReplacement) return value as Replacement;
  throw new RecordError("INVALID_FORMAT", key, `${key} is not a replacement`);
}

export function isMadePart(value: unknown): value is MadePart {
  const part = value as Partial<MadePart> | null;
  return (
    typeof part?.key === "string" &&
    Number.isSafeInteger(part.bytes) &&
    !Number.isNaN(Date.parse(part.newest ?? "")) &&
    typeof part.sha256 === "string"
  );
}
