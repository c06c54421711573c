/**
 * The beginning of the string that a long integer becomes before `JSON.parse`, which would round it: Node 20 does not
 * give a reviver the text of a number. A message that has such a string itself deceives nobody else.
 */
const MARK = "\uE000integer of rerun-ts\uE000";

/** A string, or an integer that a number may be too coarse for. */
const STRING_OR_LONG_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
const MARKED_INTEGER = new RegExp(`"${MARK}(-?\\d+)"`, "g");

/** Parses JSON. Integers beyond 2^53 become bigints. @throws {SyntaxError} */
export function parseExactly(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const marked = text.replaceAll(STRING_OR_LONG_INTEGER, (found) =>
    found.startsWith('"') || Number.isSafeInteger(Number(found)) ? found : `"${MARK}${found}"`,
  );
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  );
}

/** The JSON text of a value with bigints. */
export function exactJson(value: unknown): string {
  const mark = (_: string, each: unknown): unknown => (typeof each === "bigint" ? MARK + String(each) : each);
  return JSON.stringify(value, mark).replaceAll(MARKED_INTEGER, "$1");
}
