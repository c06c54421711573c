// `npm run check-commits -- RANGE`: checks the subjects of commits, as CONTRIBUTING.md describes them. With
// `--message FILE` it checks the message in a file, for the hook in `tools/hooks`.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { subjectProblem } from "./lib/subject-problem.ts";
import { subjectIn } from "./lib/subject-in.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { message: { type: "string" } } });
const problems =
  values.message === undefined ? await problemsIn(positionals[0]) : await messageProblems(values.message);
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);

async function problemsIn(range: string | undefined): Promise<readonly string[]> {
  if (range === undefined) throw new Error("name the commits, as in `npm run check-commits -- main..HEAD`");
  const { code, output } = await run("git", ["log", "--no-merges", "--format=%h %s", range], {
    capture: true,
    cwd: root,
  });
  if (code !== 0) throw new Error(`\`git log ${range}\` failed:\n${output}`);
  return output
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => {
      const [hash = "", ...words] = line.split(" ");
      const problem = subjectProblem(words.join(" "));
      return problem === undefined ? [] : [`${hash} "${words.join(" ")}": ${problem}`];
    });
}

async function messageProblems(file: string): Promise<readonly string[]> {
  const subject = subjectIn(await readFile(file, "utf8"));
  const problem = subject === undefined ? undefined : subjectProblem(subject);
  return problem === undefined ? [] : [`"${subject}": ${problem}`];
}
