// Tests use this module before the packages are built, so it imports none of them.

/** The position of the first section of a WebAssembly module, after its version. */
const SECTIONS = 8;
const CUSTOM = 0;
const LENGTH_BITS = 7;

/**
 * A WebAssembly module without the names of its functions, which debuggers show: a third of the viewer, which every
 * page would load.
 */
export function stripNames(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept = [module.subarray(0, SECTIONS)];
  for (let at = SECTIONS; at < module.length;) {
    const [size, start] = readLength(module, at + 1);
    const end = start + size;
    if (module[at] !== CUSTOM || nameOf(module, start) !== "name") kept.push(module.subarray(at, end));
    at = end;
  }
  return new Uint8Array(Buffer.concat(kept));
}

function nameOf(module: Uint8Array, at: number): string {
  const [size, start] = readLength(module, at);
  return new TextDecoder().decode(module.subarray(start, start + size));
}

/** Reads a number in the encoding LEB128. Returns also where it ends. */
function readLength(bytes: Uint8Array, from: number): [value: number, end: number] {
  let value = 0;
  for (let at = from, shift = 0; ; at++, shift += LENGTH_BITS) {
    const byte = bytes[at] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at + 1];
  }
}
