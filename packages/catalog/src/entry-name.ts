import { invalidArgument } from "@rerun-ts/core/checks";

/** The names that Rerun accepts. */
const NAME = /^[A-Za-z0-9_\-.: [\]]{1,180}$/;

/** Checks the name of an entry. @throws {TypeError} naming the allowed characters */
export function checkEntryName(name: unknown): void {
  if (typeof name === "string" && NAME.test(name)) return;
  throw invalidArgument("name", "1 to 180 ASCII letters, digits, spaces and characters of _-.:[]", name);
}
