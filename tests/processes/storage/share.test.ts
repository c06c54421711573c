import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { fsStore, s3Store, shareAppLink, shareLink } from "@rerun-ts/storage";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { lacksS3, s3Name, s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runWarmCli } from "../harness/warm-cli.ts";

const folder = makeTemporaryFolder();
let server: S3Server;
let run: string;
let assets: string;

describe.skipIf(lacksS3())(`rerun-ts share, with ${s3Name()}`, () => {
  beforeAll(async () => {
    server = await S3Server.start(s3Program(), { folder: folder.path, buckets: ["bucket"] });
    run = join(folder.path, "run.rrd");
    const rec = new rr.RecordingStream("run");
    await rec.save(run);
    rec.log("x", new rr.Scalars(1), { time: { frame: 7 } });
    await rec.close();
    assets = join(folder.path, "viewer");
    await mkdir(assets);
    await writeFile(join(assets, "index.js"), "class WebViewer {}\nexport { WebViewer };");
    await writeFile(join(assets, "re_viewer.js"), "export default function () {}");
    await writeFile(join(assets, "re_viewer_bg.wasm"), new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 1, 0]));
  });
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  function share(...args: string[]): ReturnType<typeof runWarmCli> {
    const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    return runWarmCli(["share", "--to", "s3://bucket/a/b", "--endpoint", server.url, ...args], { env });
  }

  it("prints a link to the page, which nobody can guess, and deletes the page by the link", async () => {
    const links: string[] = [];
    for (const _ of [1, 2]) {
      const end = await share(run, "--assets", assets, "--at", "frame@7", "--title", "Run 7");
      expect(end).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Uploaded s3:\/\/bucket\/a\/b\/share\//) });
      expect(end.stderr).not.toContain("X-Amz-Signature");
      links.push(end.stdout.toString().trim());
    }
    const [first = "", second = ""] = links;
    expect(new URL(first).pathname).toMatch(/\/bucket\/a\/b\/share\/[0-9a-f]{32}\/recording\.html$/);
    expect(new URL(first).pathname).not.toBe(new URL(second).pathname);
    expect(new URL(first).searchParams.get("X-Amz-Expires")).toBe("86400");
    const page = await fetch(first);
    expect(page.headers.get("content-type")).toMatch(/^text\/html; ?charset=utf-8$/i);
    const html = await page.text();
    expect(html).toContain("<title>Run 7</title>");
    expect(html).toContain('"moment":{"timeline":"frame","time":"7"}');
    // Nobody reads it without the signature.
    expect((await fetch(first.split("?")[0] ?? "")).status).toBe(403);

    expect(await share("--delete", first)).toMatchObject({ code: 0, stderr: "" });
    expect([(await fetch(first)).status, (await fetch(second)).status]).toEqual([404, 200]);
  });

  it("refuses longer times than stores sign for, links of others, and stores without links", async () => {
    const cases: [string[], number, string][] = [
      [[run, "--assets", assets, "--expires", "8d"], 2, "`--expires`"],
      [[run, "--assets", assets, "--expires", "soon"], 2, "`--expires` must be a duration"],
      [[], 2, "at least one file"],
      [["--delete", "https://a.example/share/0123456789abcdef0123456789abcdef/recording.html"], 2, "`--delete`"],
      [["--delete", `${server.url}/bucket/a/b/fleet/1.rrd`], 2, "`--delete`"],
    ];
    for (const [args, code, message] of cases) {
      const end = await share(...args);
      expect({ args, code: end.code, stderr: end.stderr }).toEqual({
        args,
        code,
        stderr: expect.stringContaining(message),
      });
    }
    await expect(shareLink(run, fsStore(join(folder.path, "store")))).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  it("prints a link to app.rerun.io on request, with a warning, and deletes the recording by the link", async () => {
    const end = await share(run, "--app");
    expect(end).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("the server of app.rerun.io sees the signed address"),
    });
    const link = end.stdout.toString().trim();
    expect(link).toMatch(/^https:\/\/app\.rerun\.io\/version\/[\d.]+\/\?url=http/);
    const source = new URL(link).searchParams.get("url") ?? "";
    expect(Buffer.from(await (await fetch(source)).arrayBuffer())).toEqual(await readFile(run));
    expect(await share("--delete", link)).toMatchObject({ code: 0, stderr: "" });
    expect((await fetch(source)).status).toBe(404);
  });

  it("names the rule that a bucket lacks for app.rerun.io, and leaves nothing in the bucket", async () => {
    const origin = createServer((_, response) => response.end("R")).listen(0, "127.0.0.1");
    await once(origin, "listening");
    onTestFinished(() => void origin.close());
    const store = fsStore(join(folder.path, "strict"));
    // A folder, whose server sends no header.
    store.presignRead = async (key) => `http://127.0.0.1:${(origin.address() as AddressInfo).port}/${key}`;
    await expect(shareAppLink(run, store)).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining('\n{"CORSRules":[{"AllowedOrigins":["https://app.rerun.io"],'),
    });
    for await (const { key } of store.list("share/")) expect(key).toBe("");
  });

  it("names the header that the server of a viewer lacks, and uploads nothing", async () => {
    const other = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const store = s3Store("s3://bucket/none", { endpoint: server.url, credentials: S3_CREDENTIALS });
    const viewer = `http://127.0.0.1:${(other.address() as AddressInfo).port}/viewer`;
    await expect(shareLink(run, store, { viewer })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining(`\naccess-control-allow-origin: ${new URL(server.url).origin}`),
    });
    for await (const { key } of store.list("")) expect(key).toBe("");
  });
});
