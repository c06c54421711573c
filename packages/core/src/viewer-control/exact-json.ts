/** A string or a number. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
/** An integer with more digits than are always exact. One with very many would take long to convert. */
const LONG_INTEGER = /^-?\d{16,400}$/;

/** Parses JSON. Integers beyond the exact range of numbers become bigints. @throws {SyntaxError} */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const mark = newMark(text);
  // A reviver gets the text of a number only from Node 21 on.
  const marked = text.replace(TOKEN, (token) =>
    LONG_INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** Writes JSON, with bigints as integers. */
export function stringifyExactJson(value: unknown): string {
  let hasBigint = false;
  const plain = JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one !== "bigint") return one;
    hasBigint = true;
    return String(one);
  });
  if (!hasBigint) return plain;
  const mark = newMark(plain);
  const marked = JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? mark + String(one) : one));
  return marked.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
}

/** A string that a text does not contain. */
function newMark(text: string): string {
  let mark = "bigint:";
  while (text.includes(mark)) mark = `${mark.slice(0, -1)}-:`;
  return mark;
}
