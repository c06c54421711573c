import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("geo_line_strings");
const route = [
  [59.3251, 18.0711],
  [59.3275, 18.0716],
  [59.3293, 18.0686],
  [59.3326, 18.0649],
  [59.3358, 18.0733],
] as const;
rec.log("walk", new rr.GeoLineStrings({ lineStrings: [route], radii: -4, colors: "royalblue" }));
