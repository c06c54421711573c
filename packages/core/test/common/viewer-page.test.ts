import { describe, expect, it } from "vitest";
import * as rr from "@rerun-ts/core";
import { contentsForPage, type PageRecording } from "@rerun-ts/core/recording";
import { makeViewerPage, type PageViewer, type RecordingToHtmlOptions } from "@rerun-ts/core/viewer-page";
import { toSevenBitText, UNPACK_TEXT } from "../../dist/viewer-page/seven-bit-text.js";

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
/** A module with a section of one byte. */
const WASM = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 1, 0]);
const VIEWER: PageViewer = {
  index: encode("class WebViewer {}\nexport { WebViewer };"),
  bindings: encode("export default function () {}"),
  wasm: WASM,
};
const HOSTILE = `</title></script><script>alert(1)</script><!-- "'&`;

function make(
  recordings: PageRecording | readonly PageRecording[],
  options: RecordingToHtmlOptions = {},
  viewer: PageViewer = VIEWER,
): Promise<Blob> {
  return makeViewerPage(
    options,
    async () => [recordings].flat().map((one) => contentsForPage(one)),
    async () => ({ viewer, place: "a folder", url: undefined }),
  );
}

function hostileRecording(): rr.RecordingStream {
  return new rr.RecordingStream(HOSTILE, { recordingId: HOSTILE });
}

describe("the text of bytes in a page", () => {
  // The function runs in pages, as a text.
  // oxlint-disable-next-line typescript/no-implied-eval
  const unpack = new Function(`${UNPACK_TEXT}; return unpackText;`)() as (text: string, length: number) => Uint8Array;

  it("is read back as the same bytes, and has no character that HTML changes or reads as markup", () => {
    for (const length of [0, 1, 6, 7, 8, 13, 1000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 151 + length) % 256);
      const text = new TextDecoder().decode(toSevenBitText(bytes));
      expect(text).not.toMatch(/[\0\r<\u0080-\uffff]/u);
      expect(unpack(text, length)).toEqual(bytes);
    }
    for (const byte of [0, 0x0d, 0x3c, 0x7f, 0xff]) {
      const bytes = new Uint8Array(100).fill(byte);
      expect(unpack(new TextDecoder().decode(toSevenBitText(bytes)), 100)).toEqual(bytes);
    }
  });

  it("is at most 1.19 times as long as random bytes", () => {
    let state = 1;
    const bytes = Uint8Array.from({ length: 100_000 }, () => (state = (state * 48_271) % 0x7fffffff) & 0xff);
    expect(toSevenBitText(bytes).byteLength).toBeLessThan(1.19 * bytes.byteLength);
  });

  it("is an error if it is truncated", () => {
    const text = new TextDecoder().decode(toSevenBitText(new Uint8Array(100)));
    expect(() => unpack(text.slice(0, -4), 100)).toThrow("damaged or truncated");
  });
});

