import type * as rr from "@rerun-ts/node";
import { cameraImage, fractions, logLine, opaqueColors, pieces } from "./data.ts";

/** The part of a platform's package that the programs need. */
export type Sdk = Pick<typeof rr, "Image" | "Points3D" | "Scalars" | "TextLog" | "TimeColumn" | "Transform3D">;

/** The part of a recording that the programs need, on any platform. */
export type Recording = Pick<rr.RecordingStream, "log" | "sendColumns" | "setTime">;

/** Makes one call of a paced workload, and measures it. */
export type OnCall = (call: () => void) => void;

/** Logs data that was prepared before. */
export type Run = (rec: Recording, onCall: OnCall) => void | Promise<void>;

/** Prepares the data of so many calls, before the clock starts. */
export type Program = (calls: number) => Run;

/** The pause between the calls of a paced workload. */
const PACE_MS = 10;

/** Returns a workload as a user would write it, by the name of its program. */
export function findProgram(sdk: Sdk, name: string): Program {
  const programs: Readonly<Record<string, Program>> = { ...smallRows(sdk), ...largeRows(sdk) };
  const program = programs[name] ?? rowsProgram(sdk, name);
  if (program === undefined) throw new Error(`there is no program ${name}`);
  return program;
}

/** Returns the name of the program that logs rows of so many entities in turn, on so many timelines. */
export function rowsProgramName(entities: number, timelines: number): string {
  return `rows-${entities}-${timelines}`;
}

function rowsProgram({ Scalars }: Sdk, name: string): Program | undefined {
  const [, entities, timelines] = /^rows-(\d+)-(\d+)$/.exec(name) ?? [];
  if (entities === undefined) return undefined;
  const paths = Array.from({ length: Number(entities) }, (_, entity) => `robot/joint_${entity}/position`);
  const clocks = Array.from({ length: Number(timelines) }, (_, index) => `clock_${index}`);
  return (calls) => {
    const values = fractions(calls, 15);
    return (rec) => {
      for (let i = 0; i < values.length; i++) {
        for (const clock of clocks) rec.setTime(clock, i);
        rec.log(paths[i % paths.length] as string, new Scalars(values[i] as number));
      }
    };
  };
}

function smallRows({ Points3D, Scalars, TextLog, Transform3D }: Sdk): Record<string, Program> {
  const logEntities = (calls: number, entities: number): Run => {
    const values = fractions(calls, 13);
    const paths = Array.from({ length: entities }, (_, entity) => `fleet/robot_${entity}/battery`);
    return (rec) => {
      for (let i = 0; i < values.length; i++) {
        if (i % paths.length === 0) rec.setTime("step", i / paths.length);
        rec.log(paths[i % paths.length] as string, new Scalars(values[i] as number));
      }
    };
  };
  return {
    w1(calls) {
      const values = fractions(calls, 1);
      return (rec) => {
        for (let i = 0; i < values.length; i++) {
          rec.setTime("step", i);
          rec.log("scalar", new Scalars(values[i] as number));
        }
      };
    },

    w2(calls) {
      const values = fractions(calls, 2);
      const paths = Array.from({ length: 100 }, (_, joint) => `robot/joint_${joint}/position`);
      return (rec) => {
        let next = 0;
        for (let step = 0; next < values.length; step++) {
          rec.setTime("step", step);
          for (const path of paths) rec.log(path, new Scalars(values[next++] as number));
        }
      };
    },

    w3(calls) {
      const positions = pieces(new Float32Array(fractions(calls * 30, 3, 100)), 30);
      const colors = pieces(opaqueColors(calls * 10, 4), 10);
      return (rec) => {
        for (let i = 0; i < positions.length; i++) {
          rec.setTime("step", i);
          rec.log("points", new Points3D(positions[i] as Float32Array, { colors: colors[i] }));
        }
      };
    },

    w6(calls) {
      const translations = pieces(new Float32Array(fractions(calls * 3, 9, 10)), 3);
      const quaternions = pieces(new Float32Array(fractions(calls * 4, 10)), 4);
      return (rec) => {
        for (let i = 0; i < translations.length; i++) {
          rec.setTime("step", i);
          rec.log("arm", new Transform3D({ translation: translations[i], quaternion: quaternions[i] }));
        }
      };
    },

    w7(calls) {
      const lines = Array.from({ length: calls }, (_, index) => logLine(index));
      return (rec) => {
        for (let i = 0; i < lines.length; i++) {
          rec.setTime("step", i);
          rec.log("logs", new TextLog(lines[i] as string, { level: "INFO" }));
        }
      };
    },

    w11: (calls) => logEntities(calls, 10_000),
    w11b: (calls) => logEntities(calls, 100_000),

    w12(calls) {
      const values = fractions(calls, 14);
      const timelines = Array.from({ length: 20 }, (_, index) => `clock_${index}`);
      return (rec) => {
        for (let i = 0; i < values.length; i++) {
          for (let clock = 0; clock < timelines.length; clock++)
            rec.setTime(timelines[clock] as string, i * (clock + 1));
          rec.log("scalar", new Scalars(values[i] as number));
        }
      };
    },

    "scalar-frames"(calls) {
      const values = fractions(calls, 1);
      return async (rec, onCall) => {
        for (let i = 0; i < calls; i++) {
          await nextFrame();
          onCall(() => {
            rec.setTime("frame", i);
            rec.log("scalar", new Scalars(values[i] as number));
          });
        }
      };
    },

    // One call in each frame of a page.
    frames(calls) {
      const positions = new Float32Array(fractions(3000, 5, 100));
      const colors = opaqueColors(1000, 6);
      return async (rec, onCall) => {
        for (let i = 0; i < calls; i++) {
          await nextFrame();
          onCall(() => {
            rec.setTime("frame", i);
            rec.log("points", new Points3D(positions, { colors }));
          });
        }
      };
    },
  };
}

