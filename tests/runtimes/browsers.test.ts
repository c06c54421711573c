import { Buffer } from "node:buffer";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RecordingStream, Scalars, serve, viewer } from "@rerun-ts/node";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import type { TestBrowser } from "@rerun-ts/test-support/browsers/test-browser";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";
import { BROWSER_NAMES, startBrowser } from "@rerun-ts/test-support/setup/browsers";
import { build, preview } from "vite";
import { beforeAll, describe, expect, inject, onTestFinished, type TestContext } from "vitest";
import type { Rerun } from "../processes/harness/rerun.ts";
import { startRealServer } from "../processes/harness/start-real-server.ts";
import { it } from "../processes/harness/test.ts";
import { RecordingsReader } from "./harness/reader.ts";
import { needBrowser } from "./harness/runtime.ts";

const SENDING: readonly string[] = [
  "over gRPC-web to Rerun's server",
  "over gRPC-web to a relay",
  "over gRPC-web, from a worker, to a relay",
  "over a WebSocket to a relay",
  "over a WebSocket, from a worker, to a relay",
];
const STORING: readonly string[] = ["to the origin private file system", "over gRPC-web, through a spool, to a relay"];
const VIDEO_CODECS = ["AV1", "H264", "VP9", "VP8"];
const START_CODE = [0, 0, 0, 1];
/** How often a page is unloaded in a browser that may end its script before that has logged all. */
const MAX_ATTEMPTS = 10;

/** The recording that the viewer of a page shows, and its time. */
const SHOWN = `async () => {
  const { active_store_id: active, recordings = [] } = (await globalThis.viewer?.get_state?.()) ?? {};
  const { current_time: time } = recordings.find(({ store_id }) => store_id === active) ?? {};
  return active + " " + time?.timeline + "@" + time?.time;
}`;

type Context = Pick<TestContext, "skip" | "task">;

/** Rerun's server and a relay, and their readers. */
interface Servers {
  readonly server: string;
  readonly relay: string;
  readonly serverReader: RecordingsReader;
  readonly relayReader: RecordingsReader;
}

/** The result of `page.logVideo`. */
type Video = { readonly code: string } | { readonly rrd: string };

