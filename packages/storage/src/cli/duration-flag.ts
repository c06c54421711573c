import type { CommandContext } from "rerun-ts/command";

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** The value of a flag that is a duration, in milliseconds. `undefined` if the flag is absent. @throws {UsageError} */
export function durationOf(flag: string, text: string | undefined, { usageError }: CommandContext): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * (UNITS[unit] ?? 0);
  throw usageError(`\`${flag}\` must be a duration such as 90m, 36h or 7d, got ${JSON.stringify(text)}`);
}
