import { RerunError } from "@rerun-ts/core";

/** A stored object that should be JSON, and was damaged after it was written: stores create whole objects only. */
export class DamagedObject extends RerunError {
  constructor(key: string, bytes: number) {
    super("INVALID_FORMAT", `${key} is damaged: its ${bytes} bytes are no JSON; restore it from a copy`);
  }
}

/** Parses a stored object. @throws {DamagedObject} if it is no JSON */
export function parseStored(bytes: Uint8Array, key: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new DamagedObject(key, bytes.byteLength);
  }
}
