import { UsageError, helpOf, isArgumentError, unknownName } from "../command/arguments.ts";
import { print } from "./rrd-output.ts";

type Command = (args: string[]) => Promise<void>;

/** The commands by name. Each command is loaded only when it runs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  print: async () => (await import("./print-command.ts")).printMessages,
  stats: async () => (await import("./stats-command.ts")).stats,
  verify: async () => (await import("./verify-command.ts")).verify,
  compare: async () => (await import("./compare-command.ts")).compare,
  query: async () => (await import("./query-command.ts")).query,
  blueprint: async () => (await import("./blueprint-command.ts")).printBlueprint,
  split: async () => (await import("./split-command.ts")).split,
  migrate: async () => (await import("./migrate-command.ts")).migrate,
  optimize: async () => (await import("./optimize-command.ts")).optimize,
  merge: async () => (await import("./merge-command.ts")).merge,
  repair: async () => (await import("./merge-command.ts")).repair,
  filter: async () => (await import("./filter-command.ts")).filter,
  route: async () => (await import("./route-command.ts")).route,
};

/** Runs `rerun-ts rrd COMMAND …`. @throws {UsageError} if the command or a flag is wrong */
export async function rrd([name, ...args]: string[]): Promise<void> {
  const load = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (name === undefined || name === "help") return print(await helpOf("rrd"));
  const commands = Object.keys(COMMANDS);
  if (load === undefined) {
    const { message } = unknownName(
      "command",
      `rrd ${name}`,
      commands.map((known) => `rrd ${known}`),
    );
    throw new UsageError(`${message}; there are: ${commands.join(", ")}`);
  }
  const command = await load();
  try {
    await command(args);
  } catch (error) {
    if (isArgumentError(error)) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
