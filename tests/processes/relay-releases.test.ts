// Clients of older releases of Rerun: their messages are those of the recordings in tests/conformance/fixtures.
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { compareRrd, openLive, openRrd, type QueryOptions } from "@rerun-ts/reading";
import type { EncodedMessage } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { Http2Client } from "@rerun-ts/test-support/node/relay-client";
import { realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { readMessages } from "@rerun-ts/web/read";
import { describe, expect } from "vitest";
import { installRelease, recordingOf, releases, runRelease } from "../conformance/releases/releases.ts";
import { RelayProgram, runCli } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";

const ALL = await releases();
/** The releases whose messages lack something, and the newest one. */
const VERSIONS = isSoak ? ALL : [...ALL.slice(0, 3), ALL.at(-1) as string];

function serve(pattern: string): Promise<RelayProgram> {
  return RelayProgram.startWarm(["serve", "--quiet", "--port", "0", "--save", pattern]);
}

/** The messages of a recording as its client has sent them. */
function messagesOf(bytes: Uint8Array): EncodedMessage[] {
  return decodeRrd(bytes).flatMap((message) =>
    message.kind === "end" ? [] : [{ ...message, isStatic: false }],
  ) as EncodedMessage[];
}

describe.for(VERSIONS)("a client of Rerun %s", (version) => {
  it("has its recording saved by a relay, downloaded, and read while it logs", async ({ folder, rerun }) => {
    const bytes = await recordingOf(version);
    const relay = await serve(join(folder, "{application}/{recording}.rrd"));
    const client = new Http2Client(relay.url);
    const live = openLive(readMessages(relay.url));
    expect(await client.write(messagesOf(bytes))).toMatchObject({ status: 0 });
    client.close();
    const reading = await live;
    expect(reading.info).toMatchObject({ applicationId: "releases", recordingId: "release" });
    await expect.poll(() => reading.schema().entityPaths).toContain("/columns");
    reading.close();
    const downloaded = await runCli(["download", relay.url, "-o", folder, "--idle-timeout", "5"]);
    expect(downloaded.code, downloaded.stderr).toBe(0);
    expect(await relay.interrupt()).toMatchObject({ code: 0, stderr: "" });
    const names = readdirSync(join(folder, "releases")).sort();
    expect(names).toEqual([expect.stringMatching(/\.rbl$/), "release.rrd"]);
    const saved = join(folder, "releases/release.rrd");
    for (const path of [saved, join(folder, "output.rrd")]) {
      await using file = await openRrd(path, { mode: "lazy" });
      expect(file.recordings).toMatchObject([{ applicationId: "releases", recordingId: "release" }]);
    }
    expect((await compareRrd(join(folder, "output.rrd"), bytes)).differences).toEqual([]);
    // Its verification ends with a panic at chunks of 0.23, which it reads otherwise.
    const command = version.startsWith("0.23") ? "stats" : "verify";
    await promisify(execFile)(rerun.program, ["rrd", command, saved]);
  });

  it.runIf(isSoak)("gives a relay the rows that its recording has", { timeout: 600_000 }, async ({ folder, rerun }) => {
    const saved = join(folder, "all.rrd");
    const relay = await serve(saved);
    const { python } = realRerun();
    await runRelease(python, await installRelease(python, version), relay.url);
    expect(await relay.interrupt()).toMatchObject({ code: 0, stderr: "" });
    const query: QueryOptions = { index: "frame", contents: ["/**", "/__properties/episode"] };
    const tableOf = async (source: string | Uint8Array): Promise<unknown> => {
      await using file = await openRrd(source);
      const table = await file.recording().query(query).toTable();
      const names = table.schema.names.filter((name) => !/^log_|start_time$/.test(String(name)));
      const text = JSON.stringify(table.select(names).toArray(), (_, value: unknown) =>
        typeof value === "bigint" ? `${value}` : value,
      );
      return JSON.parse(text) as unknown;
    };
    expect(await tableOf(saved)).toEqual(await tableOf(await recordingOf(version)));
    await promisify(execFile)(rerun.program, ["rrd", "stats", saved]);
  });
});
