import { describe, expect, it } from "vitest";
import { parseCssColor } from "../../dist/codecs/css-colors.js";

/** Colours with the same letters and digits in hexadecimal. */
const hex = (css: string): string => parseCssColor(css).toString(16).padStart(8, "0");

describe("a CSS colour", () => {
  it.each([
    ["#a1b", "aa11bbff"],
    ["#a1b2", "aa11bb22"],
    ["#A1B2C3", "a1b2c3ff"],
    ["#a1b2c3d4", "a1b2c3d4"],
    [" Red ", "ff0000ff"],
    ["darkslategrey", "2f4f4fff"],
    ["transparent", "00000000"],
    ["rgb(1, 2, 3)", "010203ff"],
    ["rgb(1 2 3 / 50%)", "01020380"],
    ["rgba(100%, 50%, 0%, .2)", "ff800033"],
    ["rgb(300 -5 12.6)", "ff000dff"],
  ])("%s is %s", (css, expected) => {
    expect(hex(css)).toBe(expected);
  });

  it.each([
    ["hsl(0 100% 50%)", "ff0000ff"],
    ["hsl(120deg, 100%, 25%)", "008000ff"],
    ["hsl(240 100% 75% / 0.5)", "8080ff80"],
    ["hsl(-120 100% 50%)", "0000ffff"],
    ["hsl(480 100% 50%)", "00ff00ff"],
    ["hsl(60 50% 40%)", "999933ff"],
    // White is added to each channel, and black takes from it.
    ["hwb(0 20% 0%)", "ff3333ff"],
    ["hwb(0 0% 20%)", "cc0000ff"],
    ["hwb(120 20% 40%)", "339933ff"],
    ["hwb(200 30% 70%)", "4d4d4dff"],
    ["hwb(200 90% 30%)", "bfbfbfff"],
  ])("%s is %s by its hue", (css, expected) => {
    expect(hex(css)).toBe(expected);
  });

  it.each([
    "#12345",
    "#ggg",
    "reed",
    "rgb(1, 2)",
    "rgb(1deg 2 3)",
    "hsl(0 100 50)",
    "hsl(0% 100% 50%)",
    "hwb(0 20% 40)",
    "rgb(1 2 3",
    "",
  ])("%j is rejected", (css) => {
    expect(() => parseCssColor(css)).toThrow("a CSS colour");
  });

  it("of another colour space is rejected with the remedy", () => {
    expect(() => parseCssColor("oklch(0.5 0.2 240)")).toThrow("getImageData");
  });
});
