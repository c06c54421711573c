import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "@rerun-ts/test-support/node/run";
import { runBin, runNpm } from "@rerun-ts/test-support/node/run-bin";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { WHEEL, WHEEL_HASHES } from "../../packages/node/src/web-viewer/notebook-wheel.ts";
import type { Step, StepResult } from "./steps.ts";
import { currentVersion, minorOf } from "./versions.ts";

const FIXTURES = "tests/conformance/fixtures";
const VIEWER = "@rerun-io/web-viewer";
const WHEELS = "packages/node/src/web-viewer/notebook-wheel.ts";
/** The files whose sentences may describe the behaviour of one release. */
const TEXTS = ["README.md", "docs", "packages", "examples", "tests", "tools", ":!*/gen/*", ":!*.rrd", ":!*.svg"];

/** Records with the Python SDK of the release before, as long as it is installed. */
export function recordBefore(root: string, before: string, version: string): Step {
  const path = `${FIXTURES}/rerun-${before}.rrd`;
  return {
    title: "Keep a recording of the release before",
    run: async () => {
      if (before === version || existsSync(join(root, path))) return {};
      const rerun = await ensureRerun(before);
      if ("missing" in rerun) return failed(path, rerun.missing, "write it as README.md there says");
      const args = [join(root, FIXTURES, "make_recording.py"), join(root, path)];
      const { code, output } = await run(rerun.python, args, { capture: true, env: { RERUN_FLUSH_TICK_SECS: "100" } });
      if (code !== 0) return failed(path, output.trim(), "adapt make_recording.py");
      listRecording(root, before);
      return { notes: [`${path} is new`] };
    },
  };
}

/**
 * Returns the steps after the generated code: building, recording the public names, and comparing with the real Rerun.
 */
export function projectSteps(root: string, before: string): readonly Step[] {
  return [
    { title: "Note the wheel with the viewer for pages", run: () => addWheelHash(root) },
    { title: "Install the newest web viewer of npm", run: () => updateWebViewer(root) },
    {
      title: "Build, and check types",
      needsNoGaps: true,
      run: () =>
        passes("npm run format, npm run build and npm run check:types", [
          ["run", "format"],
          ["run", "build"],
          ["run", "check:types"],
        ]),
    },
    {
      title: "Record the public names",
      needsNoGaps: true,
      run: async () => {
        const args = ["run", "--project", "unit", "tests/api", "-u"];
        const { code } = await runBin("vitest", "vitest", args);
        if (code !== 0) return failed("tests/api", "the public names cannot be recorded", "see the errors above");
        return { notes: ["`git diff tests/api` shows what changes for users: name it in CHANGELOG.md"] };
      },
    },
    {
      title: "Compare with the new Rerun",
      needsNoGaps: true,
      run: () => passes("npm run conformance -- --update", [["run", "conformance", "--", "--update"]]),
    },
    { title: "List sentences about the release before", needsNoGaps: true, run: () => listSentences(root, before) },
  ];
}

/** Writes the SHA-256 of the wheel into the list of those that are known. */
async function addWheelHash(root: string): Promise<StepResult> {
  const version = currentVersion(root);
  const path = join(root, WHEELS);
  const source = readFileSync(path, "utf8");
  if (WHEEL_HASHES[version] !== undefined || source.includes(`"${version}": `)) return {};
  const folder = mkdtempSync(join(tmpdir(), "rerun-wheel-"));
  try {
    const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder];
    const { code, output } = await run(join(root, ".venv/bin/python"), [...pip, `${WHEEL}==${version}`], {
      capture: true,
    });
    const [name] = readdirSync(folder).filter((each) => each.endsWith(".whl"));
    if (code !== 0 || name === undefined)
      return failed(WHEELS, `${WHEEL} ${version} cannot be downloaded: ${output.trim()}`, "run the command again");
    const hash = createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
    const list = "WHEEL_HASHES: Readonly<Record<string, string>> = {\n";
    writeFileSync(path, source.replace(list, `${list}  "${version}": "${hash}",\n`));
    return { notes: [`${WHEEL} ${version} has the SHA-256 ${hash}: compare it with that on the Python package index`] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function updateWebViewer(root: string): Promise<StepResult> {
  const { code, output } = await runNpm(["view", VIEWER, "version", "--silent"], { capture: true });
  const newest = output.trim().split("\n").at(-1) ?? "";
  // Only a page of the docs depends on it.
  if (code !== 0) return { notes: [`npm does not say which ${VIEWER} is the newest: the installed one stays`] };
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  if (devDependencies[VIEWER] === newest) return {};
  const { code: status } = await runNpm(["install", "--save-dev", "--save-exact", `${VIEWER}@${newest}`]);
  if (status !== 0) return failed("package.json", `${VIEWER} ${newest} cannot be installed`, "see the errors above");
  return { notes: [`${VIEWER} is ${newest} now: docs/what-shows-where.md has to be tried again`] };
}

/** Runs npm scripts one after the other. */
async function passes(name: string, scripts: readonly (readonly string[])[]): Promise<StepResult> {
  for (const args of scripts) {
    const { code } = await runNpm(args);
    if (code !== 0) return failed("packages, tests", `\`${name}\` fails`, "mend what it reports above");
  }
  return {};
}

/** Behaviour that a sentence describes for one release may be different in the next release. */
async function listSentences(root: string, before: string): Promise<StepResult> {
  const pattern = `\\b${minorOf(before).replace(".", "\\.")}(\\.0)?\\b`;
  const { output } = await run("git", ["grep", "-nIE", pattern, "--", ...TEXTS], { capture: true, cwd: root });
  const lines = output.trim().split("\n").filter(Boolean);
  return {
    notes: [`try again, and change or keep, ${lines.length} sentences:`, ...lines.map((line) => line.slice(0, 160))],
  };
}

/** Adds a recording to the table of the page that lists them. */
function listRecording(root: string, before: string): void {
  const page = join(root, FIXTURES, "README.md");
  const layout = /SORBET_VERSION = "([\d.]+)"/.exec(
    readFileSync(join(root, "packages/core/src/rrd/encode/chunk-schema.ts"), "utf8"),
  )?.[1];
  const row = `| ${before}  | ${layout}        | nothing when it was written |`;
  const lines = readFileSync(page, "utf8").split("\n");
  lines.splice(lines.findLastIndex((line) => line.startsWith("|")) + 1, 0, row);
  writeFileSync(page, lines.join("\n"));
}

function failed(file: string, problem: string, todo: string): StepResult {
  return { gaps: [{ file, problem, todo }] };
}
