import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ObjectStore } from "@rerun-ts/cloud";
import type { BadHttpProxy, RequestFate } from "@rerun-ts/test-support/node/bad-http-proxy";
import type { ForeignAnswer } from "@rerun-ts/test-support/node/foreign-answers";
import type { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { connect } from "node:net";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { expect } from "vitest";
import { S3_ENVIRONMENT } from "./bad-store.ts";
import { runCli } from "./relay-program.ts";
import type { MortalKeeper } from "./mortal-keeper.ts";
import type { Random } from "./test-random.ts";
import type { Robot } from "./robot.ts";

/** Names of files that nobody but their owner may touch. */
const FOREIGN_NAMES = [
  "notes.txt",
  "run.json",
  "0123456789abcdef0123456789abcdef/notes.txt",
  "a b/run.lock",
  ".hidden",
];
/** Keys of objects of others, beside and below those of the dataset. */
const FOREIGN_KEYS = [
  "v1/fleet/direct/shared_20run/readme.txt",
  "v1/fleet/direct/someone/else.bin",
  "v1/fleet/log/00/notes.json",
  "v1/fleet/compact/notes.txt",
  "v1/other/direct/run/robot-0/00000001.rrd",
  "photos/1.jpg",
];

const DENIED: ForeignAnswer = {
  status: 403,
  headers: { "content-type": "application/xml" },
  body: "<Error><Code>AccessDenied</Code></Error>",
};
const SIGN_IN: ForeignAnswer = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<!doctype html><title>Sign in</title>",
};

/** The programs and servers to which faults happen. */
export interface FaultyWorldParts {
  readonly random: Random;
  readonly proxy: BadHttpProxy;
  /** The store without faults. */
  readonly direct: ObjectStore;
  readonly nats: NatsServer;
  readonly keeper: MortalKeeper;
  readonly robots: readonly Robot[];
  readonly spool: string;
  /** The longest freeze, in milliseconds. */
  readonly maxFreezeMs: number;
  /** The numbers of the processes that may be frozen now. */
  readonly freezable: () => readonly number[];
  /** The folder of the bucket, and the address of its server without faults. */
  readonly bucketFolder: string;
  readonly endpoint: string;
  /** The port of the edge. */
  readonly edgePort: number;
}

/** What happens to programs, servers and disks in the world, one fault after the other. */
export class FaultyWorld {
  /** The faults so far. */
  readonly happened: string[] = [];
  readonly #parts: FaultyWorldParts;
  readonly #foreign = new Map<string, Buffer>();
  readonly #foreignObjects = new Map<string, Uint8Array>();
  readonly #usual: BadHttpProxy["fate"];

  constructor(parts: FaultyWorldParts) {
    this.#parts = parts;
    this.#usual = parts.proxy.fate;
  }

  /** The names of all faults. */
  static readonly names = [
    "a robot is killed",
    "the keeper is killed",
    "the catalog is killed",
    "NATS is killed",
    "the stream is lost",
    "a process is frozen",
    "the store is away",
    "the store hangs",
    "writing is denied",
    "reading is denied",
    "listing is denied",
    "a page of another server answers",
    "a part is damaged for a while",
    "foreign files appear",
    "a stranger talks to the edge",
  ] as const;

  async happen(name: (typeof FaultyWorld.names)[number]): Promise<void> {
    this.happened.push(name);
    const { random, keeper, robots, nats, proxy } = this.#parts;
    const whileMs = 500 + random(2500);
    switch (name) {
      case "a robot is killed":
        return robots[random(robots.length)]?.kill();
      case "the keeper is killed":
        return keeper.killKeeper();
      case "the catalog is killed":
        return keeper.killCatalog();
      case "NATS is killed":
      case "the stream is lost":
        await nats.kill(name === "NATS is killed" ? "nothing" : "all");
        await sleep(random(1000));
        return nats.restart();
      case "a process is frozen":
        return this.#freeze();
      case "the store is away":
        await proxy.leave();
        await sleep(whileMs);
        return proxy.comeBack();
      case "the store hangs":
        await this.#answer(whileMs, () => "hang");
        // Some servers are back without the requests of before, and some end them.
        return random(4) === 0 && isSoak ? undefined : proxy.cutHanging();
      case "writing is denied":
        return this.#answer(whileMs, (method) => (method === "PUT" ? DENIED : "pass"));
      case "reading is denied":
        return this.#answer(whileMs, (method, url) => (method === "GET" && !isList(url) ? DENIED : "pass"));
      case "listing is denied":
        return this.#answer(whileMs, (_, url) => (isList(url) ? DENIED : "pass"));
      case "a page of another server answers":
        return this.#answer(whileMs, () => SIGN_IN);
      case "a part is damaged for a while":
        return this.#damagePart();
      case "foreign files appear":
        return this.#addForeign();
      default:
        return this.#disturbEdge();
    }
  }

