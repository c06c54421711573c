import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import * as rr from "@rerun-ts/node";
import { serveOwnPages, type PageServer } from "./serve.ts";

let pages: PageServer;
test.beforeAll(async () => {
  pages = await serveOwnPages(["tests/e2e/pages/replay-player.html"]);
});
test.afterAll(() => pages.close());

interface Node {
  type: number;
  id: number;
  [name: string]: unknown;
}

let lastId = 10;
const element = (
  tagName: string,
  attributes: object = {},
  childNodes: readonly Node[] = [],
  more: object = {},
): Node => ({
  type: 2,
  id: ++lastId,
  tagName,
  attributes,
  childNodes,
  ...more,
});
const text = (textContent: string): Node => ({ type: 3, id: ++lastId, textContent });

/** Elements that would run a script or load something. `run` is a script, and each URL has its own path. */
function hostileNodes(url: (name: string) => string, run: string): Node[] {
  const js = `javascript:${run}`;
  const svg = { isSVG: true };
  return [
    element("script", {}, [text(run)]),
    element("script", { src: url("script") }),
    element("img", { src: url("img"), onerror: run, onload: run }),
    element("img", { srcset: `${url("srcset")} 1x`, rr_dataURL: url("dataurl") }),
    element("img", { src: "x.png", ONERROR: run }),
    element("iframe", { src: url("iframe") }),
    element("iframe", { src: js }),
    element("iframe", { srcdoc: `<script>${run}</script><img src=${url("srcdoc")}>`, sandbox: "allow-scripts" }),
    element("link", { rel: "stylesheet", href: url("link") }),
    element("link", { rel: "preload", as: "image", href: url("preload") }),
    element("link", { rel: "prefetch", href: url("prefetch") }),
    element("link", { rel: "icon", href: url("icon") }),
    ...["dns-prefetch", "preconnect", "prerender", "manifest", "apple-touch-icon"].map((rel) =>
      element("link", { rel, REL: rel, href: url(rel) }),
    ),
    element("link", { rel: "modulepreload", href: url("modulepreload") }),
    element("link", { rel: "preload", as: "image", imagesrcset: `${url("imagesrcset")} 1x`, imagesizes: "1px" }),
    element("link", {
      href: url("csslink"),
      rel: "stylesheet",
      _cssText: `@import "${url("csslinked")}"; p { top: 0 }`,
    }),
    element("SCRIPT", { type: "importmap" }, [text(`{"imports":{"a":"${url("importmap")}"}}`)]),
    element("script", { type: "speculationrules" }, [
      text(`{"prefetch":[{"urls":["${url("speculated")}"],"eagerness":"immediate"}]}`),
    ]),
    element("picture", {}, [
      element("source", { srcset: `${url("picture")} 1x` }),
      element("img", { srcset: `${url("srcset2")} 2x`, sizes: "1px", alt: "" }),
    ]),
    element("iframe", { name: "inner", src: "about:blank" }),
    element("a", { href: url("link"), target: "_blank", download: "x" }, [text("link")]),
    element("area", { href: url("area"), target: "inner" }),
    element("form", { action: url("form"), method: "post", target: "_top" }, [
      element("input", { type: "submit", formaction: url("submit"), formtarget: "_top" }),
      element("button", { formaction: js }),
    ]),
    element("form", { action: url("form2"), target: "inner" }, [element("input", { name: "a", value: "b" })]),
    element("embed", { src: js, type: "text/html" }),
    element("object", { data: js, codebase: url("codebase"), classid: url("classid") }, [
      element("param", { name: "movie", value: url("param") }),
    ]),
    element("meta", { "http-equiv": "Content-Security-Policy", content: "default-src *" }),
    element("meta", { "http-equiv": "x-dns-prefetch-control", content: "on" }),
    element("style", {}, [
      text(
        `@import/**/"${url("import3")}"; @im\\70ort "${url("import4")}"; q { cursor: url(${url("cursor")}), auto; ` +
          `list-style: url(${url("list")}); content: url(${url("content")}); mask: url(${url("mask")}#m); ` +
          `background: url( /**/ ${url("comment")}); background: image-set("/relative-set" 1x); shape-outside: url(${url("shape")}) }`,
      ),
    ]),
    element("style", {}, [text(`@font-face { font-family: g; src: url(/relative-font) } q { font: 9px g }`)]),
    element("q", { style: `--y: url(${url("own")}); background: var(--y)` }, [text("quoted")]),
    element("style", {
      _cssText: `@import url(${url("import")}); @import "${url("import2")}"; body { background: url(${url("css")}) }`,
    }),
    element("style", {}, [
      text(`b{background:u\\72l(${url("escape")})} i{background:image-set("${url("imageset")}" 1x)}`),
    ]),
    element("style", {}, [text("p { background: u"), text(`rl(${url("split")}) }`)]),
    element("style", {}, [
      text(
        `@font-face { font-family: f; src: url(${url("font")}) } * { font-family: f; --x: url(${url("var")}); border-image: var(--x) }`,
      ),
    ]),
    element("p", { style: `background: url('${url("style")}')` }, [text("shown")]),
    element("meta", { "http-equiv": "refresh", content: `0; url=${url("refresh")}` }),
    element("meta", { "HTTP-EQUIV": "refresh", content: `0; url=${url("refresh2")}` }),
    element("base", { href: url("base/"), target: "_top" }),
    element("object", { data: url("object"), type: "text/html" }),
    element("embed", { src: url("embed") }),
    element("video", { src: url("video"), poster: url("poster"), autoplay: true, rr_mediaState: "played" }),
    element("audio", {}, [element("source", { src: url("source") })]),
    element("video", {}, [element("track", { src: url("track"), default: true })]),
    element("input", { type: "image", src: url("input"), autofocus: true, onfocus: run }),
    element("body", { background: url("background"), onload: run }),
    element("table", { background: url("table") }),
    element("a", { href: js, ping: url("ping") }, [text("link")]),
    element("form", { action: js }, [element("button", { formaction: js })]),
    element("details", { open: true, ontoggle: run }),
    element("frameset", {}, [element("frame", { src: url("frame") })]),
    element("portal", { src: url("portal") }),
    element(
      "svg",
      { onload: run },
      [
        element("image", { href: url("svgimage"), "xlink:href": url("svgxlink") }, [], svg),
        element("use", { href: url("use#x") }, [], svg),
        element("feImage", { href: url("feimage") }, [], svg),
        element("script", { href: url("svgscript") }, [text(run)], svg),
        element("image", {}, [element("set", { attributeName: "href", to: url("set") }, [], svg)], svg),
        element(
          "image",
          {},
          [element("animate", { attributeName: "href", values: url("animate"), dur: "1s" }, [], svg)],
          svg,
        ),
        element(
          "rect",
          { fill: `url(${url("fill")})`, filter: `url(${url("filter")}#f)`, width: 9, height: 9 },
          [],
          svg,
        ),
        element("style", {}, [text(`rect { fill: url(${url("svgstyle")}) }`)], svg),
        ...["animate", "ANIMATE", "set", "animateMotion"].map((tag) =>
          element(
            "a",
            { href: "#a" },
            [
              element(
                tag,
                { attributeName: "href", to: js, values: `${js};${js}`, begin: "0s", dur: "1ms", fill: "freeze" },
                [],
                svg,
              ),
              element("text", {}, [text("svg link")], svg),
            ],
            svg,
          ),
        ),
        element("a", { "xlink:href": js, href: js, target: "_top" }, [element("text", {}, [text("link")], svg)], svg),
        element("pattern", { href: url("pattern"), "xlink:href": url("xpattern") }, [], svg),
        element(
          "image",
          { href: `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${run}'/>` },
          [],
          svg,
        ),
        element("foreignObject", {}, [element("iframe", { src: url("foreign") })], svg),
      ],
      svg,
    ),
    element("x-shadow", {}, [element("img", { src: url("shadow") }, [], { isShadow: true })], {
      isShadowHost: true,
      isCustom: true,
    }),
  ];
}

