// A taxi in Manhattan: places, streets and a route that grows.
import * as rr from "@rerun-ts/node";

type Place = readonly [latitude: number, longitude: number];

/** Corners of the grid as [street, avenue]: the taxi goes straight from each to the next. */
const ROUTE = [
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
] as const;
const FRAMES = 120;

export function logScene(rec: rr.RecordingStream): void {
  // Radii are metres, so that lines keep their place when one zooms; below zero they are points of the screen.
  const streets = Array.from({ length: 16 }, (_, index) => [corner(30 + index * 6, 5), corner(30 + index * 6, 11)]);
  const avenues = [5, 6, 7, 8, 9, 10, 11].map((avenue) => [corner(28, avenue), corner(116, avenue)]);
  rec.log(
    "city/streets",
    new rr.GeoLineStrings({ lineStrings: [...streets, ...avenues], radii: 8, colors: "dimgray" }),
    { static: true },
  );
  const park = [corner(59, 5), corner(110, 5), corner(110, 8), corner(59, 8), corner(59, 5)];
  rec.log("city/park", new rr.GeoLineStrings({ lineStrings: [park], radii: 25, colors: "limegreen" }), {
    static: true,
  });
  const places = [corner(42, 7), corner(59, 5), corner(82, 5), corner(79, 8), corner(59, 8), corner(34, 7)];
  rec.log("city/places", new rr.GeoPoints({ latLon: places, radii: 90, colors: "gold" }), { static: true });
  rec.log("speed", new rr.SeriesLines({ names: "km/h", colors: "orange", widths: 2 }), { static: true });

  const passed: Place[] = [];
  for (let frame = 0; frame <= FRAMES; frame++) {
    rec.setTime({ frame, time: { timestamp: new Date(Date.UTC(2025, 5, 1, 9, 0, frame * 10)) } });
    const place = along((frame / FRAMES) * (ROUTE.length - 1));
    passed.push(place);
    rec.log("taxi", new rr.GeoPoints({ latLon: [place], radii: -9, colors: "orangered" }));
    if (frame > 0) rec.log("taxi/route", new rr.GeoLineStrings({ latLon: [passed], radii: -3, colors: "orangered" }));
    rec.log("speed", new rr.Scalars(30));
  }
}

/** Manhattan's streets and avenues are a grid: two steps from the corner of Central Park, which is at 59th and 5th. */
function corner(street: number, avenue: number): Place {
  return [
    40.7645 + (street - 59) * 0.000635 + (avenue - 5) * 0.0012,
    -73.973 + (street - 59) * 0.000468 - (avenue - 5) * 0.00297,
  ];
}

/** Where the taxi is after so many parts of its route. */
function along(parts: number): Place {
  const [from, to] = [ROUTE[Math.floor(parts)] ?? ROUTE[0], ROUTE[Math.ceil(parts)] ?? ROUTE[0]];
  const part = parts % 1;
  return corner(from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part);
}
