import { describe, expect, it } from "vitest";
import { contentFilter } from "@rerun-ts/core/encode";

const PATHS = ["/", "/a", "/a/b", "/a/b/c", "/ab", "/p\\ q", "/a\\*", "/__properties", "/__properties/x"];
const DATA = PATHS.slice(0, -2);

describe("the filter of entities", () => {
  it.for<{ contents: string | string[] | undefined; matches: string[] }>([
    { contents: undefined, matches: DATA },
    { contents: [], matches: [] },
    { contents: "/**", matches: DATA },
    { contents: "**", matches: DATA },
    { contents: "/a", matches: ["/a"] },
    { contents: "+/a", matches: ["/a"] },
    { contents: "a", matches: ["/a"] },
    { contents: "/", matches: ["/"] },
    { contents: "/a/**", matches: ["/a", "/a/b", "/a/b/c"] },
    { contents: ["/a/**", "-/a/b"], matches: ["/a", "/a/b/c"] },
    { contents: ["-/a/b", "/a/**"], matches: ["/a", "/a/b/c"] },
    { contents: ["/a/**", "-/a/b/**", "/a/b/c"], matches: ["/a", "/a/b/c"] },
    { contents: ["/a/**", "-/a"], matches: ["/a/b", "/a/b/c"] },
    { contents: ["-/a", "/a"], matches: ["/a"] },
    { contents: ["/a", "-/a"], matches: [] },
    { contents: ["-/a/**", "/a/**"], matches: ["/a", "/a/b", "/a/b/c"] },
    { contents: "/a /ab\n/a/b", matches: ["/a", "/a/b", "/ab"] },
    { contents: ["+ /a/**", "- /a/b"], matches: ["/a", "/a/b/c"] },
    { contents: "/a/**  -   /a/b\n+ /ab", matches: ["/a", "/a/b/c", "/ab"] },
    { contents: "- /a", matches: [] },
    { contents: "/p\\ q", matches: ["/p\\ q"] },
    { contents: "/a\\*", matches: ["/a\\*"] },
    { contents: "/__properties/**", matches: ["/__properties", "/__properties/x"] },
    { contents: "/__properties/x", matches: ["/__properties/x"] },
    { contents: ["/**", "/__properties"], matches: [...DATA, "/__properties", "/__properties/x"] },
    { contents: ["-/a"], matches: [] },
    { contents: " ", matches: [] },
    { contents: ["/a/b", "-/a/b/**"], matches: ["/a/b"] },
    { contents: ["-/a/b", "/a/b/**"], matches: ["/a/b/c"] },
    { contents: ["/a/b/**", "-/a/b"], matches: ["/a/b/c"] },
    { contents: ["/a/b/**", "-/a"], matches: ["/a/b", "/a/b/c"] },
  ])("$contents matches $matches", ({ contents, matches }) => {
    const filter = contentFilter(contents);
    expect(PATHS.filter(filter)).toEqual(matches);
    // The answers are kept.
    expect(PATHS.filter(filter)).toEqual(matches);
  });

  it.for(["/a/*", "/*/b", "*", "/a**", "/**/a", "-/a/*", "/a\\\\*"])("rejects a `*` as in %s", (contents) => {
    expect(() => contentFilter(contents)).toThrow("`contents` must have `*` only in `/**` at the end");
  });

  it.for([{ contents: 5 }, { contents: ["/a", 5] }, { contents: { 0: "/a" } }])("rejects $contents", ({ contents }) => {
    expect(() => contentFilter(contents as never)).toThrow("`contents` must be an expression, or an array of them");
  });
});
