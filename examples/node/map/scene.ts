// A taxi in Manhattan: places, streets and a route that grows.
import * as rr from "@rerun-ts/node";

type Place = readonly [latitude: number, longitude: number];

/** The street corners where the taxi turns or stops, as street and avenue. */
const ROUTE: readonly (readonly [street: number, avenue: number])[] = [
  [34, 7],
  [42, 7],
  [42, 5],
  [59, 5],
  [82, 5],
  [110, 5],
  [110, 8],
  [79, 8],
  [59, 8],
  [59, 10],
  [46, 10],
  [46, 8],
  [34, 8],
];
const SECONDS_PER_FRAME = 10;

export function logScene(rec: rr.RecordingStream): void {
  // Positive radii are metres and scale with the map; negative ones are screen points.
  const streets = Array.from({ length: 15 }, (_, index) => [corner(30 + index * 6, 5), corner(30 + index * 6, 11)]);
  const avenues = [5, 6, 7, 8, 9, 10, 11].map((avenue) => [corner(28, avenue), corner(116, avenue)]);
  const grid = new rr.GeoLineStrings({ lineStrings: [...streets, ...avenues], radii: -1, colors: "dimgray" });
  rec.log("city/grid", grid, { static: true });
  const park = new rr.GeoLineStrings({
    lineStrings: [[corner(63.5, 6.5), corner(105.5, 6.5)]],
    radii: 380,
    colors: "#1d5c2a",
  });
  rec.log("city/park", park, { static: true });
  const stops = new rr.GeoPoints({ latLon: ROUTE.map((place) => corner(...place)), radii: -5, colors: "gold" });
  rec.log("city/stops", stops, { static: true });
  rec.log("speed", new rr.SeriesLines({ names: "km/h", colors: "orange", widths: 2 }), { static: true });

  const begin = Date.UTC(2025, 5, 1, 13);
  const passed: Place[] = [];
  let frame = 0;
  for (const [index, to] of ROUTE.entries()) {
    const from = ROUTE[index - 1];
    if (from === undefined) continue;
    const [up, across] = [to[0] - from[0], to[1] - from[1]];
    const metres = Math.abs(up) * 80 + Math.abs(across) * 280;
    const frames = Math.ceil(metres / 9 / SECONDS_PER_FRAME);
    for (let step = 0; step < frames; step++, frame++) {
      const part = step / frames;
      // Accelerates and brakes between two corners.
      const way = part * part * (3 - 2 * part);
      const speed = (6 * part * (1 - part) * metres) / (frames * SECONDS_PER_FRAME);
      const place = corner(from[0] + up * way, from[1] + across * way);
      passed.push(place);
      // A row may have times on several timelines: a number and a date.
      rec.setTime({ frame, clock: new Date(begin + frame * SECONDS_PER_FRAME * 1000) });
      rec.log("taxi", new rr.GeoPoints({ latLon: place, radii: -10, colors: "orangered" }));
      if (frame > 0) rec.log("taxi/route", new rr.GeoLineStrings({ latLon: passed, radii: -3, colors: "orangered" }));
      rec.log("speed", new rr.Scalars(speed * 3.6));
    }
  }
}

/** Latitude and longitude of a corner: a grid of steps from 59th Street and 5th Avenue. */
function corner(street: number, avenue: number): Place {
  return [
    40.7645 + (street - 59) * 0.000635 + (avenue - 5) * 0.0012,
    -73.973 + (street - 59) * 0.000468 - (avenue - 5) * 0.00297,
  ];
}
