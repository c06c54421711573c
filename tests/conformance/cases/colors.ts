import * as rr from "@rerun-ts/node";

const TWO_POINTS = [0, 0, 0, 1, 1, 1];

function logColors(rec: rr.RecordingStream, path: string, colors: rr.types.ColorsLike): void {
  rec.log(path, new rr.Points3D(TWO_POINTS, { colors }));
}

export function bytes(rec: rr.RecordingStream): void {
  logColors(rec, "rgb", [255, 128, 0]);
  logColors(rec, "rgba", [255, 128, 0, 64]);
  logColors(rec, "nested", [
    [255, 0, 0],
    [0, 255, 0],
  ]);
  logColors(rec, "nested rgba", [
    [255, 0, 0, 1],
    [0, 255, 0, 2],
  ]);
  logColors(rec, "mixed lengths", [
    [255, 0, 0],
    [0, 255, 0, 9],
  ]);
  logColors(rec, "nearly black", [1, 0, 0]);
}

export function byteArrays(rec: rr.RecordingStream): void {
  logColors(rec, "rgb", new Uint8Array([255, 128, 0]));
  logColors(rec, "rgba", new Uint8ClampedArray([255, 128, 0, 64]));
  logColors(rec, "rgba for each point", new Uint8Array([255, 0, 0, 255, 0, 255, 0, 128]));
  logColors(rec, "rgb for each point", new Uint8Array([255, 0, 0, 0, 255, 0]));
  logColors(rec, "said to be rgb", { rgb: new Uint8Array([255, 0, 0, 0, 255, 0, 0, 0, 255]) });
  logColors(rec, "said to be rgba", { rgba: [255, 0, 0, 1, 0, 255, 0, 2, 0, 0, 255, 3] });
  logColors(rec, "rows", [new Uint8Array([255, 0, 0]), new Uint8Array([0, 255, 0, 9])]);
}

export function fractions(rec: rr.RecordingStream): void {
  logColors(rec, "float32 rgb", new Float32Array([1, 0.5, 0]));
  logColors(rec, "float64 rgba", new Float64Array([1, 0.5, 0, 0.25]));
  logColors(rec, "float32 for each point", new Float32Array([1, 0, 0, 0.5, 0, 1, 0, 0.25]));
  logColors(rec, "object", { r: 1, g: 0.5, b: 0 });
  logColors(rec, "objects", [
    { r: 1, g: 0, b: 0, a: 0.5 },
    { r: 0, g: 1, b: 0, a: 0.25 },
  ]);
}

/** No value is exactly between two bytes: there Python rounds to the even one, and CSS to the upper one. */
export function everyFraction(rec: rr.RecordingStream): void {
  for (let index = 0; index <= 509; index++) {
    const fraction = index / 509;
    logColors(rec, "grey", { r: fraction, g: fraction, b: fraction, a: fraction });
  }
}

export function packedNumbers(rec: rr.RecordingStream): void {
  logColors(rec, "one", 0xff8000ff);
  logColors(rec, "two", [0xff8000ff, 0x00ff00ff]);
  logColors(rec, "small", [1, 2]);
  logColors(rec, "five", [1, 2, 3, 4, 5]);
  logColors(rec, "eight bytes are eight numbers", [255, 0, 0, 255, 0, 255, 0, 255]);
  logColors(rec, "three in a typed array", new Uint32Array([0xff8000ff, 1, 2]));
  logColors(rec, "none", []);
}

const CSS = [
  "red",
  "lime",
  "BLUE",
  "orange",
  "grey",
  "gray",
  "rebeccapurple",
  "lightgoldenrodyellow",
  "transparent",
  "#f80",
  "#f804",
  "#FF8001",
  "#ff800140",
  "rgb(255, 128, 0)",
  "rgb(255 128 0 / 50%)",
  "rgba(255, 128, 0, 0.25)",
  "rgb(100%, 50%, 0%)",
  "hsl(120, 100%, 25%)",
  "hsla(240, 100%, 50%, 0.5)",
  "hsl(210 50% 40%)",
  "hwb(0 20% 40%)",
];

/** Python does not accept CSS strings, so it logs their numbers. */
export function cssTexts(rec: rr.RecordingStream): void {
  for (const text of CSS) logColors(rec, text, text);
  logColors(rec, "list", CSS);
}

export function mixedForms(rec: rr.RecordingStream): void {
  logColors(rec, "points", ["red", 0x00ff00ff, [0, 0, 255], [1, 2, 3, 4], { r: 1, g: 1, b: 1 }]);
}
