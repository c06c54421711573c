import * as Plot from "@observablehq/plot";
import { DataType, type Table } from "apache-arrow";

const MAX_POINTS = 2000;
const MAX_CURVES = 8;

/** Draws the columns of a query that are single numbers, over its index; an empty name is that of static values. */
export function showChart(table: Table, index: string): void {
  const chart = document.querySelector("#chart");
  const columns = table.schema.fields.filter(({ type }) => DataType.isList(type) && DataType.isFloat(type.valueType));
  const step = Math.max(1, Math.ceil(table.numRows / MAX_POINTS));
  const times = index === "" ? undefined : table.getChild(index);
  const isClock = DataType.isTimestamp(times?.type);
  const points = columns.slice(0, MAX_CURVES).flatMap(({ name }) => {
    const values = table.getChild(name);
    const curve: { time: number | Date; value: number; column: string }[] = [];
    for (let row = 0; row < table.numRows; row += step) {
      const instances = values?.get(row) as { length: number; get(at: number): number } | null;
      if (instances?.length !== 1) continue;
      const time = Number(times?.get(row));
      curve.push({ time: isClock ? new Date(time) : time, value: instances.get(0), column: name });
    }
    return curve;
  });
  if (points.length === 0) return chart?.replaceChildren();
  chart?.replaceChildren(
    Plot.plot({
      height: 240,
      x: { label: index },
      y: { grid: true },
      color: { legend: true },
      marks: [Plot.lineY(points, { x: "time", y: "value", z: "column", stroke: "column" })],
    }),
  );
}
