import { accessSync, constants } from "node:fs";
import { basename, delimiter, extname, join } from "node:path";
import { RERUN_VERSION, RerunError } from "@rerun-ts/core";
import { statOf } from "../file/stat-of.ts";

/** The commands that install the matching version of the viewer, for messages. */
export const HOW_TO_INSTALL: string = `\`pip install rerun-sdk==${RERUN_VERSION}\` or \`cargo install --locked rerun-cli@${RERUN_VERSION}\``;

const DEFAULT_NAME = "rerun";
/** The environment variable with the path of the viewer's program. The launcher of the Python package uses it too. */
const VARIABLE = "RERUN_CLI_PATH";

/** The options that select the viewer's program. */
export interface ExecutableChoice {
  readonly executableName: string | undefined;
  readonly executablePath: string | undefined;
}

/**
 * Finds the viewer's program: `executablePath`, or else `executableName` in `PATH`, or else the path in
 * `RERUN_CLI_PATH`, or else `rerun` in `PATH`.
 *
 * @throws {RerunError} `NOT_FOUND` if the program does not exist. The message explains how to install it
 */
export function findExecutable({ executableName, executablePath }: ExecutableChoice): string {
  const { [VARIABLE]: pathInVariable, PATH: path = "" } = process.env;
  if (executablePath !== undefined) return requireFile(executablePath, "`executablePath`");
  if (executableName === undefined && pathInVariable !== undefined && pathInVariable !== "")
    return requireFile(pathInVariable, `the environment variable ${VARIABLE}`);
  const name = executableName ?? DEFAULT_NAME;
  if (name !== basename(name)) return requireFile(name, "`executableName`");
  const found = path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => fileNames(name).map((file) => join(folder, file)))
    .find(isExecutable);
  if (found !== undefined) return found;
  throw new RerunError(
    "NOT_FOUND",
    `cannot start Rerun: no program \`${name}\` in PATH; install it with ${HOW_TO_INSTALL}, ` +
      `or set \`executablePath\` or the environment variable ${VARIABLE} to its path. PATH is ${JSON.stringify(path)}`,
  );
}

/**
 * The environment for the program. It lacks the variable with the program's path. The launcher of the Python package
 * starts the program at that path, which may be the launcher itself, so it would start itself endlessly.
 */
export function environmentOf(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, [VARIABLE]: undefined, ...more };
}

function requireFile(path: string, source: string): string {
  if (isFile(path)) return path;
  throw new RerunError(
    "NOT_FOUND",
    `no Rerun program at ${path}, the value of ${source}; install it with ${HOW_TO_INSTALL}`,
  );
}

/** The file names of a program: on Windows its name lacks the extension. */
function fileNames(name: string): readonly string[] {
  return process.platform === "win32" && extname(name) === "" ? [`${name}.exe`] : [name];
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() === true;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}
