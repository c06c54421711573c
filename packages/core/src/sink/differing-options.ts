import { kindOf } from "../checks/kind-of.ts";
import type { RecordingSink } from "./sink.ts";

/**
 * The names of the `given` options, apart from `url`, whose values differ from those `inUse`. Omitted options stay
 * unchanged.
 */
export function differingOptions(inUse: object, given: object): readonly string[] {
  return Object.entries(given).flatMap(([name, value]: [string, unknown]) => {
    if (name === "url" || value === undefined) return [];
    return isSame(value, inUse[name as keyof typeof inUse]) ? [] : [name];
  });
}

/** Whether two values are the same, or contain the same data. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a !== "function" && typeof b !== "function" && toText(a) === toText(b));
}

function toText(value: unknown): string | undefined {
  return JSON.stringify(kindOf(value) === "Headers" ? Object.fromEntries(value as Headers) : value);
}

/** The warning about options that a sink ignores because it stays in use. `undefined` if `options` is empty. */
export function describeIgnored({ kind, key }: RecordingSink, options: readonly string[]): string | undefined {
  if (options.length === 0) return undefined;
  const names = options.map((name) => `\`${name}\``).join(", ");
  const destination = key.slice(key.indexOf(":") + 1);
  return `the ${kind} sink for ${destination} is in use and stays as it is: other values of ${names} are ignored; call \`disconnect\` first to change them`;
}