  /** Checks that nothing of others was touched. */
  async checkForeign(): Promise<void> {
    for (const [path, bytes] of this.#foreign) expect([path, readFileSync(path)]).toEqual([path, bytes]);
    for (const [key, bytes] of this.#foreignObjects)
      expect([key, Buffer.from(await this.#parts.direct.read(key))]).toEqual([key, Buffer.from(bytes)]);
  }

  /** The names in the spool that belong to others. */
  get foreignNames(): readonly string[] {
    return FOREIGN_NAMES.map((name) => name.split("/")[0] ?? name);
  }

  async #freeze(): Promise<void> {
    const { random, freezable, maxFreezeMs } = this.#parts;
    const pids = freezable();
    const pid = pids[random(pids.length)];
    if (pid === undefined) return;
    try {
      process.kill(pid, "SIGSTOP");
      await sleep(500 + random(maxFreezeMs));
      process.kill(pid, "SIGCONT");
    } catch {
      // It has ended meanwhile.
    }
  }

  /** Answers requests in a certain way for a while. */
  async #answer(milliseconds: number, fate: (method: string, url: string) => RequestFate): Promise<void> {
    const { proxy } = this.#parts;
    proxy.fate = ({ method = "", url = "" }) => fate(method, url);
    await sleep(milliseconds);
    proxy.fate = this.#usual;
  }

  async #addForeign(): Promise<void> {
    const { spool, random, direct } = this.#parts;
    for (const name of FOREIGN_NAMES) {
      const path = join(spool, name);
      if (this.#foreign.has(path)) continue;
      const bytes = Buffer.from(`of somebody else: ${random(1e9)}`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      this.#foreign.set(path, bytes);
    }
    for (const key of FOREIGN_KEYS) {
      if (this.#foreignObjects.has(key)) continue;
      const bytes = new TextEncoder().encode(`of somebody else: ${random(1e9)}`);
      await direct.create(key, bytes);
      this.#foreignObjects.set(key, bytes);
    }
  }

  /** Flips a bit of a part in the bucket, of which `parts check` must tell, and restores it. */
  async #damagePart(): Promise<void> {
    const { direct, random, bucketFolder } = this.#parts;
    const keys: string[] = [];
    for await (const { key } of direct.list("v1/fleet/direct/shared_20run/")) if (key.endsWith(".rrd")) keys.push(key);
    const key = keys[random(keys.length)];
    if (key === undefined || !existsSync(join(bucketFolder, key))) return;
    const path = join(bucketFolder, key);
    const whole = readFileSync(path);
    const damaged = Buffer.from(whole);
    const at = random(damaged.byteLength);
    damaged[at] = (damaged[at] ?? 0) ^ 4;
    writeFileSync(path, damaged);
    const { code, stdout } = await runCli(["parts", "check", direct.url, "--dataset", "fleet", "--bytes", "--json"], {
      env: { ...S3_ENVIRONMENT, AWS_ENDPOINT_URL_S3: this.#parts.endpoint },
    });
    expect([code, stdout.toString()]).toEqual([1, expect.stringContaining(key)]);
    // Compaction may have replaced and deleted it meanwhile.
    if (existsSync(path)) writeFileSync(path, whole);
  }

  /** Sends noise to the edge, and requests without a token. */
  async #disturbEdge(): Promise<void> {
    const { edgePort, random } = this.#parts;
    const noise = Buffer.from(Array.from({ length: 2000 }, () => random(256)));
    for (const bytes of [noise, Buffer.from("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), noise]) {
      await new Promise<void>((resolve) => {
        const socket = connect(edgePort, "127.0.0.1", () => socket.end(bytes));
        socket.on("error", () => resolve());
        socket.on("close", () => resolve());
        socket.resume();
        setTimeout(() => socket.destroy(), 500).unref();
      });
    }
  }
}

function isList(url: string): boolean {
  return url.includes("list-type=2");
}
