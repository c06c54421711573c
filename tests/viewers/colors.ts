import { expect } from "vitest";
import type { StrongColors } from "@rerun-ts/test-support/viewers/viewer-report";

type Color = "red" | "green" | "blue";
/** The least shares of an image that have these colours, from 0 to 1. */
export type LeastShares = Readonly<Partial<Record<Color, number>>>;

/** Whether an image has these shares of colours. */
export function showsColors(least: LeastShares): (colors: StrongColors) => boolean {
  return (colors) => entries(least).every(([color, share]) => colors[color] / colors.pixels > share);
}

/** Fails unless an image has these shares of colours. */
export function expectColors(colors: StrongColors | undefined, least: LeastShares): void {
  for (const [color, share] of entries(least)) {
    expect((colors?.[color] ?? 0) / (colors?.pixels ?? 1), color).toBeGreaterThan(share);
  }
}

function entries(least: LeastShares): [Color, number][] {
  return Object.entries(least) as [Color, number][];
}
