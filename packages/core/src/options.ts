import { describeValue } from "./describe-value.ts";

/** Checks an option that is a size or a duration. @throws {TypeError} that names it. */
export function notNegative(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new TypeError(`\`${name}\` must be a number that is not negative, got ${describeValue(value)}`);
}

/** What users should be told about options that `known` does not have; each of `Options` must stand in it. */
export function describeUnknown<Options extends object>(
  owner: string,
  options: Options | undefined,
  known: Readonly<Record<keyof Options, 1>>,
): string | undefined {
  const names = Object.keys(options ?? {}).filter((name) => !Object.hasOwn(known, name));
  if (names.length === 0) return undefined;
  return `${owner} has the options ${Object.keys(known).join(", ")}; ignored: ${names.join(", ")}`;
}
