/** Whether two views have the same bytes. Compares words where both are aligned. */
export function equalBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (a === b) return true;
  const { byteLength } = a;
  if (byteLength !== b.byteLength) return false;
  const words = ((a.byteOffset | b.byteOffset) & 3) === 0 ? byteLength >> 2 : 0;
  if (
    words > 0 &&
    !areEqual(new Int32Array(a.buffer, a.byteOffset, words), new Int32Array(b.buffer, b.byteOffset, words))
  )
    return false;
  const [start, length] = [words * 4, byteLength - words * 4];
  return (
    length === 0 ||
    areEqual(
      new Uint8Array(a.buffer, a.byteOffset + start, length),
      new Uint8Array(b.buffer, b.byteOffset + start, length),
    )
  );
}

function areEqual(a: Int32Array | Uint8Array, b: Int32Array | Uint8Array): boolean {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
