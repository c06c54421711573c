// Latitude and longitude in degrees. Negative radii are in points of the screen.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("geo_points");
const stops = [
  [59.3251, 18.0711],
  [59.3293, 18.0686],
  [59.3326, 18.0649],
  [59.3358, 18.0733],
] as const;
rec.log("stops", new rr.GeoPoints({ positions: stops, radii: -8, colors: ["crimson", "orange", "gold", "lime"] }));
