/** A number, a string, or anything else of a JSON text. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d+$/;

/** Parses JSON. Integers beyond the exact range of numbers become bigints. */
export function parseExactJson(text: string): unknown {
  const mark = newMark(text);
  const marked = text.replace(TOKEN, (token) =>
    INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** Writes JSON, with bigints as integers. */
export function stringifyExactJson(value: unknown): string {
  const plain = JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? String(one) : one));
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
