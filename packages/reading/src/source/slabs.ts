/**
 * Memory for many small pieces that are released together. A separate buffer for each would take more time than copying
 * it. Pieces larger than an eighth of a slab get separate memory.
 */
export function slabs(slabBytes: number): (length: number) => Uint8Array<ArrayBuffer> {
  let slab = new Uint8Array(0);
  return (length) => {
    if (length > slabBytes / 8) return new Uint8Array(length);
    if (length > slab.byteLength) slab = new Uint8Array(slabBytes);
    const piece = slab.subarray(0, length);
    slab = slab.subarray((length + 7) & ~7);
    return piece;
  };
}
