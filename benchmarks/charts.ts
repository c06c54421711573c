import { View, parse } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { RowCost } from "./cost.ts";
import type { Result } from "./results.ts";

const COLORS = { Python: "#3b76b8", Rust: "#c8632c" };
const LAYOUT = { background: "white", padding: 12, config: { font: "sans-serif", view: { stroke: null } } } as const;

/** A chart of how much faster this SDK is than others, by workload, as SVG. */
export function drawRatios(results: readonly Result[]): Promise<string> {
  const values = results.flatMap(({ name, title, ours, python, rust }) =>
    Object.entries({ Python: python, Rust: rust }).flatMap(([sdk, best]) =>
      best === undefined
        ? []
        : [
            {
              workload: `${name.slice(0, 1).toUpperCase()}${name.slice(1)} ${title}`,
              sdk,
              ratio: ours.callsPerSecond / best.callsPerSecond,
            },
          ],
    ),
  );
  const y = { field: "workload", type: "nominal", sort: null, title: null, axis: { labelLimit: 300 } } as const;
  const x = {
    field: "ratio",
    type: "quantitative",
    scale: { type: "log" },
    title: "times as fast as Rerun's SDK (logarithmic)",
  } as const;
  const color = {
    field: "sdk",
    type: "nominal",
    title: null,
    scale: { domain: Object.keys(COLORS), range: Object.values(COLORS) },
  } as const;
  return draw({
    ...LAYOUT,
    width: 520,
    height: { step: 14 },
    data: { values },
    encoding: { y, yOffset: { field: "sdk", sort: Object.keys(COLORS) } },
    layer: [
      // A bar on a logarithmic axis begins where both are equally fast.
      { mark: { type: "bar" }, encoding: { x, x2: { datum: 1 }, color } },
      {
        mark: { type: "rule", color: "#444" },
        encoding: { x: { datum: 1 }, y: { value: 0 }, y2: { value: "height" } },
      },
    ],
  });
}

/** A chart of the cost of a row by the number of rows, entities and timelines, as SVG. */
export function drawCost(costs: readonly RowCost[]): Promise<string> {
  const base = { entities: 1, timelines: 1 };
  const series = [
    {
      of: "rows",
      title: "rows, of one entity",
      type: "log",
      includes: ({ entities, timelines }: RowCost) => entities + timelines === 2,
    },
    {
      of: "entities",
      title: "entities, 1,000,000 rows",
      type: "log",
      includes: ({ rows, timelines }: RowCost) => rows === 1e6 && timelines === base.timelines,
    },
    {
      of: "timelines",
      title: "timelines, 1,000,000 rows",
      type: "linear",
      includes: ({ rows, entities }: RowCost) => rows === 1e6 && entities === base.entities,
    },
  ] as const;
  return draw({
    ...LAYOUT,
    hconcat: series.map(({ of, title, type, includes }) => ({
      width: 190,
      height: 160,
      data: { values: costs.filter(includes).map((cost) => ({ ...cost })) },
      mark: { type: "line", point: true, color: COLORS.Python },
      encoding: {
        x: { field: of, type: "quantitative", scale: { type }, title, axis: { grid: false, tickCount: 4 } },
        y: { field: "cpuMicros", type: "quantitative", title: "CPU a row, µs", scale: { zero: true } },
      },
    })),
  });
}

function draw(spec: TopLevelSpec): Promise<string> {
  return new View(parse(compile(spec).spec), { renderer: "none" }).toSVG();
}
