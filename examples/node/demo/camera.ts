import type { Pose } from "./scene.ts";

/** Points with one colour each, as flat arrays: x, y, z and r, g, b. */
export interface ColoredPoints {
  readonly positions: Float32Array;
  readonly colors: Uint8Array;
}

/** An RGB image. */
export interface Picture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const RADIUS = 0.5;
const SKY = [24, 26, 34] as const;

/** Renders the points as a camera sees them: as discs, the far ones first. */
export function renderPoints(
  { positions, colors }: ColoredPoints,
  { position, axes }: Pose,
  { width, height, focalLength }: { readonly width: number; readonly height: number; readonly focalLength: number },
): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at++) data[at] = SKY[at % 3] ?? 0;

  const seen = Array.from({ length: positions.length / 3 }, (_, point) => {
    const offset = [0, 1, 2].map((axis) => (positions[point * 3 + axis] ?? 0) - (position[axis] ?? 0));
    const [x = 0, y = 0, depth = 0] = axes.map((axis) =>
      axis.reduce((sum, value, i) => sum + value * (offset[i] ?? 0), 0),
    );
    return { point, depth, u: width / 2 + (x / depth) * focalLength, v: height / 2 + (y / depth) * focalLength };
  });
  seen.sort((a, b) => b.depth - a.depth);

  for (const { point, depth, u, v } of seen) {
    if (depth <= RADIUS) continue;
    const radius = (RADIUS / depth) * focalLength;
    for (let row = Math.max(0, Math.floor(v - radius)); row <= Math.min(height - 1, v + radius); row++) {
      for (let column = Math.max(0, Math.floor(u - radius)); column <= Math.min(width - 1, u + radius); column++) {
        const distance = Math.hypot(column + 0.5 - u, row + 0.5 - v) / radius;
        if (distance > 1) continue;
        const light = 1 - 0.6 * distance * distance;
        for (let channel = 0; channel < 3; channel++) {
          data[(row * width + column) * 3 + channel] = (colors[point * 3 + channel] ?? 0) * light;
        }
      }
    }
  }
  return { data, width, height };
}