function largeRows({ Image, Points3D, Scalars, TimeColumn }: Sdk): Record<string, Program> {
  const logClouds = (calls: number, timeline: string, pace: (() => Promise<void>) | undefined): Run => {
    const clouds = [0, 1, 2, 3].map(makeCloud);
    const logCloud = (rec: Recording, i: number): void => {
      const { positions, colors, radii } = clouds[i % clouds.length] as Cloud;
      rec.setTime(timeline, i);
      rec.log("cloud", new Points3D(positions, { colors, radii }));
    };
    if (pace === undefined) {
      return (rec) => {
        for (let i = 0; i < calls; i++) logCloud(rec, i);
      };
    }
    return async (rec, onCall) => {
      for (let i = 0; i < calls; i++) {
        await pace();
        onCall(() => logCloud(rec, i));
      }
    };
  };
  const logImages = (calls: number, width: number, height: number): Run => {
    const frames = [0, 1, 2, 3].map((frame) => cameraImage(width, height, frame));
    return (rec) => {
      for (let i = 0; i < calls; i++) {
        rec.setTime("frame", i);
        rec.log("camera", new Image({ data: frames[i % frames.length] as Uint8Array, width, height }));
      }
    };
  };
  const sendScalars = (calls: number, rows: number): Run => {
    const steps = pieces(
      new BigInt64Array(calls * rows).map((_, index) => BigInt(index)),
      rows,
    );
    const values = pieces(fractions(calls * rows, 12), rows);
    return (rec) => {
      for (let i = 0; i < steps.length; i++) {
        const times = TimeColumn.sequence("step", steps[i] as BigInt64Array);
        rec.sendColumns("column", times, Scalars.columns({ scalars: values[i] as Float64Array }));
      }
    };
  };
  return {
    w4: (calls) => logClouds(calls, "step", undefined),
    "w4-paced": (calls) => logClouds(calls, "step", pause),
    "w4-frames": (calls) => logClouds(calls, "frame", nextFrame),

    w5a: (calls) => logImages(calls, 640, 480),
    w5b: (calls) => logImages(calls, 1920, 1080),
    w8a: (calls) => sendScalars(calls, 10_000_000),
    w8b: (calls) => sendScalars(calls, 100_000),
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PACE_MS));
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}

/** A point cloud of 100,000 points, 2 MB. */
interface Cloud {
  readonly positions: Float32Array;
  readonly colors: Uint32Array;
  readonly radii: Float32Array;
}

function makeCloud(cloud: number): Cloud {
  return {
    positions: new Float32Array(fractions(300_000, 5, 100, cloud * 300_000)),
    colors: opaqueColors(100_000, 6, cloud * 100_000),
    radii: new Float32Array(fractions(100_000, 7, 0.1, cloud * 100_000)),
  };
}
