import { openLive, openRrd } from "@rerun-ts/reading";
import { MemorySink, RecordingStream } from "@rerun-ts/core";
import { AnyValues } from "@rerun-ts/types";
import type { Table } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { answerOf, type QueryAnswer } from "./query-answer.ts";
import answers from "./query-answers.json" with { type: "json" };
import { QUERY_CASES, recordCase, type QueryCase } from "./query-cases.ts";

const ANSWERS: Readonly<Record<string, Readonly<Record<string, QueryAnswer>>>> = answers;

describe("a query gives what Rerun's own query engine gives", () => {
  for (const [name, queryCase] of Object.entries(QUERY_CASES)) {
    it.for(["lazy", "stream"] as const)(`for ${name}, %s`, async (mode) => {
      const recording = (await openRrd(recordCase(queryCase), { mode })).recording();
      expect(Object.keys(ANSWERS[name] ?? {})).toEqual(Object.keys(queryCase.queries));
      for (const [query, options] of Object.entries(queryCase.queries)) {
        const table = await recording.query({ ...options, fillAcrossClears: true }).toTable();
        expect({ query, ...answerOf(table) }).toEqual({ query, ...ANSWERS[name]?.[query] });
      }
    });
  }
});

describe("a subscription", () => {
  const bytes = recordCase(QUERY_CASES["several rows at one time"] as QueryCase);

  it("of a file has one table", async () => {
    const query = (await openRrd(bytes)).recording().query({ index: "f" });
    const tables: Table[] = [];
    for await (const table of query.subscribe({ intervalMs: 0 })) tables.push(table);
    expect(tables.map(answerOf)).toEqual([ANSWERS["several rows at one time"]?.["all"]]);
  });

  it("of a live recording has tables with the columns of their moment, and ends with the recording", async () => {
    const sink = new MemorySink();
    const recording = new RecordingStream("live", { logTime: false, sendProperties: false });
    await recording.setSink(sink);
    recording.log("a", new AnyValues({ x: 1 }), { time: { f: 1 } });
    const live = await openLive(sink);
    // The timeline comes later.
    expect((await live.query({ index: "g" }).toTable()).numRows).toBe(0);
    const query = live.query({ index: "f" });
    const tables: QueryAnswer[] = [];
    for await (const table of query.subscribe({ intervalMs: 0 })) {
      tables.push(answerOf(table));
      if (tables.length > 1) continue;
      recording.log("b", new AnyValues({ x: 2 }), { time: { f: 2 } });
      await recording.close();
    }
    expect(tables[0]).toEqual({ columns: ["f", "/a:x"], rows: [["1", [1]]] });
    expect(tables.at(-1)).toEqual({
      columns: ["f", "/a:x", "/b:x"],
      rows: [
        ["1", [1], null],
        ["2", null, [2]],
      ],
    });
    // Its batches have the columns that it had when it was made.
    const batches: QueryAnswer[] = [];
    for await (const batch of query) batches.push(answerOf(batch));
    expect(batches).toEqual([{ columns: ["f", "/a:x"], rows: [["1", [1]]] }]);
    live.close();
  });
});
