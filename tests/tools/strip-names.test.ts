import { expect, it } from "vitest";
import { stripNames } from "../../packages/node/src/web-viewer/strip-names.ts";

const custom = (name: string, bytes: readonly number[]): number[] => {
  const content = [name.length, ...Buffer.from(name), ...bytes];
  return [0, (content.length & 0x7f) | 0x80, content.length >> 7, ...content];
};

it("a module loses its names, and nothing else", () => {
  const start = [...Buffer.from("\0asm"), 1, 0, 0, 0];
  // A function without parameters and results, exported as `f`.
  const code = [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10, 4, 1, 2, 0, 0x0b];
  const producers = custom("producers", [0]);
  const names = custom("name", [0, 200, 1, ...Array.from({ length: 200 }, () => 0)]);
  const stripped = stripNames(Uint8Array.from([...start, ...producers, ...code, ...names]));
  expect([...stripped]).toEqual([...start, ...producers, ...code]);
  const module = new WebAssembly.Module(stripped);
  expect(WebAssembly.Module.exports(module)).toEqual([{ name: "f", kind: "function" }]);
});
