import { describe, expect, it } from "vitest";
import { proseProblems } from "../../tools/lib/prose-problems.ts";

const PLAIN = "A sink writes rows. ".repeat(100);

describe("the check of prose", () => {
  it("accepts short sentences, whatever code, tables and lists of titles say", () => {
    const code = "```ts\n// what that which who\nconst when = 1;\n```\n\n| which | that; what |\n";
    const titles = "1. [What is where](what.md)\n- [When that is](when.md)\n";
    expect(proseProblems(PLAIN + "\n\n" + (code + titles).repeat(50))).toEqual([]);
  });

  it("shows the sentences with the most relative clauses first", () => {
    const worst = "A sink that waits for what comes is one which keeps what it has.";
    const problems = proseProblems(`${PLAIN}${"A row that is kept. ".repeat(20)}${worst}`);
    expect(problems[0]).toMatch(/^4\d of the words that, .* more than 20; shorten:$/u);
    expect(problems[1]).toBe(`  ${worst}`);
  });

  it("counts semicolons", () => {
    expect(proseProblems(`${PLAIN}${"It waits; it sends. ".repeat(5)}`)[0]).toMatch(/^\d+ semicolons in 1,000 words/u);
  });

  it("does not judge a short page by one sentence", () => {
    expect(proseProblems("A sink that waits for what comes; it keeps what it has.")).toEqual([]);
  });
});
