import { accessSync, constants, statSync } from "node:fs";
import { basename, delimiter, extname, join } from "node:path";
import { RERUN_VERSION, RerunError } from "@rerun-ts/core";

/** How to get the viewer that goes with this SDK. */
export const HOW_TO_INSTALL: string = `\`pip install rerun-sdk==${RERUN_VERSION}\` or \`cargo install --locked rerun-cli@${RERUN_VERSION}\``;

const DEFAULT_NAME = "rerun";
/** Names the viewer's program, also to the launcher that comes with Python's package. */
const VARIABLE = "RERUN_CLI_PATH";

/** What users said about where the program is. */
export interface ExecutableChoice {
  readonly executableName: string | undefined;
  readonly executablePath: string | undefined;
}

/**
 * Where the viewer's program is: at `executablePath`, else called `executableName` in `PATH`, else where `RERUN_CLI_PATH`
 * says, else called `rerun` in `PATH`.
 *
 * @throws {RerunError} `FILE`, which says how to install it
 */
export function findExecutable({ executableName, executablePath }: ExecutableChoice): string {
  const { [VARIABLE]: told, PATH: path = "" } = process.env;
  if (executablePath !== undefined) return existing(executablePath, "`executablePath`");
  if (executableName === undefined && told !== undefined && told !== "")
    return existing(told, `the environment variable ${VARIABLE}`);
  const name = executableName ?? DEFAULT_NAME;
  if (name !== basename(name)) return existing(name, "`executableName`");
  const found = path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => fileNames(name).map((file) => join(folder, file)))
    .find(isExecutable);
  if (found !== undefined) return found;
  throw new RerunError(
    "FILE",
    `there is no program \`${name}\` in PATH, so no Rerun viewer can be started; install it with ${HOW_TO_INSTALL}, ` +
      `or name it with \`executablePath\` or the environment variable ${VARIABLE}. PATH is ${JSON.stringify(path)}`,
  );
}

/**
 * The environment for the program. Without the variable that names it: the launcher of Python's package would start what it
 * names, which may be that launcher, without end.
 */
export function environmentOf(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, [VARIABLE]: undefined, ...more };
}

function existing(path: string, source: string): string {
  if (isFile(path)) return path;
  throw new RerunError(
    "FILE",
    `there is no Rerun viewer at ${path}, which ${source} names; install it with ${HOW_TO_INSTALL}`,
  );
}

/** On Windows programs are called by their names without the end. */
function fileNames(name: string): readonly string[] {
  return process.platform === "win32" && extname(name) === "" ? [`${name}.exe`] : [name];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}
