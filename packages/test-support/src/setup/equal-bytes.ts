// A setup file of vitest: compares equal typed arrays by their bytes. Vitest compares them element by element, which
// takes seconds for large ones, and names the differences of the others.
import { expect } from "vitest";

expect.addEqualityTesters([areEqual]);

/** Whether two typed arrays have the same type and bytes. `undefined`: vitest compares the values. */
function areEqual(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return undefined;
  // Empty arrays may be those of transferred buffers.
  if (a.constructor !== b.constructor || a.byteLength !== b.byteLength || a.byteLength === 0) return undefined;
  const [one, other] = [a, b].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  ) as [Uint8Array, Uint8Array];
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return undefined;
  return true;
}
