import { describe, expect, it } from "vitest";
import { subjectProblem } from "../../tools/lib/subject-problem.ts";

describe("the subject of a commit", () => {
  it.each([
    "fix(relay): report a damaged frame before closing",
    "npm test: run one suite after the other",
    "core: embed the clock",
  ])("may be %j", (subject) => {
    expect(subjectProblem(subject)).toBeUndefined();
  });

  it.each([
    ["Fix things", "begin with a scope"],
    ["relay: reported a damaged frame", "use the imperative"],
    ["relay: Report a damaged frame", "in lower case"],
    ["relay: report a damaged frame.", "without a full stop"],
    [`relay: ${"report ".repeat(20)}it`, "at most 100 characters, not 149"],
  ])("may not be %j", (subject, problem) => {
    expect(subjectProblem(subject)).toContain(problem);
  });
});
