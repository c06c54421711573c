import * as rr from "@rerun-ts/node";
import { incomparable } from "../harness/case.ts";

export function everyFormOfNumbers(rec: rr.RecordingStream): void {
  rec.log("one", new rr.Scalars(1.5));
  rec.log("several", new rr.Scalars([1, 2.5, -3]));
  rec.log("float64", new rr.Scalars(new Float64Array([0.1, 1 / 3, 1e300])));
  rec.log("float32", new rr.Scalars(new Float32Array([0.1, 1 / 3])));
  rec.log("integers", new rr.Scalars(new Int32Array([-2147483648, 0, 2147483647])));
  rec.log("iterable", new rr.Scalars(new Set([1, 2])));
  rec.log("empty", new rr.Scalars([]));
  rec.log("null", new rr.Scalars(null));
}

export function extremes(rec: rr.RecordingStream): void {
  const { MAX_VALUE, MIN_VALUE, EPSILON, MAX_SAFE_INTEGER } = Number;
  for (const value of [0, -0, MAX_VALUE, -MAX_VALUE, MIN_VALUE, -MIN_VALUE, EPSILON, MAX_SAFE_INTEGER, 2 ** 63, 0.1]) {
    rec.log("value", new rr.Scalars(value));
  }
}

/** The conversion from float64 to float32: rounded to even, subnormal, too large. */
export function roundedToFloat32(rec: rr.RecordingStream): void {
  const values = [
    16777217,
    16777219,
    1e-45,
    7e-46,
    1e-38,
    3.4028235e38,
    0.1,
    1 / 3,
    -0,
    1 + 2 ** -24,
    1 + 3 * 2 ** -24,
  ];
  rec.log(
    "radii",
    new rr.Points3D(
      values.map((value) => [value, value, value]),
      { radii: values },
    ),
  );
}

export const notANumber = incomparable("it finds NaN unequal to itself", (rec) => {
  rec.log("scalar", new rr.Scalars(Number.NaN));
  rec.log("scalars", new rr.Scalars([1, Number.NaN, 2]));
  rec.log("typed", new rr.Scalars(new Float32Array([Number.NaN, 0])));
  rec.log("positions", new rr.Points3D([Number.NaN, 0, 0, 0, Number.NaN, 0], { radii: Number.NaN }));
});

export function infinity(rec: rr.RecordingStream): void {
  rec.log("scalars", new rr.Scalars([Infinity, -Infinity]));
  rec.log("positions", new rr.Points3D([Infinity, -Infinity, 0], { radii: Infinity }));
  rec.log("too large for float32", new rr.Points3D([1e39, -1e39, 0]));
}

export function manyRows(rec: rr.RecordingStream): void {
  for (let frame = 0; frame < 200; frame++) {
    rec.setTime("frame", frame);
    rec.log("a", new rr.Scalars(frame / 10));
    rec.log("b", new rr.Scalars([frame, 100 - frame]));
  }
}
