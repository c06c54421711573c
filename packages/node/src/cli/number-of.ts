import { UsageError } from "./usage-error.ts";

/** The whole number that a flag was given, if it was given one. @throws {UsageError} */
export function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`\`${flag}\` must be a whole number, got ${JSON.stringify(text)}`);
}
