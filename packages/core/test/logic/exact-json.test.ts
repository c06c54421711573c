import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExactJson, stringifyExactJson } from "../../src/viewer-control/exact-json.ts";

describe("the JSON of layouts", () => {
  it("keeps integers that a number cannot represent, and leaves strings alone", () => {
    const text =
      '{"start":1795337912386199951,"end":-9223372036854775808,"n":-0.5e3,"t":"at 1795337912386199951 \\" 1"}';
    const value = parseExactJson(text);
    expect(value).toEqual({
      start: 1795337912386199951n,
      end: -(2n ** 63n),
      n: -500,
      t: 'at 1795337912386199951 " 1',
    });
    expect(stringifyExactJson(value)).toBe(text.replace("-0.5e3", "-500"));
  });

  it("is that of the platform for all other values", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(stringifyExactJson(value)).toBe(text);
        expect(stringifyExactJson(parseExactJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it("may have long strings and numbers", () => {
    const data = "1234567890123456789A".repeat(500_000);
    expect(parseExactJson(JSON.stringify({ data, at: 1 }))).toEqual({ data, at: 1 });
    expect(parseExactJson(`{"at":${"9".repeat(5_000_000)}}`)).toEqual({ at: Infinity });
    expect(parseExactJson("[12345678901234567.5,0.12345678901234567,12345678901234567e2]")).toEqual([
      12345678901234568, 0.12345678901234567, 1234567890123456700,
    ]);
  });

  it("is not misled by strings that look like its marks", () => {
    const value = { a: "bigint:5", b: "bigint-:5", c: 2n ** 60n };
    expect(parseExactJson(stringifyExactJson(value))).toEqual(value);
  });
});
