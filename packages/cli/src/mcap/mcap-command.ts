import { UsageError, helpOf, isArgumentError, unknownName } from "../command/arguments.ts";
import { print } from "../rrd/rrd-output.ts";

type Command = (args: string[]) => Promise<void>;

/** The commands by name. Each command is loaded only when it runs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  convert: async () => (await import("./convert-command.ts")).convert,
  export: async () => (await import("./export-command.ts")).exportFile,
  info: async () => (await import("./info-command.ts")).info,
  check: async () => (await import("./check-command.ts")).check,
};

/** Runs `rerun-ts mcap COMMAND …`. @throws {UsageError} if the command or a flag is wrong */
export async function mcap([name, ...args]: string[]): Promise<void> {
  if (name === undefined) return print(await helpOf("mcap"));
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const commands = Object.keys(COMMANDS);
  if (load === undefined) {
    const known = commands.map((one) => `mcap ${one}`);
    throw new UsageError(`${unknownName("command", `mcap ${name}`, known).message}; there are: ${commands.join(", ")}`);
  }
  const command = await load();
  try {
    await command(args);
  } catch (error) {
    if (isArgumentError(error)) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
