import { describe, expect, it } from "vitest";
import {
  commentProblems,
  lengthProblems,
  messageProblems,
  phraseProblems,
  proseProblems,
  styleProblems,
} from "../../tools/lib/prose-problems.ts";

const PLAIN = "A sink writes rows. ".repeat(100);
const GOOD = "A recording sends each row of a program to its sinks before the call returns. ".repeat(30);

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

describe("the check of style", () => {
  it("accepts sentences of usual length whose subjects are nouns", () => {
    expect(styleProblems(GOOD)).toEqual([]);
  });

  it("shows the sentences with the most stand-ins for nouns first", () => {
    const worst = "They send it to those that have such a one, or to others, before they close them.";
    const problems = styleProblems(GOOD + worst.concat(" ").repeat(3));
    expect(problems[0]).toMatch(/^\d+ of the words it, they, .* more than 35; shorten:$/u);
    expect(problems[1]).toBe(`  ${worst}`);
  });

  it("rejects a page of short sentences, and a page of long ones", () => {
    expect(styleProblems(PLAIN)).toEqual(["the median sentence has 4 words, not 14 to 19"]);
    const long = `Rows and ${"columns of a file and rows and ".repeat(4)}chunks. `.repeat(20);
    expect(styleProblems(long)).toEqual(["the median sentence has 31 words, not 14 to 19"]);
  });

  it("leaves out headings, tables, code and labels, and short pages", () => {
    const others = "## Rows\n\n| it | they |\n\n- a label\n\n```ts\nit(this);\n```\n\n".repeat(100);
    expect(styleProblems(`${GOOD}\n\n${others}`)).toEqual([]);
    expect(styleProblems("It waits. ".repeat(20))).toEqual([]);
  });
});

describe("the check of messages", () => {
  it.each([
    'throw new InvalidValueError("given once per row", "a second time", false);',
    "const expected = `given without ${other}`;",
    "throw argumentError(name, `${name} must be given with a key`);",
  ])("finds a value that must be given in %s", (line) => {
    expect(messageProblems(`const a = 1;\n${line}\n`)).toHaveLength(1);
  });

  it.each([
    'const names = ["global", "given"];',
    "// must be given by the caller",
    'run("a value that is given is used");',
  ])("accepts %s", (line) => {
    expect(messageProblems(line)).toEqual([]);
  });
});

describe("the check of phrases", () => {
  it.each([
    "a damaged index is no reason to stop",
    "There are\nno rows.",
    "The queue was no obstacle.",
    "sends all rows at once",
    "Node waits. The same for pages.",
    "| The same for pages |",
    "`positions` must be given as an array",
  ])("finds the one in %j", (text) => {
    expect(phraseProblems(text)).toHaveLength(1);
  });

  it.each([
    "the file is no longer open, and the queue is no more than 3 MiB",
    "every row is kept, no matter when it arrives",
    "the title of `is no` and `at once` is code",
    "apply the same for pages",
    "The same limits apply to pages.",
  ])("accepts %j", (text) => {
    expect(phraseProblems(text)).toEqual([]);
  });

  it("shows a phrase with the words around it, and a plainer form", () => {
    expect(phraseProblems("fix(core): send rows at once")).toEqual([
      '"at once" in "…fix(core): send rows at once…"; write "immediately" or "at the same time"',
    ]);
  });
});

it("the check of comments finds a phrase that goes on in the next line, and leaves code alone", () => {
  expect(commentProblems("/**\n * Ends all at\n * once.\n */\nconst text = 'at once';\n")).toHaveLength(1);
  expect(commentProblems("// The name `at once` is code.\nrun('at once');")).toEqual([]);
});

it("the check of length counts all words of a page", () => {
  expect(lengthProblems("# One\n\n`two` three", 4)).toEqual([]);
  expect(lengthProblems("# One\n\n`two` three", 3)).toEqual(["4 words, more than 3"]);
});
