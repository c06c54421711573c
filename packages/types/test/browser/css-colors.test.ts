import { RecordingStream } from "@rerun-ts/core";
import { Points3D } from "@rerun-ts/types";
import { expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
// Not exported: the names are the test's, what they mean is asked of the browser.
import { cssColorNames } from "../../dist/codecs/css-color-names.js";

const context = new OffscreenCanvas(1, 1).getContext("2d") as OffscreenCanvasRenderingContext2D;

/** What the browser itself takes the text for, as 0xRRGGBBAA. */
function askBrowser(css: string): number | undefined {
  context.fillStyle = "#010203";
  context.fillStyle = css;
  const text = context.fillStyle;
  if (text === "#010203") return undefined;
  if (text.startsWith("#")) return Number.parseInt(text.slice(1), 16) * 256 + 255;
  const [red, green, blue, alpha] = (text.match(/[\d.]+/g) ?? []).map(Number) as [number, number, number, number];
  return ((red << 24) | (green << 16) | (blue << 8) | Math.round(alpha * 255)) >>> 0;
}

function askUs(colors: readonly string[]): unknown {
  const recording = new RecordingStream("colors", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("x", new Points3D([[0, 0, 0]], { colors }));
  return readChunks(memory.drainAsBytes())[0]?.components["Points3D:colors"]?.[0];
}

it("parses every CSS colour name as the browser does", () => {
  const names = [...cssColorNames().keys()];
  const grey = names.filter((name) => name.includes("gray")).map((name) => name.replace("gray", "grey"));
  const all = [...names, ...grey, "transparent"];
  expect(all).toHaveLength(148 + 1);
  expect(askUs(all)).toEqual(all.map(askBrowser));
});

it("parses numbers and units of CSS colours as the browser does", () => {
  const hex = ["#abc", "#abcd", "#AbCdEf", "#12345678"];
  const rgb = ["rgb(4, 5, 6)", "rgb(4 5 6)", "rgb(300 -5 12.6)", "rgba(10%, 20%, 33.3%, .25)", "rgb(1e2 0 0 / 100%)"];
  const hues = [0, 33, 61, 147.5, 200, 299, 359, 725, -33].flatMap((hue) => [
    `hsl(${hue}, 43%, 67%)`,
    `hsl(${hue}deg 100% 21% / 0.6)`,
    `hwb(${hue} 13% 29%)`,
    `hwb(${hue} 70% 60%)`,
  ]);
  const all = [...hex, ...rgb, ...hues];
  expect(askUs(all)).toEqual(all.map(askBrowser));
});
