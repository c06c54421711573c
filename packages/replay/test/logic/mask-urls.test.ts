import { describe, expect, it } from "vitest";
import { UrlMask } from "../../dist/record/mask-urls.js";

describe("an address without its secrets", () => {
  it.for([
    ["https://shop.example/cart", "https://shop.example/cart"],
    ["https://ann:secret@shop.example/cart", "https://shop.example/cart"],
    ["https://ann@mail.example:secret@shop.example/cart", "https://shop.example/cart"],
    ["https://secret@shop.example", "https://shop.example"],
    ["//ann:secret@shop.example/cart", "//shop.example/cart"],
    ["//secret@shop.example/cart", "//shop.example/cart"],
    ["https:/ann:secret@shop.example/cart", "https:/shop.example/cart"],
    ["https:ann:secret@shop.example/cart", "https:shop.example/cart"],
    ["https:\\\\ann:secret@shop.example\\cart", "https:\\\\shop.example\\cart"],
    ["postgres://ann:secret@db.example/cart", "postgres://db.example/cart"],
    ["https://shop.example/@ann/cart", "https://shop.example/@ann/cart"],
    ["mailto:ann@mail.example", "mailto:ann@mail.example"],
    ["javascript:secret()", ""],
    ["blob:https://shop.example/secret", ""],
    ["data:text/html,secret", "data:,"],
    ["data:image/png;base64,AAAA", "data:image/png;base64,AAAA"],
    ["#cart", "#cart"],
    [" /cart ", "/cart"],
  ] as const)("%s", ([url, masked]) => {
    expect(new UrlMask(false).url(url)).toBe(masked);
  });

  it("has a number in place of each query string", () => {
    const mask = new UrlMask(false);
    expect(mask.url("/a?token=secret")).toBe("/a?masked=1");
    expect(mask.url("/b?token=other#secret")).toBe("/b?masked=2");
    expect(mask.url("https://ann:secret@shop.example?token=secret")).toBe("https://shop.example?masked=1");
    expect(mask.url("/a#token=secret")).toBe("/a?masked=3");
    expect(mask.url("/a?")).toBe("/a");
  });

  it("keeps query strings on request, and users never", () => {
    expect(new UrlMask(true).url("//ann:secret@shop.example/a?page=2#top")).toBe("//shop.example/a?page=2#top");
  });
});

it("a style sheet has each address masked once, and tells which images it uses", () => {
  const mask = new UrlMask(false);
  const image = "//ann:secret@cdn.example/a.png?key=secret";
  const used: string[] = [];
  const css = `@import "https://ann:secret@cdn.example/a.css"; @import 'b.css?key=secret'; a { background: url( '${image}' ) }`;
  expect(mask.css(css, (url) => used.push(url))).toBe(
    `@import "https://cdn.example/a.css"; @import 'b.css?masked=1'; a { background: url("//cdn.example/a.png?masked=1") }`,
  );
  expect(used).toEqual([image]);
  expect(mask.url(image)).toBe("//cdn.example/a.png?masked=1");
  expect(mask.css(`a::before { content: "ann@mail.example" }`)).toBe(`a::before { content: "ann@mail.example" }`);
  expect(new UrlMask(true).css(`@import "//ann:secret@cdn.example/a.css?v=2"`)).toBe(
    `@import "//cdn.example/a.css?v=2"`,
  );
});

it("a text has the query strings within it masked", () => {
  const mask = new UrlMask(false);
  expect(mask.text("see https://shop.example/?token=secret&user=secret now")).toBe(
    "see https://shop.example/?masked now",
  );
  expect(mask.text("1 + 1 = 2")).toBe("1 + 1 = 2");
});
