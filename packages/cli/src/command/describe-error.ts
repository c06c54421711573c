import { messageOf } from "@rerun-ts/core/checks";
import type { Flags } from "./command-table.ts";
import { isUsageError } from "./usage-error.ts";

/**
 * The message of an error. If it is about an option of a function that the command calls, the message names the flag of
 * that option instead, and so for other options in it.
 */
export function describeError(flags: Flags, error: unknown): string {
  const message = messageOf(error);
  const argument = argumentOf(error);
  const [flag] = Object.entries(flags).find(([, { option }]) => argument !== undefined && option === argument) ?? [];
  if (flag === undefined) return message;
  if (!message.includes(`\`${argument}\``)) return `\`--${flag}\`: ${message}`;
  return Object.entries(flags).reduce(
    (text, [name, { option }]) => (option === undefined ? text : text.replaceAll(`\`${option}\``, `\`--${name}\``)),
    message,
  );
}

/** The argument at fault: a `RerunError` names it, and so do the `TypeError`s of this SDK. */
function argumentOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { argument } = ((isUsageError(error) ? error.cause : error) ?? {}) as { readonly argument?: string };
  return argument;
}
