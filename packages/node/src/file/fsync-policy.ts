import { invalidArgument } from "@rerun-ts/core/checks";

/**
 * The policy for synchronizing a file with its disk, against a loss of power. Unsynchronized data survives any end of
 * the process, because the operating system has it, but not a crash of the machine.
 *
 * - `"never"`: whenever the operating system does it, as the native SDKs do.
 * - `"interval"`: within a second of each write, in the background, and when the file is closed.
 * - `"every-ack"`: before anything is acknowledged: before `flush` settles, or before a client receives an
 *   acknowledgement.
 */
export type FsyncPolicy = "never" | "interval" | "every-ack";

const POLICIES: readonly FsyncPolicy[] = ["never", "interval", "every-ack"];

/** Checks a policy. Default `"never"`. @throws {TypeError} that names the option, if `value` is not a policy */
export function checkFsync(option: string, value: unknown): FsyncPolicy {
  if (value === undefined) return "never";
  if (POLICIES.includes(value as FsyncPolicy)) return value as FsyncPolicy;
  const names = POLICIES.map((name) => JSON.stringify(name)).join(", ");
  throw invalidArgument(option, `one of ${names}`, value);
}
