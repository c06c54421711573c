// `npm run check-commits -- RANGE`: checks the subjects of commits, as CONTRIBUTING.md describes them.
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { subjectProblem } from "./lib/subject-problem.ts";

const [range] = process.argv.slice(2);
if (range === undefined) throw new Error("name the commits, as in `npm run check-commits -- main..HEAD`");
const { code, output } = await run("git", ["log", "--no-merges", "--format=%h %s", range], {
  capture: true,
  cwd: root,
});
if (code !== 0) throw new Error(`\`git log ${range}\` failed:\n${output}`);

const problems = output
  .split("\n")
  .filter(Boolean)
  .flatMap((line) => {
    const [hash = "", ...words] = line.split(" ");
    const problem = subjectProblem(words.join(" "));
    return problem === undefined ? [] : [`${hash} "${words.join(" ")}": ${problem}`];
  });
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
