import * as rr from "@rerun-ts/node";
import { renderPoints, type ColoredPoints } from "./camera.ts";

const FRAMES = 240;
const SECONDS_PER_FRAME = 1 / 24;
const SATELLITES = ["ruby", "emerald", "sapphire"] as const;
const COLORS = { ruby: "#e0115f", emerald: "#50c878", sapphire: "#0f52ba" } as const;
const IMAGE = { width: 160, height: 120, focalLength: 130 } as const;

/** Logs the whole scene. Returns the number of its entities. */
export async function logScene(
  rec: rr.RecordingStream,
  onProgress: (frame: number, frames: number) => void,
): Promise<number> {
  const entities = new Set<string>();
  const log: rr.RecordingStream["log"] = (path, data, options) => {
    entities.add(String(path));
    rec.log(path, data, options);
  };

  log("about", new rr.TextDocument(ABOUT, { mediaType: "text/markdown" }), { static: true });
  const grid = coloredGrid();
  log("my_points", new rr.Points3D(grid.positions, { colors: { rgb: grid.colors }, radii: 0.5 }), { static: true });
  log("camera", new rr.Pinhole({ ...IMAGE, imagePlaneDistance: 6, color: "white" }), { static: true });
  for (const name of SATELLITES) {
    const box = new rr.Boxes3D({ sizes: [4, 2.5, 1.5], colors: COLORS[name], fillMode: "Solid", labels: name });
    log(`satellites/${name}`, box, { static: true });
  }

  for (let frame = 0; frame < FRAMES; frame++) {
    const time = frame * SECONDS_PER_FRAME;
    rec.setTime({ frame, time: { duration: time } });

    const heights: number[] = [];
    for (const [index, name] of SATELLITES.entries()) {
      const { translation, degrees } = orbit(index, time);
      log(`satellites/${name}`, new rr.Transform3D({ translation, rotationAxisAngle: { axis: [1, 1, 1], degrees } }));
      heights.push(translation[2]);
      if (frame % 40 === index * 13) {
        const level = translation[2] > 0 ? "INFO" : "WARN";
        log("log", new rr.TextLog(`${name} is at height ${translation[2].toFixed(1)}`, { level, color: COLORS[name] }));
      }
    }

    // One row with three numbers is three curves in one plot.
    log("heights", new rr.Scalars(heights));

    const pose = cameraPose(time);
    log("camera", new rr.Transform3D({ translation: pose.position, mat3x3: { columns: pose.axes } }));
    log("camera/image", new rr.Image(renderPoints(grid, pose, IMAGE)));

    onProgress(frame + 1, FRAMES);
    // A long loop should yield to the event loop now and then.
    if (frame % 20 === 19) await rec.flush();
  }
  return entities.size;
}

const ABOUT = `# A cube and its satellites

A cube of 1,000 points, each coloured by its place. Three boxes fly around it; their heights are plotted.
A camera circles it and takes pictures: what you see in *camera/image* is computed by this program.

Logged with \`@rerun-ts/node\`.`;

/** 10 × 10 × 10 points from -10 to 10, coloured from 0 to 255. */
function coloredGrid(): ColoredPoints {
  const positions = new Float32Array(3000);
  const colors = new Uint8Array(3000);
  for (let point = 0; point < 1000; point++) {
    const steps = [Math.floor(point / 100), Math.floor(point / 10) % 10, point % 10];
    for (const [axis, step] of steps.entries()) {
      positions[point * 3 + axis] = -10 + (step * 20) / 9;
      colors[point * 3 + axis] = Math.round((step * 255) / 9);
    }
  }
  return { positions, colors };
}

/** The position of a satellite, and the angle of its rotation. */
function orbit(index: number, time: number): { translation: [number, number, number]; degrees: number } {
  const angle = time * (0.8 + index * 0.15) + (index * 2 * Math.PI) / 3;
  const radius = 20 + index * 3;
  return {
    translation: [radius * Math.cos(angle), radius * Math.sin(angle), 8 * Math.sin(angle * 1.5 + index)],
    degrees: time * 60 * (index + 1),
  };
}

/** The camera's position and axes: x to the right, y down, z forward. */
export interface Pose {
  readonly position: readonly [number, number, number];
  readonly axes: readonly (readonly [number, number, number])[];
}

/** A camera that circles around the cube and looks at its centre. */
function cameraPose(time: number): Pose {
  const angle = time * 0.45 + 2.4;
  const position = [34 * Math.cos(angle), 34 * Math.sin(angle), 14 + 6 * Math.sin(time * 0.6)] as const;
  const distance = Math.hypot(...position);
  const forward = position.map((value) => -value / distance) as [number, number, number];
  const flat = Math.hypot(forward[0], forward[1]);
  const right: [number, number, number] = [forward[1] / flat, -forward[0] / flat, 0];
  const down: [number, number, number] = [
    forward[1] * right[2] - forward[2] * right[1],
    forward[2] * right[0] - forward[0] * right[2],
    forward[0] * right[1] - forward[1] * right[0],
  ];
  return { position, axes: [right, down, forward] };
}
