import { openRrd, type QueryOptions } from "@rerun-ts/reading";
import type { RecordBatch } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { answerOf } from "./query-answer.ts";
import { QUERY_CASES, recordCase, type QueryCase } from "./query-cases.ts";

async function batchesOf(name: string, options: QueryOptions): Promise<RecordBatch[]> {
  const recording = (await openRrd(recordCase(QUERY_CASES[name] as QueryCase))).recording();
  const batches: RecordBatch[] = [];
  for await (const batch of recording.query(options)) batches.push(batch);
  return batches;
}

describe("the batches of a query", () => {
  it.for(["several timelines", "clears of one entity", "static values"])(
    "have the rows of one after the other, whatever their size: %s",
    async (name) => {
      for (const fillLatestAt of [true, false]) {
        const [whole] = await batchesOf(name, { index: "f", contents: ["/a/**", "/b"], fillLatestAt });
        const rows = answerOf(whole as RecordBatch).rows;
        for (const batchRows of [1, 3, rows.length]) {
          const batches = await batchesOf(name, { index: "f", contents: ["/a/**", "/b"], fillLatestAt, batchRows });
          const sizes = batches.map(({ numRows }) => numRows);
          const full = Math.floor(rows.length / batchRows);
          const rest = rows.length % batchRows;
          expect(sizes).toEqual([...Array<number>(full).fill(batchRows), ...(rest > 0 ? [rest] : [])]);
          expect(batches.flatMap((batch) => answerOf(batch).rows)).toEqual(rows);
        }
      }
    },
  );

  it("have no nulls in the index, and count those of other timelines", async () => {
    const [batch] = await batchesOf("several timelines", { index: "f", contents: ["/a", "/b"] });
    const [d, f, g, t] = (batch as RecordBatch).data.children;
    expect([d, f, g, t].map((data) => data?.nullCount)).toEqual([2, 0, 0, 0]);
    expect([f?.nullBitmap, g?.nullBitmap].map((bitmap) => bitmap?.length ?? 0)).toEqual([0, 0]);
    expect((batch as RecordBatch).data.nullCount).toBe(0);
  });
});
