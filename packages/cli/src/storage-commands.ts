import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { CommandEntry } from "./command/command-table.ts";
import type { StoragePackage } from "./command/storage-package.ts";

/** The package for object storage, which users install beside this one. */
const PACKAGE = "@rerun-ts/storage";

/** The line that installs the package. */
export const INSTALL_STORAGE: string = `npm install ${PACKAGE}`;

/** The names of its commands. */
export const STORAGE_COMMANDS: readonly string[] = [
  "push",
  "share",
  "ingest",
  "compact",
  "parts check",
  "parts mend",
  "fleet status",
  "catalog keep",
];

/**
 * A command of the package, which is loaded when it is needed. It rejects with `UNSUPPORTED` if the package is missing.
 */
export function storageEntry(name: string): CommandEntry {
  const load = async (): Promise<CommandEntry> => {
    const command = (await loadStorage(`\`rerun-ts ${name}\``)).commands[name];
    if (command === undefined) throw missing(`\`rerun-ts ${name}\` of this version`);
    return command;
  };
  return {
    table: async () => (await load()).table(),
    run: async (values, context) => (await load()).run(values, context),
  };
}

/**
 * Loads the package.
 *
 * @param what what needs it, for the message
 * @throws {RerunError} `UNSUPPORTED` if the package is missing, or cannot be loaded
 */
export async function loadStorage(what: string): Promise<StoragePackage> {
  const path = findStorage();
  if (path === undefined) throw missing(what);
  try {
    return (await import(pathToFileURL(path).href)) as StoragePackage;
  } catch (error) {
    throw new RerunError("UNSUPPORTED", `${what} cannot load ${PACKAGE}: ${messageOf(error)}`, { cause: error });
  }
}

/** The path of the package beside this one, or else in the folder of the command: npx has a folder of its own. */
function findStorage(): string | undefined {
  for (const place of [() => import.meta.url, () => join(process.cwd(), "package.json")]) {
    try {
      return createRequire(place()).resolve(`${PACKAGE}/commands`);
    } catch {
      // It is not there, or the folder was deleted.
    }
  }
  return undefined;
}

function missing(what: string): RerunError {
  return new RerunError("UNSUPPORTED", `${what} needs the package: ${INSTALL_STORAGE}`);
}
