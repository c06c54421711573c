/** A hash of a text of ASCII characters, from 0 to 2 ** 32 - 1: on all machines, and in all versions. */
export function hashText(text: string): number {
  // FNV-1a, and then the last step of MurmurHash3, because the lowest bits decide.
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
