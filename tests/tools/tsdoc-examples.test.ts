import { describe, expect, it } from "vitest";
import { examplesIn, programOf, undeclaredNames } from "../../tools/lib/tsdoc-examples.ts";

const SOURCE = `/**
 * A call.
 *
 * @example
 * const store = s3Store("s3://a");
 * rec.log("a", value);
 *
 * @throws {Error} sometimes
 */
export function call(): void {}
/** @example <rerun-viewer></rerun-viewer> */
`;

describe("the examples of doc blocks", () => {
  it("are found without the tags after them, and compiled with what they leave out", async () => {
    const [code = "", ...others] = examplesIn(SOURCE);
    expect(others).toEqual([]);
    expect(code).toBe('const store = s3Store("s3://a");\nrec.log("a", value);');
    const example = { name: "tsdoc-storage-a-1.ts", packageName: "storage", code };
    const errors =
      "tsdoc-storage-a-1.ts(3,1): error TS2304: Cannot find name 's3Store'.\n.cache/tsdoc-storage-a-1.ts(4,1): error TS2304: Cannot find name 'value'.\n";
    const names = undeclaredNames(errors).get(example.name);
    expect(names).toEqual(["s3Store", "value"]);
    const program = await programOf(example, names);
    expect(program).toContain('import { s3Store } from "@rerun-ts/storage";');
    expect(program).toContain("declare const value: any;");
    expect(program).toContain("declare const rec: rr.RecordingStream;");
  });
});
