import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openRrd } from "@rerun-ts/reading";
import { runExample } from "@rerun-ts/test-support/examples/run-example";
import { chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { expect } from "vitest";
import { it } from "../harness/test.ts";

const ROBOTS = 20;
const STEPS = 60;

it(
  "the example fleet has the rows of all robots and pages in a catalog, and leaves nothing behind",
  { timeout: 360_000 },
  async ({ folder, rerun, skip }) => {
    const env = { RERUN_CLI_PATH: rerun.program, NATS_SERVER: await needNats({ skip }), TMPDIR: join(folder, "tmp") };
    mkdirSync(env.TMPDIR);
    const file = join(folder, "fleet.rrd");
    const { code, output } = await runExample("fleet", [file, "--exit"], {
      capture: true,
      env,
    });
    expect(code, output).toBe(0);
    // An ingester reads on however fast the messages come.
    expect(output).not.toContain("cannot read");
    const pages = chromiumPath() === undefined ? 0 : 2;
    const [, recordings, rows] = /^The catalog has (\d+) recordings with (\d+) rows\.$/m.exec(output) ?? [];
    expect(Number(recordings), output).toBe(ROBOTS + pages);
    expect(Number(rows)).toBeGreaterThanOrEqual(ROBOTS * STEPS + pages);
    const found = (await openRrd(file)).recording();
    const batteries = await found.query({ index: "step", contents: "/batteries/**" }).toTable();
    for (let robot = 0; robot < ROBOTS; robot++) {
      const column = batteries.getChild(`/batteries/robot-${robot}:Scalars:scalars`);
      expect(
        [...(column ?? [])].filter((value) => value !== null),
        `robot ${robot}`,
      ).toHaveLength(STEPS);
    }
    const ways = await found.query({ index: null, contents: "/ways/**" }).toTable();
    expect(ways.schema.names.filter((name) => String(name).endsWith(":strips"))).toHaveLength(ROBOTS);
    expect(readdirSync(env.TMPDIR).filter((name) => name.startsWith("rerun-ts-fleet"))).toEqual([]);
  },
);