describe("a page of recordings", () => {
  it("has no script but its own, whatever the names in its recordings are", async () => {
    const html = await (await make([hostileRecording(), hostileRecording()], { title: HOSTILE })).text();
    expect(html.match(/<script[^>]*>/gu)).toEqual([
      '<script type="module">',
      '<script type="application/json" id="page">',
      ...Array<string>(5).fill('<script type="text/plain">'),
    ]);
    expect(html.match(/<\/script/gu)).toHaveLength(7);
    expect(html).toContain("<title>&lt;/title&gt;&lt;/script&gt;&lt;script&gt;alert(1)");
  });

  it("allows its own script by a hash, and no server", async () => {
    const html = await (await make(hostileRecording())).text();
    const [, script = ""] = /<script type="module">(.*?)<\/script>/su.exec(html) ?? [];
    const digest = await crypto.subtle.digest("SHA-256", encode(script));
    const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/u.exec(html) ?? [];
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${hash}' 'wasm-unsafe-eval' blob:`,
      "style-src 'unsafe-inline'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it("carries the licence of the viewer", async () => {
    expect(await (await make(hostileRecording())).text()).toContain("Copyright (c) 2022 Rerun Technologies AB");
  });

  it("takes a blob, a buffer or a view of bytes, and streams whose data is in memory", async () => {
    const rec = hostileRecording();
    const sink = new rr.MemorySink();
    await rec.setSinks([sink]);
    const bytes = sink.toBytes();
    const sizes = [];
    for (const one of [rec, new Blob([bytes]), bytes, bytes.buffer]) sizes.push((await make(one)).size);
    expect(new Set(sizes).size).toBe(1);
    // The recording stays in memory.
    expect(sink.toBytes()).toEqual(bytes);
    await rec.setSinks([rr.customSink({ send() {} })]);
    await expect(make(rec)).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("MemorySink"),
    });
  });

  it("rejects wrong arguments with the name of the argument", async () => {
    const rec = hostileRecording();
    const cases: [unknown, object, string, string][] = [
      [[], {}, "recordings", "at least one recording"],
      [[rec, 7], {}, "recordings", "a RecordingStream, a Blob, or the bytes of a recording, got 7"],
      [null, {}, "recordings", "got null"],
      [new Uint8Array(0), {}, "recordings", "one of 0 bytes"],
      [encode("RRF2"), {}, "recordings", "one of 4 bytes"],
      [encode("This is not a recording."), {}, "recordings", "does not begin as such"],
      [rec, { at: "frame" }, "at", "TIMELINE@TIME"],
      [rec, { at: { timeline: "", at: 1 } }, "at", "TIMELINE@TIME"],
      [rec, { at: { timeline: "t", at: {} } }, "at", "`at`"],
      [rec, { title: 7 }, "title", "a string"],
      [rec, { theme: "blue" }, "theme", '"dark", "light" or "system", got "blue"'],
      [rec, { panels: { left: "hidden" } }, "left", "known options: top, blueprint, selection, time"],
      [rec, { panels: { time: "gone" } }, "panels.time", '"hidden", "collapsed" or "expanded", got "gone"'],
      [rec, { maxBytes: -1 }, "maxBytes", "non-negative"],
      [rec, { maxBytes: 10 }, "maxBytes", "`maxBytes` is 10"],
      [rec, { signal: {} }, "signal", "an AbortSignal"],
      [rec, { tilte: "a" }, "tilte", "known options: viewerFiles, viewer, at, title"],
      [rec, { viewer: "https://a.example/", viewerFiles: "b" }, "viewer", "exclude each other"],
    ];
    for (const [recordings, options, argument, message] of cases)
      await expect(make(recordings as PageRecording, options), argument).rejects.toMatchObject({
        argument,
        message: expect.stringContaining(message),
      });
  });

  it("rejects truncated files of a viewer", async () => {
    for (const part of [
      { index: VIEWER.index.slice(0, 20) },
      { bindings: encode("function () {}") },
      { wasm: WASM.slice(0, -1) },
      { wasm: WASM.slice(0, 8) },
      { wasm: new Uint8Array([...WASM, 0, 0x80]) },
      { wasm: encode("<!doctype html>") },
    ])
      await expect(make(hostileRecording(), {}, { ...VIEWER, ...part })).rejects.toMatchObject({
        code: "INVALID_FORMAT",
        message: expect.stringContaining("`rerun-ts viewer-files FOLDER`"),
      });
  });

  it("is not made after the signal fires", async () => {
    await expect(make(hostileRecording(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    const controller = new AbortController();
    const making = makeViewerPage(
      { signal: controller.signal },
      async () => [contentsForPage(hostileRecording())],
      async () => {
        controller.abort();
        return { viewer: VIEWER, place: "a folder", url: undefined };
      },
    );
    await expect(making).rejects.toMatchObject({ code: "ABORTED" });
  });
});
