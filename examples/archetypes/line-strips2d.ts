import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("line_strips2d");
const lanes = [-60, 0, 60].map((lane) => Array.from({ length: 30 }, (_, i) => [lane + 40 * Math.sin(i / 10), i * 8]));
rec.log("lanes", new rr.LineStrips2D(lanes, { colors: ["gold", "white", "gold"], radii: 2 }));
