import { RerunError } from "@rerun-ts/core";
import { describeValue } from "@rerun-ts/core/checks";

/** A stored object that should be JSON, and was damaged after it was written: stores create whole objects only. */
export class DamagedObject extends RerunError {
  constructor(key: string, bytes: number) {
    super("INVALID_FORMAT", `${key} is damaged: its ${bytes} bytes are not JSON; restore it from a copy`);
  }
}

/**
 * Parses a stored object with a version.
 *
 * @throws {DamagedObject} if it is not JSON
 * @throws {RerunError} `INVALID_FORMAT` if it has another version
 */
export function parseStored(bytes: Uint8Array, key: string, version: number): object {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new DamagedObject(key, bytes.byteLength);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RerunError("INVALID_FORMAT", `${key} must be an object in JSON, got ${describeValue(value)}`);
  const found = (value as { readonly version?: unknown }).version;
  if (found === version) return value;
  const remedy = typeof found === "number" && found > version ? "; update this program" : "";
  throw new RerunError(
    "INVALID_FORMAT",
    `${key} must have \`version\` ${version}, got ${describeValue(found)}${remedy}`,
  );
}
