// Something for each kind of view, at small scale: the data that the layouts show.
import * as rr from "@rerun-ts/node";

const FRAMES = 100;
const STATIC = { static: true };

export function logScene(rec: rr.RecordingStream): void {
  logStill(rec);
  // A sound begins at the time at which it was logged, and plays on timelines of durations and timestamps.
  const start = { time: { frame: 0, time: { duration: 0 } } };
  rec.log("sound", new rr.AssetAudio({ blob: tone(), mediaType: "audio/wav" }), start);
  for (let frame = 0; frame < FRAMES; frame++) {
    rec.setTime({ frame, time: { duration: frame / 25 } });
    const angle = (frame / FRAMES) * 2 * Math.PI;
    const ball = [2 * Math.cos(angle), 2 * Math.sin(angle), 0.5];
    rec.log("world/ball", new rr.Points3D([ball], { colors: "red", radii: 0.4 }));
    rec.log("plot/sine", new rr.Scalars(Math.sin(angle * 3)));
    rec.log("plot/cosine", new rr.Scalars(Math.cos(angle * 3)));
    if (frame % 10 === 0) {
      const level = frame % 30 === 0 ? "WARN" : "INFO";
      rec.log("log", new rr.TextLog(`the ball is at ${ball[0]?.toFixed(1)}, ${ball[1]?.toFixed(1)}`, { level }));
    }
    if (frame % 25 === 0) rec.log("door", new rr.StateChange({ state: frame % 50 === 0 ? "open" : "shut" }));
  }
}

function logStill(rec: rr.RecordingStream): void {
  rec.log("world", new rr.ViewCoordinates("RFU"), STATIC);
  rec.log("world/box", new rr.Boxes3D({ sizes: [[1, 1, 1]], colors: "blue", fillMode: "Solid" }), STATIC);
  rec.log("image/pixels", new rr.Image({ data: stripes(64, 48), width: 64, height: 48 }), STATIC);
  rec.log("image/frame", new rr.Boxes2D({ mins: [[16, 12]], sizes: [[32, 24]], colors: "red" }), STATIC);
  rec.log("bars", new rr.BarChart([3, 1, 4, 1, 5, 9, 2, 6], { color: "red" }), STATIC);
  const volume = Float32Array.from({ length: 20 * 30 * 4 }, (_, index) => Math.sin(index / 17));
  rec.log(
    "volume",
    new rr.Tensor({ data: volume, shape: [20, 30, 4], dimNames: ["height", "width", "depth"] }),
    STATIC,
  );
  const route = Array.from({ length: 20 }, (_, index) => [47.37 + index / 2000, 8.54 + Math.sin(index / 4) / 400]);
  rec.log("route", new rr.GeoPoints({ latLon: route, colors: "red", radii: rr.uiPoints(6) }), STATIC);
  const ids = ["a", "b", "c", "d", "e"];
  rec.log("graph", [new rr.GraphNodes(ids, { colors: "red", labels: ids }), new rr.GraphEdges(star(ids))], STATIC);
  rec.log("notes", new rr.TextDocument(NOTES, { mediaType: "text/markdown" }), STATIC);
  const states = { values: ["open", "shut"], labels: ["open", "shut"], colors: ["red", "blue"] };
  rec.log("door", new rr.StateConfiguration(states), STATIC);
}

const NOTES = `# Notes

A layout says **what** is shown, **where**, and how:

- views, each with an origin and contents
- containers that arrange them
- panels around them
`;

/** Coloured stripes, three bytes per pixel. */
function stripes(width: number, height: number): Uint8Array {
  const colors = [
    [220, 30, 30],
    [30, 180, 30],
    [30, 30, 220],
  ];
  return Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const column = Math.floor(at / 3) % width;
    return colors[Math.floor((column * 3) / width)]?.[at % 3] ?? 0;
  });
}

/** Edges from the first node to all others. */
function star([first = "", ...others]: readonly string[]): [string, string][] {
  return others.map((other) => [first, other]);
}

/** A sine wave of a second, as a WAV file. */
function tone(): Uint8Array {
  const [rate, samples] = [8000, 8000];
  const wav = new DataView(new ArrayBuffer(44 + samples * 2));
  const text = (at: number, word: string): void => {
    for (let index = 0; index < 4; index++) wav.setUint8(at + index, word.charCodeAt(index));
  };
  text(0, "RIFF");
  wav.setUint32(4, 36 + samples * 2, true);
  text(8, "WAVE");
  text(12, "fmt ");
  wav.setUint32(16, 16, true);
  wav.setUint16(20, 1, true);
  wav.setUint16(22, 1, true);
  wav.setUint32(24, rate, true);
  wav.setUint32(28, rate * 2, true);
  wav.setUint16(32, 2, true);
  wav.setUint16(34, 16, true);
  text(36, "data");
  wav.setUint32(40, samples * 2, true);
  for (let index = 0; index < samples; index++) {
    const fading = Math.exp(-index / 3000);
    wav.setInt16(44 + index * 2, Math.sin((index * 440 * 2 * Math.PI) / rate) * fading * 20_000, true);
  }
  return new Uint8Array(wav.buffer);
}
