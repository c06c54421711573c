/** The least size of memory that is used again. */
const MIN_SCRATCH = 512 * 1024;
/** The largest piece whose memory is used again. */
const MAX_SCRATCH = 8 * 1024 * 1024;

/** Memory for one piece at a time, unless it is very large: each is overwritten by the next. */
export function scratch(): (length: number) => Uint8Array<ArrayBuffer> {
  let memory = new Uint8Array(MIN_SCRATCH);
  return (length) => {
    if (length > MAX_SCRATCH) return new Uint8Array(length);
    if (memory.byteLength < length) memory = new Uint8Array(Math.min(2 * length, MAX_SCRATCH));
    return memory.subarray(0, length);
  };
}