// `npm test` has no time for them: vite.config.ts leaves this file out.
describe.for(BROWSER_NAMES)("the packed package for pages in %s", (name) => {
  let pages: string;

  beforeAll(async () => {
    const outDir = join(inject("project"), `pages of ${name}`);
    const common = { root: inject("project"), configFile: false, logLevel: "error" } as const;
    await build({
      ...common,
      base: "./",
      build: { outDir, rolldownOptions: { input: join(inject("project"), "page.html") } },
      worker: { format: "es" },
    });
    const server = await preview({
      ...common,
      root: outDir,
      build: { outDir: "." },
      preview: { host: "127.0.0.1", port: 0 },
    });
    pages = `${server.resolvedUrls?.local[0]}page.html`;
    return () => server.close();
  });

  /** Starts the browser with the page, and closes it at the end of the test. */
  async function open(folder: string, features: readonly string[], { skip, task }: Context): Promise<TestBrowser> {
    needBrowser(name, { skip });
    const downloads = join(folder, "downloads");
    await mkdir(downloads, { recursive: true });
    // The browser is closed after the fixtures are removed.
    const profile = makeTemporaryFolder();
    onTestFinished(profile.remove);
    const browser = await startBrowser(name, { profile: profile.path, downloads });
    onTestFinished(browser.close);
    task.meta.shows = { runtime: name, version: browser.version, features };
    await browser.open(pages);
    await browser.call('() => "page" in window || new Promise((resolve) => addEventListener("load", () => resolve()))');
    return browser;
  }

  it("logs the same as Node to memory, streams, servers, relays, and from workers", async ({
    rerun,
    folder,
    skip,
    task,
  }) => {
    const ways = ["to memory", "to a stream", ...SENDING];
    const browser = await open(folder, ways, { skip, task });
    const servers = await startServers(rerun.program);
    for (const way of ways) {
      const file = join(folder, `${way}.rrd`);
      await logTo(file, browser, way, servers);
      await expectSame(rerun, folder, file);
    }
  });

  it("downloads the same as Node logs to a file", async ({ rerun, folder, skip, task }) => {
    const browser = await open(folder, ["as a download"], { skip, task });
    await browser.call("page.log", "as a download", { name });
    const downloads = join(folder, "downloads");
    const file = join(downloads, "page.rrd");
    // Browsers write to another name first, and may create the file before it has content.
    await expect.poll(() => readdir(downloads), { timeout: 20_000 }).toEqual(["page.rrd"]);
    await expect.poll(async () => (await stat(file)).size).toBeGreaterThan(0);
    await expectSame(rerun, folder, file);
  });

  it("stores the same, and sends it through a spool", async ({ rerun, folder, skip, task }) => {
    const browser = await open(folder, STORING, { skip, task });
    const { hasStorage } = (await browser.call("page.features")) as { hasStorage: boolean };
    if (!hasStorage) {
      expect(await browser.call("page.endsOfSaving")).toMatchObject({ saveToOpfs: "UNSUPPORTED" });
      delete task.meta.shows;
      skip(`${name} has no origin private file system`);
    }
    const servers = await startServers(rerun.program);
    for (const way of STORING) {
      const file = join(folder, "stored.rrd");
      await logTo(file, browser, way, servers);
      await expectSame(rerun, folder, file);
    }
  });

  it("says that there is no dialog for files", async ({ folder, skip, task }) => {
    const browser = await open(folder, ["`saveToPicker` ends with `UNSUPPORTED`"], { skip, task });
    expect(await browser.call("page.endsOfSaving")).toMatchObject({ saveToPicker: "UNSUPPORTED" });
  });

  it("logs video in the codecs that the browser encodes, H.264 in Annex B", async ({ rerun, folder, skip, task }) => {
    const browser = await open(folder, [], { skip, task });
    const encoded: string[] = [];
    for (const codec of ["auto", ...VIDEO_CODECS]) {
      const video = (await browser.call("page.logVideo", codec)) as Video;
      if ("code" in video) {
        expect([codec, video.code]).toEqual([codec, "UNSUPPORTED"]);
        continue;
      }
      const rrd = Buffer.from(video.rrd, "base64");
      const file = join(folder, `${codec}.rrd`);
      await writeFile(file, rrd);
      await rerun.verify(file);
      const samples = valuesOf(rrd, "/video", "VideoStream:sample").map((sample) => (sample as number[][])[0] ?? []);
      expect(samples).toHaveLength(30);
      if (codec === "H264") for (const sample of samples) expect(sample.slice(0, 4)).toEqual(START_CODE);
      encoded.push(codec);
    }
    // Without a codec of its own, the SDK would choose JPEG, and there would be no samples.
    expect(encoded).toContain("auto");
    const features = VIDEO_CODECS.filter((codec) => encoded.includes(codec)).map((codec) => `video as ${codec}`);
    task.meta.shows = { runtime: name, version: browser.version, features };
  });

  it("opens a page with a recording from the disk, at its moment", async ({ folder, skip, task }) => {
    const browser = await open(folder, ["`recordingToHtml`, from a disk"], { skip, task });
    const rec = new RecordingStream("disk", { recordingId: "run" });
    rec.memoryRecording();
    for (let frame = 0; frame < 10; frame++) rec.log("x", new Scalars(frame), { time: { frame } });
    const page = await viewer.recordingToHtml(rec, { viewerFiles: await ensureWebViewer(), at: "frame@3" });
    const path = join(folder, "run.html");
    await writeFile(path, page.stream());
    await browser.open(pathToFileURL(path).href);
    const state = (): Promise<unknown> => browser.call(SHOWN);
    await expect.poll(state, { timeout: 60_000 }).toBe("Recording:disk:run frame@3");
  });

  // Firefox ends scripts that run while it unloads a page, wherever they are. The data that they were logging is lost.
  const endsScripts = name === "Firefox ESR";
  it.for(
    ["gRPC-web", "a WebSocket"].flatMap((transport) => [[transport, "left"] as const, [transport, "closed"] as const]),
  )(
    "what a page logs when it is unloaded arrives over %s when the page is %s",
    async ([transport, end], { folder, skip, task }) => {
      const features = endsScripts ? [] : [`nothing is lost over ${transport}: the page is ${end}`];
      const relay = await serve.serveGrpcRelay({ port: 0 });
      const reader = new RecordingsReader(relay.url);
      onTestFinished(async () => {
        reader.stop();
        await relay.close();
      });
      const all = ["/before", "/waiting", "/leaving"];
      const ended: string[] = [];
      for (;;) {
        const id = `${name} is ${end} over ${transport}, attempt ${ended.length}.`;
        const browser = await open(folder, features, { skip, task });
        await browser.call("page.logUntilTheEnd", id, relay.url, transport === "a WebSocket");
        if (end === "left") await browser.open("about:blank");
        else await browser.closeWindow();
        const paths = (): string[] =>
          reader
            .of(id)
            .filter(({ kind }) => kind === "chunk")
            .map(({ payload }) => Buffer.from(payload).toString("latin1"))
            .flatMap((text) => all.filter((path) => text.includes(path)));
        try {
          await expect.poll(paths, { timeout: 5000 }).toEqual(all);
          return;
        } catch (error) {
          // Only a script that the browser has ended runs again. The data that it logged before has arrived, in order.
          const arrived = paths();
          const isEnded = arrived.length < all.length && arrived.every((path, index) => path === all[index]);
          ended.push(`only [${arrived.join()}] arrived`);
          const attempts = `attempts: ${ended.join("; ")}`;
          if (!endsScripts || !isEnded || ended.length === MAX_ATTEMPTS) throw new Error(attempts, { cause: error });
          console.warn(`${name} has ended the script of the page: ${attempts}`);
        }
      }
    },
  );

  /** Logs in a way, and writes the arrived data to a file. */
  async function logTo(file: string, browser: TestBrowser, way: string, servers: Servers): Promise<void> {
    const base64 = await browser.call("page.log", way, { name, server: servers.server, relay: servers.relay });
    if (typeof base64 === "string") return writeFile(file, Buffer.from(base64, "base64"));
    const numChunks = readChunks(await readFile(inject("expected"))).length;
    const reader = way.endsWith("server") ? servers.serverReader : servers.relayReader;
    await reader.save(`${name} ${way}.`, file, numChunks);
  }
});

/** Starts Rerun's server and a relay, and stops them at the end of the test. */
async function startServers(rerun: string): Promise<Servers> {
  const { url: server } = await startRealServer(rerun);
  const relay = await serve.serveGrpcRelay({ port: 0 });
  const [serverReader, relayReader] = [new RecordingsReader(server), new RecordingsReader(relay.url)];
  onTestFinished(async () => {
    for (const reader of [serverReader, relayReader]) reader.stop();
    await relay.close();
  });
  return { server, relay: relay.url, serverReader, relayReader };
}

/** Fails unless a file has the same data as this Node has logged. */
async function expectSame(rerun: Rerun, folder: string, file: string): Promise<void> {
  const merged = join(folder, "merged.rrd");
  await rerun.merge(merged, file);
  await rerun.compare(merged, inject("expected"));
}
