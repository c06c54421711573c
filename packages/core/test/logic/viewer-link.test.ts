import { viewerUrl, type TimeValue } from "@rerun-ts/core";
import { int64Of, linkedSources, parseViewerLink } from "@rerun-ts/core/viewer-control";
import { expect, it } from "vitest";

it("viewerUrl writes each part of a moment so that it is read again", () => {
  const sources = [
    "a.rrd",
    "/a folder/a#b.rrd",
    "https://example.com/a.rrd?x=1&y=2",
    "rerun+http://127.0.0.1:9876/proxy",
  ];
  const texts = ["frame", "my time@line", "/points[#3]", "/a b/100%&c"];
  for (const source of sources) {
    for (const text of texts) {
      const link = viewerUrl({ source, recording: text, when: { timeline: text, at: 5 }, selection: text });
      expect(parseViewerLink(link)).toEqual({
        source,
        recording: text,
        when: { timeline: text, at: 5n },
        selection: text,
      });
    }
    expect(viewerUrl({ source })).toBe(source);
    expect(parseViewerLink(source)).toBeUndefined();
  }
});

it.each<[at: TimeValue, text: string]>([
  [120, "120"],
  [-3n, "-3"],
  [{ duration: 1.5 }, "1.5s"],
  [{ duration: { nanos: -1 } }, "-0.000000001s"],
  [new Date("2026-01-31T12:00:00.25Z"), "2026-01-31T12:00:00.25Z"],
  [{ timestamp: 1_769_860_800_000_000_001n }, "2026-01-31T12:00:00.000000001Z"],
  [new Date(-1), "1969-12-31T23:59:59.999Z"],
])("a time is text in a link, and the same time again: %s", (at, text) => {
  const link = viewerUrl({ source: "a.rrd", when: { timeline: "t", at } });
  expect(link).toBe(`a.rrd#when=t@${text}`);
  expect(int64Of(parseViewerLink(link)?.when?.at ?? 0)).toBe(int64Of(at));
});

it("times of links may be in other units and without a zone", () => {
  const timeOf = (text: string): bigint => int64Of(parseViewerLink(`a#when=t@${text}`)?.when?.at ?? 0);
  expect(timeOf("250ms")).toBe(250_000_000n);
  expect(timeOf("1.5h")).toBe(5_400_000_000_000n);
  expect(timeOf("2026-01-31")).toBe(1_769_817_600_000_000_000n);
  expect(timeOf("2026-01-31 12:00")).toBe(timeOf("2026-01-31T13:00+01:00"));
  for (const wrong of ["", "x", "1.5", "1.5 s", "2026-13-01", "2026-01-31T25:00"])
    expect(() => timeOf(wrong)).toThrow("`when` must be TIMELINE@TIME");
});

it("links to viewers in pages have the source as a parameter", () => {
  const when = { timeline: "frame", at: 7 };
  const page = viewerUrl({ source: "https://example.com/a.rrd", when, viewer: "http://localhost:9090/?hide=1" });
  expect(page).toBe("http://localhost:9090/?hide=1&url=https%3A%2F%2Fexample.com%2Fa.rrd%23when%3Dframe%407");
  expect(linkedSources(page)).toEqual(["https://example.com/a.rrd#when=frame@7"]);
  expect(viewerUrl({ source: "https://example.com/a.rrd", viewer: "app" })).toMatch(
    /^https:\/\/app\.rerun\.io\/version\/\d+\.\d+\.\d+\/\?url=https/,
  );
  expect(() => viewerUrl({ source: "a.rrd", viewer: "app" })).toThrow("`source` must be a URL that the page can fetch");
  expect(() => viewerUrl({ source: "https://a/b.rrd", viewer: "chrome" })).toThrow('`viewer` must be "native", "app"');
  expect(() => viewerUrl({ source: "a", when: { timeline: "t", at: 0.5 } })).toThrow("`when` must be");
  expect(() => viewerUrl({ source: "a", when: "frame@1" as never })).toThrow("`when` must be { timeline, at }");
  expect(() => viewerUrl({ source: "" })).toThrow("`source` must be");
});
