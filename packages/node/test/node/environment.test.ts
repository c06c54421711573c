import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  FileSink,
  RecordingStream,
  Scalars,
  StdoutSink,
  init,
  save,
  setGlobalRecording,
  type RerunError,
} from "@rerun-ts/node";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const folder = makeTemporaryFolder();
afterEach(() => vi.unstubAllEnvs());
afterAll(() => folder.remove());

/** A recording and its warnings, created with these environment variables. */
function recordWith(environment: Readonly<Record<string, string>>): {
  recording: RecordingStream;
  warnings: RerunError[];
} {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const warnings: RerunError[] = [];
  return { recording: new RecordingStream("env", { onWarning: (warning) => warnings.push(warning) }), warnings };
}

describe("the environment variables of the process", () => {
  it("disable recordings with RERUN=off: no file is created, and one warning is reported", async () => {
    const { recording, warnings } = recordWith({ RERUN: "off" });
    const path = join(folder.path, "off.rrd");
    await recording.save(path);
    await recording.setSinks([new FileSink(path), new StdoutSink()]);
    await recording.stdout();
    recording.log("row", new Scalars(1));
    await recording.close();
    expect(existsSync(path)).toBe(false);
    expect(warnings).toMatchObject([{ code: "DISABLED" }]);
  });

  it("are read when a recording is created, not when the package is loaded", async () => {
    const path = join(folder.path, "on.rrd");
    const { recording } = recordWith({ RERUN: "on", RERUN_LOG_TICK: "on" });
    vi.unstubAllEnvs();
    vi.stubEnv("RERUN", "off");
    await recording.save(path);
    await recording.close();
    expect(existsSync(path)).toBe(true);
    const global = init("env", { onWarning: () => {} });
    expect(global.enabled).toBe(false);
    await save(join(folder.path, "global.rrd"));
    expect(existsSync(join(folder.path, "global.rrd"))).toBe(false);
    setGlobalRecording(undefined);
  });
});
