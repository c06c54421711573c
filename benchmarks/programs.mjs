import { fractions, line, opaqueColors, picture, pieces } from "./data.mjs";

/** How long paced workloads wait between calls. */
const PACE_MS = 10;

/**
 * The workloads as a user would write them. `prepare` makes what is logged, before the clock starts; `run` logs it.
 * Paced ones tell each of their calls to `onCall`.
 * @param {object} rr the package of the platform
 */
export const programs = (rr) => ({
  w1: {
    prepare: (calls) => fractions(calls, 1),
    run(rec, values) {
      for (let i = 0; i < values.length; i++) {
        rec.setTime("step", i);
        rec.log("scalar", new rr.Scalars(values[i]));
      }
    },
  },

  w2: {
    prepare: (calls) => ({
      values: fractions(calls, 2),
      paths: Array.from({ length: 100 }, (_, joint) => `robot/joint_${joint}/position`),
    }),
    run(rec, { values, paths }) {
      let next = 0;
      for (let step = 0; next < values.length; step++) {
        rec.setTime("step", step);
        for (const path of paths) rec.log(path, new rr.Scalars(values[next++]));
      }
    },
  },

  w3: {
    prepare: (calls) => ({
      positions: pieces(new Float32Array(fractions(calls * 30, 3, 100)), 30),
      colors: pieces(opaqueColors(calls * 10, 4), 10),
    }),
    run(rec, { positions, colors }) {
      for (let i = 0; i < positions.length; i++) {
        rec.setTime("step", i);
        rec.log("points", new rr.Points3D(positions[i], { colors: colors[i] }));
      }
    },
  },

  w4: {
    prepare: (calls) => ({ calls, clouds: [0, 1, 2, 3].map(makeCloud) }),
    run(rec, { calls, clouds }) {
      for (let i = 0; i < calls; i++) {
        const { positions, colors, radii } = clouds[i % clouds.length];
        rec.setTime("step", i);
        rec.log("cloud", new rr.Points3D(positions, { colors, radii }));
      }
    },
  },

  "w4-paced": {
    prepare: (calls) => ({ calls, clouds: [0, 1, 2, 3].map(makeCloud) }),
    async run(rec, { calls, clouds }, onCall) {
      for (let i = 0; i < calls; i++) {
        const { positions, colors, radii } = clouds[i % clouds.length];
        onCall(() => {
          rec.setTime("step", i);
          rec.log("cloud", new rr.Points3D(positions, { colors, radii }));
        });
        await new Promise((resolve) => setTimeout(resolve, PACE_MS));
      }
    },
  },

  w5a: {
    prepare: (calls) => ({ calls, frames: [0, 1, 2, 3].map((frame) => picture(640, 480, frame)) }),
    run(rec, { calls, frames }) {
      for (let i = 0; i < calls; i++) {
        rec.setTime("frame", i);
        rec.log("camera", new rr.Image({ data: frames[i % frames.length], width: 640, height: 480 }));
      }
    },
  },

  w6: {
    prepare: (calls) => ({
      translations: pieces(new Float32Array(fractions(calls * 3, 9, 10)), 3),
      quaternions: pieces(new Float32Array(fractions(calls * 4, 10)), 4),
    }),
    run(rec, { translations, quaternions }) {
      for (let i = 0; i < translations.length; i++) {
        rec.setTime("step", i);
        rec.log("arm", new rr.Transform3D({ translation: translations[i], quaternion: quaternions[i] }));
      }
    },
  },

  w7: {
    prepare: (calls) => Array.from({ length: calls }, (_, index) => line(index)),
    run(rec, lines) {
      for (let i = 0; i < lines.length; i++) {
        rec.setTime("step", i);
        rec.log("logs", new rr.TextLog(lines[i], { level: "INFO" }));
      }
    },
  },

  w8b: {
    prepare: (calls) => ({
      steps: pieces(
        BigInt64Array.from({ length: calls * 100_000 }, (_, index) => BigInt(index)),
        100_000,
      ),
      values: pieces(fractions(calls * 100_000, 12), 100_000),
    }),
    run(rec, { steps, values }) {
      for (let i = 0; i < steps.length; i++) {
        rec.sendColumns("column", rr.TimeColumn.sequence("step", steps[i]), rr.Scalars.columns({ scalars: values[i] }));
      }
    },
  },

  // A call for each frame of a page.
  frames: {
    prepare: (calls) => ({
      calls,
      positions: new Float32Array(fractions(3000, 5, 100)),
      colors: opaqueColors(1000, 6),
    }),
    async run(rec, { calls, positions, colors }, onCall) {
      for (let i = 0; i < calls; i++) {
        await nextFrame();
        onCall(() => {
          rec.setTime("frame", i);
          rec.log("points", new rr.Points3D(positions, { colors }));
        });
      }
    },
  },

  "w4-frames": {
    prepare: (calls) => ({ calls, clouds: [0, 1, 2, 3].map(makeCloud) }),
    async run(rec, { calls, clouds }, onCall) {
      for (let i = 0; i < calls; i++) {
        const { positions, colors, radii } = clouds[i % clouds.length];
        await nextFrame();
        onCall(() => {
          rec.setTime("frame", i);
          rec.log("cloud", new rr.Points3D(positions, { colors, radii }));
        });
      }
    },
  },
});

function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

function makeCloud(cloud) {
  return {
    positions: new Float32Array(fractions(300_000, 5, 100, cloud * 300_000)),
    colors: opaqueColors(100_000, 6, cloud * 100_000),
    radii: new Float32Array(fractions(100_000, 7, 0.1, cloud * 100_000)),
  };
}
