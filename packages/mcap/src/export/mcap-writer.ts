import { RerunError } from "@rerun-ts/core";
import type * as mcap from "@mcap/core";

/** Collects written pieces. */
export class Output implements mcap.IWritable {
  #parts: Uint8Array[] = [];
  #size = 0n;

  write(buffer: Uint8Array): Promise<void> {
    // A copy, because the writer reuses its memory.
    this.#parts.push(buffer.slice());
    this.#size += BigInt(buffer.byteLength);
    return Promise.resolve();
  }

  position(): bigint {
    return this.#size;
  }

  /** The bytes that were written since the last call. */
  take(): Uint8Array[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }
}

/** Loads the package that writes MCAP files. @throws {RerunError} `UNSUPPORTED` if the package is missing */
export async function loadWriter(): Promise<typeof mcap> {
  try {
    return await import("@mcap/core");
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", "writing MCAP files needs the package: npm install @mcap/core", { cause });
  }
}
