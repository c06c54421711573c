import type { BoundedText } from "./bounded-text.ts";
import { writeValue } from "./write-value.ts";

const SPECIFIER = /(%[sdifoOjc%])/;

/**
 * Writes the arguments of a call as a console shows them: specifiers in a leading string consume the arguments after
 * it. The rest follows, separated by spaces.
 */
export function writeArguments(args: readonly unknown[], text: BoundedText): void {
  const rest = [...args];
  if (typeof rest[0] === "string" && rest.length > 1) {
    writeFormatted(rest.shift() as string, rest, text);
    if (rest.length > 0) text.add(" ");
  }
  for (const [index, value] of rest.entries()) {
    if (index > 0) text.add(" ");
    writeValue(value, text);
  }
}

/** Writes a format string and removes the arguments of its specifiers from `rest`. */
function writeFormatted(format: string, rest: unknown[], text: BoundedText): void {
  for (const piece of format.split(SPECIFIER)) {
    if (piece === "%%") text.add("%");
    else if (rest.length === 0 || !SPECIFIER.test(piece)) text.add(piece);
    else writeConverted(piece, rest.shift(), text);
  }
}

function writeConverted(specifier: string, value: unknown, text: BoundedText): void {
  switch (specifier) {
    case "%c": // a style
      return;
    case "%s":
      return writeValue(hasOwnText(value) ? attempt(() => String(value), "[unreadable]") : value, text);
    case "%d":
      return writeValue(typeof value === "bigint" ? value : toNumber(value, Number), text);
    case "%i":
      return writeValue(typeof value === "bigint" ? value : toNumber(value, Number.parseInt), text);
    case "%f":
      return writeValue(toNumber(value, Number.parseFloat), text);
    default:
      return writeValue(value, text);
  }
}

/** Whether the value's class has its own `toString`, which `%s` uses. */
function hasOwnText(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Error) return false;
  const { toString, toJSON } = value as { toString?: unknown; toJSON?: unknown };
  return typeof toString === "function" && toString !== Object.prototype.toString && typeof toJSON !== "function";
}

function toNumber(value: unknown, convert: (text: string) => number): unknown {
  return attempt(() => convert(value as string), Number.NaN);
}

/** Runs a conversion, which may call code of the program and throws for symbols. */
function attempt(convert: () => unknown, otherwise: unknown): unknown {
  try {
    return convert();
  } catch {
    return otherwise;
  }
}
