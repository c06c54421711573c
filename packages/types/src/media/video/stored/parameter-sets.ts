import { RerunError } from "@rerun-ts/core";
import { areEqual } from "./are-equal.ts";
import { MAX_UINT16 } from "./size-of-frames.ts";

/** The most sets of a type that `avcC` has. */
const MAX_SETS = 31;

/** The parameter sets of a video, which may not change. */
export class ParameterSets {
  /** The sets by their type and id. */
  readonly #sets = new Map<string, Uint8Array>();

  /** Adds a set. Returns whether it is new. @throws {RerunError} `UNSUPPORTED` if it replaces another one */
  add(type: string, id: number, unit: Uint8Array): boolean {
    const key = `${type} ${id}`;
    const known = this.#sets.get(key);
    if (known !== undefined && areEqual(known, unit)) return false;
    if (known !== undefined)
      throw new RerunError("UNSUPPORTED", `its parameter sets change (${key}), which an MP4 file cannot have`);
    if (unit.byteLength > MAX_UINT16 || this.of(type).length >= MAX_SETS)
      throw new RerunError("INVALID_FORMAT", `it has too many or too large parameter sets (${key})`);
    this.#sets.set(key, unit.slice());
    return true;
  }

  /** The sets of a type, in the order of their arrival. */
  of(type: string): Uint8Array[] {
    return [...this.#sets].flatMap(([key, unit]) => (key.startsWith(`${type} `) ? [unit] : []));
  }

  /** @throws {RerunError} `INVALID_FORMAT` if a type is missing */
  check(types: readonly string[]): void {
    const missing = types.filter((type) => this.of(type).length === 0);
    if (missing.length > 0)
      throw new RerunError("INVALID_FORMAT", `the key frame has no parameter sets (${missing.join(", ")})`);
  }
}
