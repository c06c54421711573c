/** Whether times never decrease. They are compared in halves: a bigint for each would take several times as long. */
export function areSorted(times: BigInt64Array): boolean {
  const low = new Uint32Array(times.buffer, times.byteOffset, times.length * 2);
  const high = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
  for (let at = 2; at < low.length; at += 2) {
    const [before, own] = [high[at - 1] as number, high[at + 1] as number];
    if (own < before || (own === before && (low[at] as number) < (low[at - 2] as number))) return false;
  }
  return true;
}
