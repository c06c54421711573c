import { RerunError } from "@rerun-ts/core";

/**
 * Loads a package that programs that only log do not need.
 *
 * @param name the package
 * @param user the option or kind of file that needs it, for messages
 * @throws {RerunError} `UNSUPPORTED` if the package is missing
 */
export async function loadPackage<Package>(name: string, user: string, load: () => Promise<Package>): Promise<Package> {
  try {
    return await load();
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", `${user} needs the package: npm install ${name}`, { cause });
  }
}
