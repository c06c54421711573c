import { join } from "node:path";
import { isCi, root } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { packInstalled } from "@rerun-ts/test-support/packages/pack";
import { packWithDependencies } from "@rerun-ts/test-support/packages/packed-project";
import { servePacked, type PackedRegistry } from "@rerun-ts/test-support/packages/packed-registry";
import { ensurePackageManager } from "@rerun-ts/test-support/setup/package-managers";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { it } from "../processes/harness/test.ts";
import { MANAGER_NAMES, ManagedProject } from "./harness/managed-project.ts";
import { needRuntime } from "./harness/runtime.ts";

/** Types, and the peers whose types the entry points need. */
const OTHERS = [
  "@nats-io/jetstream",
  "@nats-io/nats-core",
  "@nats-io/transport-node",
  "@types/node",
  "@types/react",
  "react",
];
/** The compiler in JavaScript, which works with Plug'n'Play. */
const TYPESCRIPT = join(root, "tools/typescript-6/node_modules/typescript");
const LOGGED = { code: 0, output: '{"complete":true,"numRows":10}\n' };

describe("the published packages", () => {
  const folder = makeTemporaryFolder();
  let registry: PackedRegistry;

  beforeAll(async () => {
    const packed = join(folder.path, "packed");
    const packages = await packWithDependencies(packed, OTHERS);
    registry = await servePacked([...packages, ...(await packInstalled(packed, [TYPESCRIPT]))]);
  });
  afterAll(async () => {
    await registry?.close();
    await folder.remove();
  });

  describe.for(MANAGER_NAMES)("installed by %s", (name) => {
    let missing: string | undefined;
    let project: ManagedProject;

    beforeAll(async () => {
      const manager = await ensurePackageManager(name);
      if ("missing" in manager) {
        ({ missing } = manager);
        if (isCi) throw new Error(missing);
        return;
      }
      const others = [...OTHERS, "typescript"];
      project = await ManagedProject.install(join(folder.path, name), name, manager, registry.url, others);
    });

    it("log, save and read in an ES module", async ({ rerun, skip }) => {
      skip(missing !== undefined, missing);
      expect(await project.program(["program.mjs", "module.rrd"])).toEqual(LOGGED);
      await rerun.verify(join(project.folder, "module.rrd"));
    });

    it("log, save and read in CommonJS, by `require`", async ({ rerun, skip, task }) => {
      skip(missing !== undefined, missing);
      // With the loader of Plug'n'Play, `require` does not load ES modules before Node 22.
      const node = name === "Yarn" ? needRuntime("Node 22", [], { skip, task }).program : undefined;
      expect(await project.program(["program.cjs", "require.rrd"], node)).toEqual(LOGGED);
      await rerun.verify(join(project.folder, "require.rrd"));
    });

    it("compile without `skipLibCheck`, then log, save and read", async ({ rerun, skip }) => {
      skip(missing !== undefined, missing);
      expect(await project.command("tsc")).toEqual({ code: 0, output: "" });
      expect(await project.program(["compiled/program.mjs", "compiled.rrd"])).toEqual(LOGGED);
      await rerun.verify(join(project.folder, "compiled.rrd"));
    });

    it("have the command `rerun-ts`", async ({ skip }) => {
      skip(missing !== undefined, missing);
      await project.program(["program.mjs", "stats.rrd"]);
      const { code, output } = await project.command("rerun-ts", "rrd", "stats", "stats.rrd");
      expect(code, output).toBe(0);
      expect(output).toContain("num_chunks = 2");
    });
  });
});
