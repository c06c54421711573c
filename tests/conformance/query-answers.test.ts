// Checks that the answers to queries in the unit tests, which run without Python, are the answers of Rerun's own query
// engine.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import type { QueryAnswer } from "../../packages/reading/test/logic/query/query-answer.ts";
import { QUERY_CASES, recordCase } from "../../packages/reading/test/logic/query/query-cases.ts";
import { outputFile } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";
import { nativeQuery } from "./queries/random-query.ts";

const ANSWERS = join(root, "packages/reading/test/logic/query/query-answers.json");

test("the answers that unit tests of queries expect are those of Rerun's query engine", async (context) => {
  needRerun(context);
  const requests: { readonly file: string; readonly query: Record<string, unknown> }[] = [];
  for (const [number, queryCase] of Object.values(QUERY_CASES).entries()) {
    const file = outputFile(`query-answers.${number}.rrd`);
    await writeFile(file, recordCase(queryCase));
    for (const query of Object.values(queryCase.queries)) requests.push({ file, query: nativeQuery(query) });
  }
  const given = (await runPython<QueryAnswer[]>("query_answers.py", requests)).values();
  const answers: Record<string, Record<string, QueryAnswer | undefined>> = {};
  for (const [name, { queries }] of Object.entries(QUERY_CASES))
    answers[name] = Object.fromEntries(Object.keys(queries).map((query) => [query, given.next().value]));
  if (process.env["RERUN_TS_UPDATE"] === "1") {
    await writeFile(ANSWERS, JSON.stringify(answers));
    await runBin("oxfmt", "oxfmt", [ANSWERS]);
  }
  expect(JSON.parse(await readFile(ANSWERS, "utf8"))).toEqual(answers);
});
