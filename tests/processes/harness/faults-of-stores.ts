import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RequestFate } from "@rerun-ts/test-support/node/bad-http-proxy";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { FOREIGN_ANSWERS, type ForeignAnswer } from "@rerun-ts/test-support/node/foreign-answers";
import { expect } from "vitest";
import { CountedParts } from "../../../packages/storage/dist/replacements/counted-parts.js";
import { S3_ENVIRONMENT } from "./bad-store.ts";
import { faultMs, type Faults, type FaultyWorldParts } from "./faulty-world-parts.ts";
import { rowsIn } from "./fleet-rows.ts";
import { runCli } from "./relay-program.ts";

/** The usual fate of one in so many requests during faults of single requests. */
const SINGLE = 4;

const DENIED: ForeignAnswer = {
  status: 403,
  headers: { "content-type": "application/xml" },
  body: "<Error><Code>AccessDenied</Code></Error>",
};

type Fate = (method: string, url: string) => RequestFate;

/** Requests in place of all others. */
export const STORE_FATES = {
  "the store hangs": () => "hang",
  "creating is denied": (method) => (method === "PUT" ? DENIED : "pass"),
  "reading is denied": (method, url) => (method === "GET" && !isList(url) ? DENIED : "pass"),
  "asking for objects is denied": (method) => (method === "HEAD" ? DENIED : "pass"),
  "deleting is denied": (method) => (method === "DELETE" || method === "POST" ? DENIED : "pass"),
  "listing is denied": (_, url) => (isList(url) ? DENIED : "pass"),
  "lists are late": (_, url) => (isList(url) ? "late" : "pass"),
  "bits of parts flip on the way": (method, url) => {
    if (!/[.]rrds?(?:[?]|$)/.test(url)) return "pass";
    return method === "PUT" ? "flip-body" : method === "GET" ? "flip-answer" : "pass";
  },
} as const satisfies Readonly<Record<string, Fate>>;

/** Lets requests have a certain fate for a while. */
async function answer({ proxy, random }: FaultyWorldParts, fate: Fate): Promise<void> {
  const usual = proxy.fate;
  proxy.fate = ({ method = "", url = "" }) => fate(method, url);
  await sleep(faultMs(random));
  proxy.fate = usual;
  // Some servers are back without the requests of before, and some end them.
  if (random(4) > 0 || !isSoak) proxy.cutHanging();
}

/** Flips a bit of a part in the bucket, of which `parts check` must tell, and restores it. */
async function damagePart({ direct, random, server }: FaultyWorldParts): Promise<void> {
  // Other servers keep their objects elsewhere.
  if (server.name !== "versitygw") return;
  const countedKeys = async (): Promise<string[]> => {
    const { counted } = await new CountedParts(direct, "fleet").list("shared run");
    return counted.map(({ key }) => key).filter((key) => key.includes("/direct/"));
  };
  const keys = await countedKeys();
  const key = keys[random(keys.length)];
  if (key === undefined) return;
  const path = join(server.bucketFolder("bucket"), "prefix", key);
  // Compaction may have replaced it meanwhile, or deleted it, here and below.
  if (!existsSync(path)) return;
  const whole = readFileSync(path);
  const damaged = Buffer.from(whole);
  const at = random(damaged.byteLength);
  damaged[at] = (damaged[at] ?? 0) ^ 4;
  writeFileSync(path, damaged);
  const { code, stdout } = await runCli(["parts", "check", direct.url, "--dataset", "fleet", "--bytes", "--json"], {
    env: { ...S3_ENVIRONMENT, AWS_ENDPOINT_URL_S3: server.url },
  });
  if ((await countedKeys()).includes(key)) expect([code, stdout.toString()]).toEqual([1, expect.stringContaining(key)]);
  if (existsSync(path)) writeFileSync(path, whole);
}

/**
 * The bucket goes back to an earlier state, as the documentation describes: nothing that remembers the bucket runs
 * meanwhile. What came in between may be lost.
 */
async function restoreBucket(world: FaultyWorldParts): Promise<void> {
  const { proxy, direct, server, folder, random, lost, ingesters, ingest, compactors, keeper } = world;
  if (server.name !== "versitygw") return;
  // The server keeps facts about the objects in a folder beside that of the bucket.
  const [bucket, snapshot] = [server.bucketFolder("bucket"), join(folder, "bucket-snapshot")];
  const folders = [bucket, join(bucket, "../../sidecar/bucket")].map(
    (path, index) => [path, `${snapshot}-${index}`] as const,
  );
  const copy = async (from: string, to: string): Promise<void> => {
    await rm(to, { recursive: true, force: true });
    if (existsSync(from)) await cp(from, to, { recursive: true, preserveTimestamps: true });
  };
  await proxy.leave();
  // What the server does meanwhile would be in one folder of the copy, and not in another one.
  await proxy.settle();
  for (const [path, saved] of folders) await copy(path, saved);
  await proxy.comeBack();
  await sleep(faultMs(random));
  const [compactor] = compactors;
  await Promise.all([ingesters.pause(), ingest.kill(), compactor?.pause(), keeper.killKeeper()]);
  await proxy.leave();
  await proxy.settle();
  const before = await rowsIn(direct);
  for (const [path, saved] of folders) await copy(saved, path);
  const after = await rowsIn(direct);
  for (const name of before.keys()) if (!after.has(name)) lost.add(name);
  await proxy.comeBack();
  ingesters.resume();
  compactor?.resume();
  await Promise.all([ingest.resume(), keeper.start()]);
}

const answers = (name: keyof typeof STORE_FATES) => (world: FaultyWorldParts) => answer(world, STORE_FATES[name]);
/** Lets some of the requests have a fate. */
const some = (fate: RequestFate) => (world: FaultyWorldParts) =>
  answer(world, () => (world.random(SINGLE) === 0 ? fate : "pass"));

export const STORE_FAULTS = {
  "the store is away": async ({ proxy, random }) => {
    await proxy.leave();
    await sleep(faultMs(random));
    await proxy.comeBack();
  },
  "the store hangs": answers("the store hangs"),
  "single requests hang": some("hang"),
  "parts are cut": some("cut-within"),
  "creating is denied": answers("creating is denied"),
  "reading is denied": answers("reading is denied"),
  "asking for objects is denied": answers("asking for objects is denied"),
  "deleting is denied": answers("deleting is denied"),
  "listing is denied": answers("listing is denied"),
  "lists are late": answers("lists are late"),
  "bits of parts flip on the way": answers("bits of parts flip on the way"),
  "pages of other servers answer": (world) => {
    const pages = Object.values(FOREIGN_ANSWERS) as readonly ForeignAnswer[];
    return answer(world, () => pages[world.random(pages.length)] ?? "hang");
  },
  "a part is damaged for a while": damagePart,
  "the bucket goes back to a snapshot": restoreBucket,
} as const satisfies Faults;

function isList(url: string): boolean {
  return url.includes("list-type=2");
}
