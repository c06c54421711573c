import { RerunError, type RerunErrorCode } from "@rerun-ts/core";
import { describeValue } from "@rerun-ts/core/checks";

/** The error of a stored object that cannot be read, or is not what it should be. */
export class RecordError extends RerunError {
  readonly key: string;

  /** @param message names the key */
  constructor(code: RerunErrorCode, key: string, message: string, options?: { readonly cause: unknown }) {
    super(code, message, options);
    this.key = key;
  }
}

/** A stored object that should be JSON, and was damaged after it was written: stores create whole objects only. */
export class DamagedObject extends RecordError {
  constructor(key: string, bytes: number) {
    super("INVALID_FORMAT", key, `${key} is damaged: its ${bytes} bytes are not JSON; restore it from a copy`);
  }
}

/**
 * Parses a stored object with a version.
 *
 * @throws {DamagedObject} if it is not JSON
 * @throws {RecordError} `INVALID_FORMAT` if it has another version
 */
export function parseStored(bytes: Uint8Array, key: string, version: number): object {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new DamagedObject(key, bytes.byteLength);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RecordError("INVALID_FORMAT", key, `${key} must be an object in JSON, got ${describeValue(value)}`);
  const found = (value as { readonly version?: unknown }).version;
  if (found === version) return value;
  const remedy = typeof found === "number" && found > version ? "; update this program" : "";
  throw new RecordError(
    "INVALID_FORMAT",
    key,
    `${key} must have \`version\` ${version}, got ${describeValue(found)}${remedy}`,
  );
}