test("a hostile recording runs no script and loads nothing", async ({ page }) => {
  const asked: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("access-control-allow-origin", "*").end("");
  });
  // Also of what only prepares requests.
  server.on("connection", () => void connections++);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = (name: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
  const run = `top.ran=1;parent.ran=1;window.ran=1;fetch('${url("ran")}')`;

  const start = Date.now();
  const body = element("body", {}, hostileNodes(url, run));
  const html = element("html", { manifest: url("manifest") }, [element("head", {}, hostileNodes(url, run)), body]);
  const root = { type: 0, id: 1, childNodes: [html] };
  const rec = new rr.RecordingStream("hostile");
  const bytes = rec.memoryRecording();
  const write = (path: string, event: unknown, ms: number): void => {
    const json = typeof event === "string" ? event : JSON.stringify(event);
    const columns = rr.DynamicArchetype.columns("PageReplay", { event: [json] });
    rec.sendColumns(path, rr.TimeColumn.timestamp("log_time", [new Date(ms)]), columns);
  };
  write("page/snapshots", { type: 2, timestamp: start, data: { node: root, initialOffset: {} } }, start);
  write("page/meta", { type: 4, timestamp: start, data: { href: url("meta"), width: 800, height: 600 } }, start);
  const incremental = (data: object): object => ({ type: 3, timestamp: start + 10, data });
  const adds = hostileNodes((name) => url(`late-${name}`), run).map((node) => ({
    parentId: body.id,
    nextId: null,
    node,
  }));
  const style = element("style", {}, [text("p { color: red }")]);
  const image = element("img", { src: "" });
  const frame = element("iframe");
  const events: unknown[] = [
    "no JSON",
    "null",
    "[[[[",
    '{"type":3}',
    '{"type":"3","data":7}',
    { type: 99, data: null },
    incremental({ source: 0 }),
    incremental({ source: 0, adds: "x", removes: [null, 3], texts: {}, attributes: [[]] }),
    incremental({ source: 0, adds }),
    incremental({ source: 0, adds: [style, image, frame].map((node) => ({ parentId: body.id, nextId: null, node })) }),
    incremental({
      source: 0,
      adds: [
        {
          parentId: frame.id,
          nextId: null,
          node: {
            type: 0,
            id: ++lastId,
            childNodes: [
              element("html", {}, [
                element(
                  "body",
                  {},
                  hostileNodes((name) => url(`framed-${name}`), run),
                ),
              ]),
            ],
          },
        },
      ],
      isAttachIframe: true,
    }),
    incremental({
      source: 0,
      attributes: [
        {
          id: image.id,
          attributes: {
            src: url("changed"),
            onerror: run,
            style: { background: `url(${url("styles")})` },
            srcset: url("changedset"),
          },
        },
      ],
    }),
    incremental({
      source: 0,
      attributes: [
        {
          id: style.id,
          attributes: { _cssText: `@import "${url("csstext")}"; b { background: url(${url("csstext2")}) }` },
        },
      ],
    }),
    incremental({
      source: 0,
      texts: [{ id: (style["childNodes"] as Node[])[0]?.id, value: `p { background: url(${url("text")}) }` }],
    }),
    incremental({
      source: 8,
      id: style.id,
      adds: [{ rule: `p { background: url(${url("rule")}) }`, index: 0 }],
      replace: `@import "${url("replace")}"`,
    }),
    incremental({
      source: 13,
      id: style.id,
      index: [0],
      set: { property: "background", value: `url(${url("declared")})` },
    }),
    incremental({
      source: 15,
      id: 1,
      styles: [{ styleId: 1, rules: [{ rule: `p { background: url(${url("adopted")}) }` }] }],
      styleIds: [1],
    }),
    incremental({ source: 9, id: 1, commands: [{ property: "drawImage", args: [url("canvas")] }] }),
    incremental({ source: 10, family: "f", fontSource: `url(${url("fontsource")})` }),
    incremental({
      source: 0,
      adds: [
        { parentId: image.id, nextId: null, node: image },
        { parentId: body.id, nextId: 12345678, node: element("p") },
      ],
    }),
    incremental({ source: 5, id: body.id, text: 7, isChecked: "x" }),
    incremental({ source: 3, id: body.id, x: "x", y: {} }),
    incremental({ source: 4, width: 1e300, height: -1 }),
    incremental({
      source: 0,
      adds: [{ parentId: body.id, nextId: null, node: element("p", { id: "end" }, [text("the end")]) }],
    }),
  ];
  for (const [index, event] of events.entries()) write("page", event, start + 20 + index);
  const deep = `{"type":3,"data":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
  write("page", deep, start + 15);
  // Rows of other types are read as nothing.
  rec.log(
    "page/assets/0",
    new rr.DynamicArchetype("PageAsset", { url: url("img"), media_type: "text/html", bytes: 7 }),
    {
      static: true,
    },
  );
  const rrd = Buffer.from(bytes.drainAsBytes()).toString("base64");

  const problems: string[] = [];
  page.on("pageerror", (error) => void problems.push(String(error)));
  const requests: string[] = [];
  await page.goto(`${pages.url}tests/e2e/pages/replay-player.html`);
  page.on("request", (request) => void requests.push(request.url()));
  const shown = await page.evaluate(
    async ({ rrd: given, end }) => {
      const replay = document.querySelector("rerun-replay") as unknown as HTMLElement & {
        source: unknown;
        page: Document;
        setTime(time: bigint): Promise<void>;
      };
      const ready = new Promise((resolve, reject) => {
        replay.addEventListener("ready", resolve);
        replay.addEventListener("failure", (event) => reject((event as CustomEvent<unknown>).detail));
      });
      replay.source = Uint8Array.from(atob(given), (character) => character.charCodeAt(0));
      await ready;
      await replay.setTime(BigInt(end) * 1_000_000n);
      // No click and no form leads anywhere, even if a program clicks and submits.
      for (const link of replay.page.querySelectorAll<HTMLElement>("a, area, button, input"))
        link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      for (const form of replay.page.querySelectorAll("form")) form.submit();
      await new Promise((resolve) => setTimeout(resolve, 2000));
      // Addresses do not even reach the frame, whose policy would stop them.
      const documents = [replay.page, ...[...replay.page.querySelectorAll("iframe")].map((one) => one.contentDocument)];
      const sheets = documents.flatMap((one) => [...(one?.styleSheets ?? []), ...(one?.adoptedStyleSheets ?? [])]);
      const css = sheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("\n");
      return { css, text: replay.page.body.textContent, ran: "ran" in globalThis, policies: replay.page.location.href };
    },
    { rrd, end: start + 5000 },
  );
  expect(shown.text).toContain("shown");
  expect(shown.text).toContain("the end");
  expect(shown.ran).toBe(false);
  expect(shown.css).toContain("data:,");
  expect(shown.css).not.toMatch(/http:|relative-/);
  expect(asked).toEqual([]);
  expect(connections).toBe(0);
  expect(page.url()).toBe(`${pages.url}tests/e2e/pages/replay-player.html`);
  expect(page.context().pages()).toHaveLength(1);
  expect(requests.filter((one) => !/^(?:blob|data|about):/.test(one))).toEqual([]);
  expect(problems).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
});

/** Properties of nodes and documents that fields of a form and images can hide by their names. */
const HIDDEN =
  "nodeType nodeName localName parentNode childNodes firstChild ownerDocument textContent style shadowRoot attachShadow setAttribute removeAttribute insertBefore removeChild appendChild remove scrollTo sheet tagName attributes id title";
const HIDDEN_OF_DOCUMENT =
  "createElement createElementNS createTextNode createComment implementation replaceChildren documentElement defaultView adoptedStyleSheets body open write close nodeType nodeName childNodes insertBefore querySelectorAll";

test("names of fields and images that hide properties of forms and documents do not change a replay", async ({
  page,
}) => {
  const start = Date.now();
  const fields = HIDDEN.split(" ").map((name) => element("input", { name }));
  const names = HIDDEN_OF_DOCUMENT.split(" ");
  const images = names.map((name) => element("img", { name, id: name, src: "" }));
  const forms = names.map((name) => element("form", { name }));
  const frames = names.map((name) => element("iframe", { name }));
  const form = element("form", { class: "before" }, fields);
  const gone = element(
    "form",
    {},
    HIDDEN.split(" ").map((name) => element("input", { id: name })),
  );
  const body = element("body", {}, [form, gone, ...images, ...forms, ...frames]);
  const root = { type: 0, id: 1, childNodes: [element("html", {}, [element("head"), body])] };
  const rec = new rr.RecordingStream("names");
  const bytes = rec.memoryRecording();
  const write = (path: string, event: unknown, ms: number): void => {
    const columns = rr.DynamicArchetype.columns("PageReplay", { event: [JSON.stringify(event)] });
    rec.sendColumns(path, rr.TimeColumn.timestamp("log_time", [new Date(ms)]), columns);
  };
  for (const [index, ms] of [0, 3000].entries()) {
    const timestamp = start + ms;
    write("page/snapshots", { type: 2, timestamp, data: { node: root, initialOffset: {} } }, timestamp);
    write(
      "page/meta",
      { type: 4, timestamp, data: { href: `http://a.test/${index}`, width: 800, height: 600 } },
      timestamp,
    );
  }
  const late = (): Node => element("p", { class: "late" }, [text("late")]);
  const changes: object[] = [
    { source: 0, attributes: [{ id: form.id, attributes: { style: { color: "red" }, class: "after" } }] },
    { source: 0, adds: [{ parentId: form.id, nextId: fields[0]?.id, node: late() }] },
    { source: 0, removes: [{ parentId: body.id, id: gone.id }] },
    { source: 15, id: 1, styles: [{ styleId: 1, rules: [{ rule: ".late { color: rgb(1, 2, 3) }" }] }], styleIds: [1] },
    { source: 3, id: form.id, x: 0, y: 1 },
    { source: 0, adds: [{ parentId: body.id, nextId: null, node: late() }] },
  ];
  for (const [index, data] of changes.entries())
    write("page", { type: 3, timestamp: start + 3600 + index, data }, start + 3600 + index);
  const rrd = Buffer.from(bytes.drainAsBytes()).toString("base64");
  const problems: string[] = [];
  page.on("pageerror", (error) => void problems.push(String(error)));
  await page.goto(`${pages.url}tests/e2e/pages/replay-player.html`);
  const shown = await page.evaluate(
    async ({ rrd: given, times }) => {
      const replay = document.querySelector("rerun-replay") as unknown as HTMLElement & {
        source: unknown;
        page: Document;
        setTime(time: bigint): Promise<void>;
      };
      const ready = new Promise((resolve, reject) => {
        replay.addEventListener("ready", resolve);
        replay.addEventListener("failure", (event) => reject((event as CustomEvent<unknown>).detail));
      });
      replay.source = Uint8Array.from(atob(given), (character) => character.charCodeAt(0));
      await ready;
      // Forth, back to the beginning, and forth: the document is built again over the names.
      for (const time of times) await replay.setTime(BigInt(time) * 1_000_000n);
      const find = (selector: string): HTMLElement[] => [
        ...Document.prototype.querySelectorAll.call<Document, [string], NodeListOf<HTMLElement>>(replay.page, selector),
      ];
      const attribute = (one: Element | undefined, name: string): string | null =>
        one === undefined ? null : Element.prototype.getAttribute.call(one, name);
      const [first] = find("form");
      return {
        form: [attribute(first, "class"), attribute(first, "style")],
        late: find("form > .late, body > .late").map((one) => getComputedStyle(one).color),
        forms: find("form").length,
        images: find("img").length,
      };
    },
    { rrd, times: [start + 5000, start, start + 5000] },
  );
  expect(problems).toEqual([]);
  expect(shown).toEqual({
    form: ["after", "color: red;"],
    late: ["rgb(1, 2, 3)", "rgb(1, 2, 3)"],
    forms: 1 + names.length,
    images: names.length,
  });
});
