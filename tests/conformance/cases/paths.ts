import * as rr from "@rerun-ts/node";

function logTo(rec: rr.RecordingStream, paths: readonly rr.types.EntityPathLike[]): void {
  // The text identifies the path where several paths become equal.
  for (const path of paths) rec.log(path, new rr.TextLog(String(path)));
}

export function texts(rec: rr.RecordingStream): void {
  const { raw } = String;
  logTo(rec, ["a", "/a", "a/", "//a//b/", "a b", raw`a\ b`, "", "/", raw`a\/b`, "a.b/c", raw`C:\Users\x.jpg`]);
  logTo(rec, ["hallå/där!", raw`a\nb`, raw`a\u{262E}`, raw`a\u{zz}`, raw`a\u262E`, "x\\", "a\tb", "a\nb", "a\rb"]);
  logTo(rec, ["__properties/foo", "/__reserved", "a[#3]", "a:b", "😀", raw`\__x`, raw`a\x`, "e\u0301", "½", "$"]);
  logTo(rec, [raw`a\\b`, "A/B/../c", "./a", "a-b_c", "日本/語", "☮", "a'b\"c", "100%", "\u00a0", "  ", "\\", "\\\\"]);
  logTo(rec, [
    raw`a\u{1F600}b`,
    raw`\u{0}`,
    raw`\u{110000}`,
    raw`\u{d800}`,
    raw`\u{0041}`,
    raw`\u{`,
    raw`\u{}`,
    "\u0001",
  ]);
  logTo(rec, [raw`a\\/b`, raw`a\\\/b`, raw`a\\\\/b`, raw`a\\/`, raw`\\/`, raw`a/\/b`]);
}

/** No part ends with a backslash, because Rerun would join it with the next one. */
export function parts(rec: rr.RecordingStream): void {
  logTo(rec, [["world", 42, "image!"], ["a/b", "c"], [], ["a b"], ["/"], [-1, 2n ** 64n], ["..", "."], ["\t", "\n"]]);
}

/** Blocks of Unicode that have letters, digits and symbols and are complete, so that all versions agree. */
const BLOCKS = [
  [0x0001, 0x024f],
  [0x0300, 0x036f],
  [0x0400, 0x04ff],
  [0x2000, 0x2064],
  [0x2150, 0x2188],
  [0x2460, 0x24ff],
  [0x3041, 0x3096],
  [0xff01, 0xff9f],
  [0x1f600, 0x1f64f],
] as const;

/** The escaping of all characters of these blocks. */
export function everyCharacter(rec: rr.RecordingStream): void {
  for (const [first, last] of BLOCKS)
    for (let start = first; start <= last; start += 32) {
      const points = Array.from({ length: Math.min(32, last - start + 1) }, (_, index) => start + index);
      rec.log([String.fromCodePoint(...points)], new rr.Scalars(start));
    }
}

export function manyEntities(rec: rr.RecordingStream): void {
  for (let index = 0; index < 100; index++) {
    rec.log(`world/robot ${index % 10}/joint ${index}`, new rr.Scalars(index));
  }
}
