import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { expect } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { it } from "./harness/test.ts";

/** The address in the README. Git takes this clone in its place. */
const REPOSITORY = "https://github.com/rerun-ts/rerun-ts.git";
/** A clone, `npm ci`, a build, and an installation. */
const LIMIT_MS = 900_000;

it(
  "the lines of the README install the packages from a clone, and its first program runs",
  async ({ folder }) => {
    const readme = await readFile(join(root, "README.md"), "utf8");
    const [, lines = ""] = /runs these lines\. -->\n\n```sh\n([\s\S]*?)^```/m.exec(readme) ?? [];
    expect(lines).toContain(`git clone ${REPOSITORY}`);
    const [, program = ""] = /^```ts\n([\s\S]*?)^```/m.exec(readme) ?? [];
    const project = join(folder, "project");
    const env = {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `url.${pathToFileURL(root).href}.insteadOf`,
      GIT_CONFIG_VALUE_0: REPOSITORY,
      // The clone builds and packs its own packages.
      RERUN_TS_BUILT: "",
      RERUN_TS_PACKED: undefined,
    };
    const script = `set -e; mkdir ${project}; cd ${project}; npm init --yes > /dev/null\n${lines}`;
    const installed = await run("bash", ["-c", script], { cwd: folder, capture: true, env });
    expect(installed.code, installed.output).toBe(0);
    await writeFile(join(project, "helix.mjs"), program);
    const { code, output } = await run(process.execPath, ["helix.mjs"], { cwd: project, capture: true });
    expect(code, output).toBe(0);
    const chunks = readChunks(await readFile(join(project, "helix.rrd")));
    expect(chunks.map(({ entityPath }) => entityPath)).toEqual(expect.arrayContaining(["/helix", "/sine"]));
  },
  LIMIT_MS,
);
