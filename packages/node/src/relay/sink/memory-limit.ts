import { totalmem } from "node:os";
import { invalidArgument } from "@rerun-ts/core/checks";
import { BYTE_UNITS } from "../../file/byte-units.ts";

const UNLIMITED: ReadonlySet<string> = new Set(["unlimited", "none", "max", "∞"]);
const AMOUNT = /^(\d[\d_]*(?:\.\d+)?) ?(%|[A-Za-z]+)$/;

/**
 * Parses an amount of memory as Rerun's programs do: `"1GiB"`, `"500MB"`, `"25%"` of the memory of the machine or the
 * container, `"unlimited"`, `"0"`. A number is bytes. Returns bytes, or `Infinity`.
 * @throws {TypeError} that names the option, if `limit` is not an amount of memory
 */
export function parseMemoryLimit(name: string, limit: string | number): number {
  if (typeof limit === "number" && limit >= 0) return limit;
  const bytes = typeof limit === "string" ? bytesOf(limit.trim()) : undefined;
  if (bytes !== undefined) return bytes;
  throw invalidArgument(name, 'an amount of memory such as "16GB" or "25%"', limit);
}

function bytesOf(text: string): number | undefined {
  if (text === "0") return 0;
  if (UNLIMITED.has(text)) return Infinity;
  const [, digits = "", unit = ""] = AMOUNT.exec(text) ?? [];
  const amount = Number(digits.replaceAll("_", ""));
  if (unit === "%") return amount <= 100 ? Math.floor((availableMemory() * amount) / 100) : undefined;
  const isWhole = unit !== "B" || !digits.includes(".");
  return Object.hasOwn(BYTE_UNITS, unit) && isWhole ? Math.floor(amount * (BYTE_UNITS[unit] as number)) : undefined;
}

/** The memory of the machine, or less if this process has a limit, as in a container. */
function availableMemory(): number {
  const limit = process.constrainedMemory();
  // Without a limit the result is 0 or undefined, or larger than any machine's memory.
  return limit === undefined || limit <= 0 ? totalmem() : Math.min(totalmem(), limit);
}
