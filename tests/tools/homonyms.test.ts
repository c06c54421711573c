import { expect, it } from "vitest";
import { findHomonyms } from "../../tools/lib/homonyms.ts";

it("a name that two files declare and export is found, but no name that a file exports for another file", () => {
  const files = [
    ["a.ts", "export class Segment {}\nexport function read(): void {}\nclass Hidden {}\n"],
    ["b.ts", "export interface Segment {}\nexport declare const read2: number;\nexport class Hidden {}\n"],
    ["c.ts", 'export { read, type Segment } from "./a.ts";\n'],
  ] as const;
  expect(findHomonyms(files)).toEqual([["Segment", ["a.ts", "b.ts"]]]);
});

it("overloads, and a type beside its constant, are one name", () => {
  const text =
    "export function f(a: string): void;\nexport function f(a: number): void;\nexport type A = 1;\nexport const A = 1;";
  expect(findHomonyms([["a.ts", text]])).toEqual([]);
});
