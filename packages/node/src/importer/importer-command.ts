import { RerunError } from "@rerun-ts/core";

/** The arguments of `spawn` for a program. */
export interface SpawnedCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Whether Windows gets the arguments as they are, without quotes of Node. */
  readonly windowsVerbatimArguments: boolean;
}

/**
 * The command that runs a program. Scripts for the command interpreter of Windows (`.cmd`, `.bat`) are run by it, with
 * all arguments in quotes, so that it takes none of their characters for its own.
 *
 * @throws {RerunError} with the code `UNSUPPORTED` if the interpreter would change an argument even in quotes
 */
export function importerCommand(program: string, args: readonly string[]): SpawnedCommand {
  if (!/\.(?:cmd|bat)$/i.test(program)) return { file: program, args, windowsVerbatimArguments: false };
  const line = [program, ...args].map((text) => quoted(program, text)).join(" ");
  // /e:on keeps its usual features, /v:off keeps `!`, /d leaves out commands of the registry, and /s removes the outer
  // quotes alone.
  const flags = ["/e:on", "/v:off", "/d", "/s", "/c"];
  return {
    file: process.env["ComSpec"] ?? "cmd.exe",
    args: [...flags, `"${line}"`],
    windowsVerbatimArguments: true,
  };
}

function quoted(program: string, text: string): string {
  const unsafe = /["%\r\n\0]/.exec(text)?.[0];
  if (unsafe !== undefined)
    throw new RerunError(
      "UNSUPPORTED",
      `the importer ${program} cannot be run with the argument ${JSON.stringify(text)}: Windows cannot pass ${JSON.stringify(unsafe)} to a .cmd or .bat file; rename what has it, or make the importer an .exe file`,
    );
  // A program would read one backslash before the last quote as an escape.
  return `"${text.replace(/\\+$/, "$&$&")}"`;
}
