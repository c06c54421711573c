/**
 * Compares strings by code points, the order in which Rerun sorts names. `<` compares UTF-16 code units, by
 * which emoji and other characters above U+FFFF come before U+E000 to U+FFFF.
 */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const codeOfA = a.charCodeAt(index);
    const codeOfB = b.charCodeAt(index);
    if (codeOfA !== codeOfB) return rank(codeOfA) - rank(codeOfB);
  }
  return a.length - b.length;
}

/** Moves surrogates behind all other code units. */
function rank(code: number): number {
  return code >= 0xe000 ? code - 0x800 : code >= 0xd800 ? code + 0x2000 : code;
}
