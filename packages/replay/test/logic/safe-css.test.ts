import { describe, expect, it } from "vitest";
import { safeCss, safeUrl } from "../../dist/play/safe-css.js";

const stored = (url: string): string | undefined => (url === "/logo.png" ? "blob:stored" : undefined);

describe("a replayed style sheet loads nothing", () => {
  it.for([
    ["a { background: url(https://evil.example/a) }", 'a { background: url("data:,") }'],
    ["a { background: url( 'https://evil.example/a' ) }", 'a { background: url("data:,") }'],
    ["a { background: URL(https://evil.example/a }", 'a { background: url("data:,")'],
    [`@import "https://evil.example/a.css"; a { color: red }`, " a { color: red }"],
    ["@IMPORT url(//evil.example/a.css);", ""],
    [`a { background: image-set("https://evil.example/a" 1x) }`, 'a { background: image-set("data:," 1x) }'],
    [`a { background: image-set("//evil.example/a" 1x) }`, 'a { background: image-set("data:," 1x) }'],
    [String.raw`a { background: u\72l(https://evil.example/a) }`, ""],
    [String.raw`@\69mport "https://evil.example/a.css";`, ""],
    ["a { background: url(/logo.png) }", 'a { background: url("blob:stored") }'],
    ["a { background: url(data:image/png;base64,AAAA) }", 'a { background: url("data:image/png;base64,AAAA") }'],
    ["a { background: url(data:text/html,x) }", 'a { background: url("data:,") }'],
    [String.raw`a::before { content: "\201C" }`, String.raw`a::before { content: "\201C" }`],
  ] as const)("%s", ([css, safe]) => {
    expect(safeCss(css, stored)).toBe(safe);
  });

  it("whatever its escapes", () => {
    expect(safeCss(String.raw`a { content: "\FFFFFFF" }`, stored)).toContain("content");
  });
});

it("an address in a replay is a place in it, inline, or stored", () => {
  expect(safeUrl("#top", stored)).toBe("#top");
  expect(safeUrl("/logo.png", stored)).toBe("blob:stored");
  expect(safeUrl("data:image/svg+xml,%3Csvg/%3E", stored)).toBe("data:image/svg+xml,%3Csvg/%3E");
  for (const url of ["https://evil.example", "//evil.example", "javascript:run()", "data:text/html,x", "#a(b)", ""])
    expect(safeUrl(url, stored)).toBe("data:,");
});
