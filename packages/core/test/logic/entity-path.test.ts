import { EntityPath, escapeEntityPathPart } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";

describe("escapeEntityPathPart", () => {
  it.each([
    ["a", "a"],
    ["å", "å"],
    ["a/b", "a\\/b"],
    ["a-b_c", "a-b_c"],
    ["x\\y", "x\\\\y"],
    ["nl\nx", "nl\\nx"],
    ["☮", "\\u{262E}"],
    ["\u0001", "\\u{0001}"],
    ["100%", "100\\%"],
    ["__properties", "__properties"],
    ["a\u00a0b", "a\\u{00A0}b"],
    ["²", "²"],
    ["", ""],
    ["a b", "a\\ b"],
    ["日本", "日本"],
    ["a.b", "a.b"],
    ["a:b", "a\\:b"],
    ["tab\there", "tab\\there"],
    ["cr\rx", "cr\\rx"],
    ["😀", "\\u{1F600}"],
    ["a'b\"c", "a\\'b\\\"c"],
    ["[#3]", "\\[\\#3\\]"],
    ["$x", "\\$x"],
    ["½", "½"],
    ["\u0301", "\\u{0301}"],
  ])("escapes %j as %j, which parses to the same part", (part, escaped) => {
    expect(escapeEntityPathPart(part)).toBe(escaped);
    if (part !== "") expect(EntityPath.parse(escaped).parts).toEqual([part]);
  });
});

describe("EntityPath", () => {
  it.each([
    ["a", "/a"],
    ["a/", "/a"],
    ["a b", "/a\\ b"],
    ["", "/"],
    ["a\\/b", "/a\\/b"],
    ["C:\\Users\\x.jpg", "/C\\:Usersx.jpg"],
    ["a\\nb", "/a\\nb"],
    ["a\\u{zz}", "/a\\\\u\\{zz\\}"],
    ["x\\", "/x\\\\"],
    ["__properties/foo", "/__properties/foo"],
    ["a[#3]", "/a\\[\\#3\\]"],
    ["😀", "/\\u{1F600}"],
    ["a\\x", "/ax"],
    ["½", "/½"],
    ["a\\\\b", "/a\\\\b"],
    ["/a", "/a"],
    ["//a//b/", "/a/b"],
    ["a\\ b", "/a\\ b"],
    ["/", "/"],
    ["a.b/c", "/a.b/c"],
    ["hallå/där!", "/hallå/där\\!"],
    ["a\\u{262E}", "/a\\u{262E}"],
    ["a\\u262E", "/a\\\\u262E"],
    ["C:\\users\\name", "/C\\:\\\\users\\\\name"],
    ["\\ua}b\\nc", "/\\\\ua\\}b\\nc"],
    ["x\\u\\u{61}", "/x\\\\u\\\\u\\{61\\}"],
    ["\\u{0000061}x", "/\\\\u\\{0000061\\}x"],
    ["a\tb", "/a\\tb"],
    ["/__reserved", "/__reserved"],
    ["a:b", "/a\\:b"],
    ["\\__x", "/__x"],
    ["e\u0301", "/e\\u{0301}"],
    ["$", "/\\$"],
    ["A/B/../c", "/A/B/../c"],
    ["a\\\\/b", "/a\\\\\\/b"], // a slash after a backslash never separates parts
  ])("parses %j as %j", (text, canonical) => {
    expect(EntityPath.parse(text).toString()).toBe(canonical);
    // The canonical string is well formed and names the same entity.
    expect(EntityPath.parse(canonical, { strict: true }).toString()).toBe(canonical);
  });

  it("is built from parts that are any strings or numbers", () => {
    expect(EntityPath.of("world", 42, "image!").toString()).toBe("/world/42/image\\!");
    expect(EntityPath.of("a/b", "c").toString()).toBe("/a\\/b/c");
    expect(EntityPath.of().toString()).toBe("/");
    expect(EntityPath.of("a\\", "b\\").toString()).toBe("/a\\u{005C}/b\\\\");
    expect(EntityPath.parse("/a\\u{005C}/b\\\\").parts).toEqual(["a\\", "b\\"]);
    expect(EntityPath.parse("a/b").join("c d").parent?.toString()).toBe("/a/b");
    expect(EntityPath.of().parent).toBeUndefined();
  });

  it("throws a TypeError if a part is empty or of another type, or a path is no string", () => {
    expect(() => EntityPath.of("a", "")).toThrow(/`parts` must be non-empty strings.*got ""/);
    expect(() => EntityPath.of("a", undefined as never)).toThrow(TypeError);
    expect(() => EntityPath.parse(7 as never)).toThrow(/`text` must be a string, got 7/);
  });

  it.each(["", "a//b", "a/", "a b", "a:b", "a\\x", "a\\", "a\\u{zz}", "a\\u{D800}"])(
    "throws a TypeError when it parses %j strictly",
    (text) => {
      expect(() => EntityPath.parse(text, { strict: true })).toThrow(TypeError);
    },
  );
});
