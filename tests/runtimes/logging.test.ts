import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serve } from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { describe, expect, inject, onTestFinished } from "vitest";
import { startRealServer } from "../processes/harness/start-real-server.ts";
import { it } from "../processes/harness/test.ts";
import { isComplete } from "./harness/is-complete.ts";
import { RecordingsReader } from "./harness/reader.ts";
import { linesOf, needRuntime, SERVER_RUNTIMES, startIn } from "./harness/runtime.ts";

const RUNTIMES = isComplete ? SERVER_RUNTIMES : SERVER_RUNTIMES.slice(1);

/** The ways of `ways.js`, in its order. */
const WAYS: readonly string[] = [
  "to a file",
  "to memory",
  "to a stream",
  "over gRPC to Rerun's server",
  "over gRPC to a relay",
  "over gRPC, in the calling thread, to Rerun's server",
  "over gRPC, in the calling thread, to a relay",
  "over gRPC-web to Rerun's server",
  "over gRPC-web to a relay",
  "over a WebSocket to a relay",
  "over a WebSocket, in the calling thread, to a relay",
  "to its readers",
  "to its readers, in the calling thread",
];

/** A line that `ways.js` prints. */
type Report = { readonly url: string } | { readonly way: string };

describe.for(RUNTIMES)("the packed packages in %s", (name) => {
  it("log the same as in Node to files, memory, streams, servers, relays and readers", async ({
    rerun,
    folder,
    skip,
    task,
  }) => {
    const runtime = needRuntime(name, WAYS, { skip, task });
    const server = await startRealServer(rerun.program);
    const relay = await serve.serveGrpcRelay({ port: 0 });
    onTestFinished(() => relay.close());
    const options = { name, folder, server: server.url, relay: relay.url };
    const program = startIn(runtime, "ways", [JSON.stringify(options)]);
    const ways: string[] = [];
    let reader: RelayReaderClient | undefined;
    for await (const line of linesOf(program)) {
      const report = JSON.parse(line) as Report;
      if ("url" in report) {
        reader = new RelayReaderClient(report.url);
      } else {
        const { way } = report;
        expect(report).toEqual({ way, complete: true, droppedRows: 0, warnings: [] });
        if (way.startsWith("to its readers")) {
          await reader?.ended;
          await writeFile(join(folder, `${way}.rrd`), reader?.toRrd() ?? "");
        }
        ways.push(way);
      }
    }
    expect(await program.ended).toMatchObject({ code: 0, stderr: "" });
    expect(ways).toEqual(WAYS);

    const expected = inject("expected");
    const numChunks = readChunks(await readFile(expected)).length;
    const readers = [new RecordingsReader(server.url), new RecordingsReader(relay.url)] as const;
    onTestFinished(() => readers.forEach((one) => one.stop()));
    for (const way of ways) {
      const file = join(folder, `${way}.rrd`);
      if (way.startsWith("over")) {
        const from = way.endsWith("Rerun's server") ? readers[0] : readers[1];
        await from.save(`${name} ${way}.`, file, numChunks);
      }
      const merged = join(folder, "merged.rrd");
      await rerun.merge(merged, file);
      await rerun.compare(merged, expected);
    }
  });

  it("write a complete recording to standard output", async ({ rerun, folder, skip, task }) => {
    const runtime = needRuntime(name, ["to standard output"], { skip, task });
    const end = await startIn(runtime, "ways", [JSON.stringify({ name, isStdout: true })]).ended;
    expect(end).toMatchObject({ code: 0, stderr: "" });
    const file = join(folder, "stdout.rrd");
    await writeFile(file, end.stdout);
    await rerun.verify(file);
    await rerun.compare(file, inject("expected"));
  });
});
