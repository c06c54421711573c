import { suggestName } from "@rerun-ts/core/checks";

/** Two exchanged letters. */
const MAX_SLIPS = 2;

/** The path that a user probably meant by a name that does not exist: without its folder, or with a typing error. */
export function suggestControl(name: string, paths: readonly string[]): string | undefined {
  return paths.find((path) => path.endsWith(`/${name}`)) ?? suggestName(name, paths, MAX_SLIPS);
}
