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
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("access-control-allow-origin", "*").end("");
  });
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
      // Clicks reach no link.
      for (const link of replay.page.querySelectorAll("a")) link.click();
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return { text: replay.page.body.textContent, ran: "ran" in globalThis, policies: replay.page.location.href };
    },
    { rrd, end: start + 5000 },
  );
  expect(shown.text).toContain("shown");
  expect(shown.text).toContain("the end");
  expect(shown.ran).toBe(false);
  expect(asked).toEqual([]);
  expect(requests.filter((one) => !/^(?:blob|data|about):/.test(one))).toEqual([]);
  expect(problems).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
});
