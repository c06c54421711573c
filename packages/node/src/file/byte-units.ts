import { invalidArgument } from "@rerun-ts/core/checks";

/** Units of amounts of memory and data, as Rerun's programs accept them. */
export const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const COUNT = /^(\d+(?:\.\d+)?) ?([kMGT]?i?B)$/;

/**
 * Parses a size: a number of bytes, or text such as `"64MB"`.
 * @throws {TypeError} that names the option, if the value is not a size
 */
export function parseByteCount(option: string, value: unknown): number {
  const [, digits = "", unit = ""] = typeof value === "string" ? (COUNT.exec(value) ?? []) : [];
  const factor = Object.hasOwn(BYTE_UNITS, unit) ? BYTE_UNITS[unit] : undefined;
  const bytes = factor === undefined ? value : Math.floor(Number(digits) * factor);
  if (typeof bytes === "number" && bytes > 0) return bytes;
  throw invalidArgument(option, 'a positive number of bytes, or a size such as "64MB"', value);
}

/** A number of bytes in a suitable decimal unit, e.g. `1.5 MB`. */
export function describeBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}
