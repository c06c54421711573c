import { EntityPath, escapeEntityPathPart } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";

describe("parts of entity paths", () => {
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
  ])("%j is written %j", (part, escaped) => {
    expect(escapeEntityPathPart(part)).toBe(escaped);
    if (part !== "") expect(EntityPath.parse(escaped).parts).toEqual([part]);
  });
});

describe("entity paths", () => {
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
    ["a\tb", "/a\\tb"],
    ["/__reserved", "/__reserved"],
    ["a:b", "/a\\:b"],
    ["\\__x", "/__x"],
    ["e\u0301", "/e\\u{0301}"],
    ["$", "/\\$"],
    ["A/B/../c", "/A/B/../c"],
    ["a\\\\/b", "/a\\\\\\/b"], // a slash after a backslash never parts
  ])("%j is read as %j", (text, canonical) => {
    expect(EntityPath.parse(text).toString()).toBe(canonical);
    // The canonical text is well formed and means the same.
    expect(EntityPath.parse(canonical, { strict: true }).toString()).toBe(canonical);
  });

  it("are put together from parts with any text", () => {
    expect(EntityPath.of("world", 42, "image!").toString()).toBe("/world/42/image\\!");
    expect(EntityPath.of("a/b", "c").toString()).toBe("/a\\/b/c");
    expect(EntityPath.of().toString()).toBe("/");
    expect(EntityPath.of("a\\", "b\\").toString()).toBe("/a\\u{005C}/b\\\\");
    expect(EntityPath.parse("/a\\u{005C}/b\\\\").parts).toEqual(["a\\", "b\\"]);
    expect(EntityPath.parse("a/b").join("c d").parent?.toString()).toBe("/a/b");
    expect(EntityPath.of().parent).toBeUndefined();
  });

  it("are refused if a part is empty or no text", () => {
    expect(() => EntityPath.of("a", "")).toThrow(/`parts` must be strings that are not empty.*got ""/);
    expect(() => EntityPath.of("a", undefined as never)).toThrow(TypeError);
    expect(() => EntityPath.parse(7 as never)).toThrow(/`text` must be an entity path, got 7/);
  });

  it.each(["", "a//b", "a/", "a b", "a:b", "a\\x", "a\\", "a\\u{zz}", "a\\u{D800}"])(
    "strictly, %j is refused",
    (text) => {
      expect(() => EntityPath.parse(text, { strict: true })).toThrow(TypeError);
    },
  );
});
