import { describe, expect, it } from "vitest";
import { subjectIn } from "../../tools/lib/subject-in.ts";

describe("the subject in a message", () => {
  it.each([
    ["core: embed the clock\n\nA reason.\n", "core: embed the clock"],
    ["\n# Please enter a message\ncore: embed\nthe clock\n# On branch main\n", "core: embed the clock"],
  ])("of %j is its first paragraph", (message, subject) => {
    expect(subjectIn(message)).toBe(subject);
  });

  it.each(["", "# On branch main\n", "Merge branch 'main'\n", "fixup! core: embed the clock\n"])(
    "is missing in %j",
    (message) => {
      expect(subjectIn(message)).toBeUndefined();
    },
  );
});
