import { readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import * as rr from "@rerun-ts/node";
import { isCi, isSoak } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { needRerun, realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { outputFile } from "../conformance/harness/output.ts";
import { KNOWN_DIFFERENCES } from "./differences.ts";
import { FORMATS, loadSamples, ROBOT_FOLDERS, type Sample, type Samples } from "./samples.ts";

/** What Rerun has logged of a file, and what this SDK has logged otherwise. */
interface Answer {
  readonly values: number;
  readonly differences: readonly string[];
}

const LOADING_MS = 600_000;

// The packages take 300 MB, and all files some minutes.
describe.runIf(isSoak)("files of others are logged as by Rerun's importers", () => {
  let found: Samples = { samples: [] };

  beforeAll(async () => {
    vi.stubEnv("ROS_PACKAGE_PATH", ROBOT_FOLDERS.join(delimiter));
    if (!("missing" in realRerun())) found = await loadSamples();
    return () => vi.unstubAllEnvs();
  }, LOADING_MS);

  test.for([...new Set(Object.values(FORMATS))])("%s", { timeout: LOADING_MS }, async (format, context) => {
    needRerun(context);
    if (isCi && found.missing !== undefined) throw new Error(found.missing);
    context.skip(found.missing !== undefined, found.missing);
    const samples = found.samples.filter((sample) => sample.format === format);
    expect(samples.length).toBeGreaterThan(0);
    const answers = await compare(samples, format);

    const problems: string[] = [];
    const counts = { equal: 0, "equal, refused by both": 0, "different, with a reason": 0 };
    for (const [index, { name }] of samples.entries()) {
      const { values, differences, error } = answers[index] as Answer & { error: string | undefined };
      const known = KNOWN_DIFFERENCES.find(({ files }) => files.test(name));
      if (differences.length === 0) {
        counts[error === undefined ? "equal" : "equal, refused by both"]++;
        if (known !== undefined) problems.push(`${name}: no difference any more, although “${known.reason}”`);
        if (error === undefined && values === 0) console.log(`${name}: nothing is logged`);
        continue;
      }
      const others = differences.filter((text) => known?.differs?.test(text) !== true);
      const isExplained = known?.differs === undefined ? known !== undefined && values === 0 : others.length === 0;
      if (isExplained) counts["different, with a reason"]++;
      else problems.push(`${name}: ${[error ?? [], ...others.slice(0, 8)].flat().join("\n  ")}`);
    }
    console.log(`${format}: ${samples.length} files, ${JSON.stringify(counts)}`);
    expect(problems).toEqual([]);
  });
});

/** Logs files, and compares them with what Rerun logs. */
async function compare(
  samples: readonly Sample[],
  format: string,
): Promise<readonly (Answer & { error: string | undefined })[]> {
  const errors: (string | undefined)[] = [];
  const request = [];
  for (const [index, { path }] of samples.entries()) {
    const [ours, theirs] = ["rrd", "theirs.rrd"].map((end) => outputFile(`others.${format}.${index}.${end}`));
    const recording = new rr.RecordingStream("files", { sendProperties: false, onWarning: () => {} });
    await recording.save(ours as string);
    const logged = recording.logFileFromPath(path, { entityPathPrefix: "world" });
    errors.push(
      await logged.then(
        () => undefined,
        (error: unknown) => String(error),
      ),
    );
    await recording.close();
    request.push({ path, ours, theirs, near: format === "URDF" });
  }
  const [requestPath, answerPath] = ["request", "answer"].map((end) => outputFile(`others.${format}.${end}.json`)) as [
    string,
    string,
  ];
  await writeFile(requestPath, JSON.stringify(request));
  // It changes its process: importers that fail print errors.
  const script = join(import.meta.dirname, "compare_files.py");
  const { code, output } = await run(realRerun().python, [script, requestPath, answerPath], { capture: true });
  if (code !== 0) throw new Error(output.slice(-4000));
  const answers = JSON.parse(await readFile(answerPath, "utf8")) as readonly Answer[];
  return answers.map((answer, index) => ({ ...answer, error: errors[index] }));
}
