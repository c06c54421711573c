import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import type { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { faultMs, type Faults, type FaultyWorldParts } from "./faulty-world-parts.ts";

const STREAM = "rr-fleet";
/** The user of NATS. */
const [USER, PASSWORD] = ["fleet", "canary"] as const;

/** Rights in NATS, of which programs lack one after the other. */
const RIGHTS = [
  ["publish", "rr.>"],
  ["publish", "rr-ack.>"],
  ["publish", "rr-ask.>"],
  ["subscribe", "rr-ack.>"],
  ["subscribe", "rr-ask.>"],
  ["subscribe", "_INBOX.>"],
  ["publish", "$JS.API.STREAM.INFO.>"],
  ["publish", "$JS.API.STREAM.PURGE.>"],
  ["publish", "$JS.API.CONSUMER.CREATE.>"],
  ["publish", "$JS.API.CONSUMER.INFO.>"],
  ["publish", "$JS.API.CONSUMER.MSG.NEXT.>"],
] as const;

/** The address of a server with the login of a {@link writeRights} configuration. */
export function withLogin(nats: NatsServer): string {
  return nats.url.replace("//", `//${USER}:${PASSWORD}@`);
}

/** Writes the configuration of NATS in a folder: its one user has all rights but one. Returns its path. */
export function writeRights(folder: string, denied?: (typeof RIGHTS)[number]): string {
  const permissions = denied === undefined ? "" : `, permissions: { ${denied[0]}: { deny: "${denied[1]}" } }`;
  const streams = `jetstream { store_dir: "${join(folder, "jetstream")}" }`;
  const file = join(folder, "nats.conf");
  writeFileSync(
    file,
    `${streams}\nauthorization { users: [ { user: ${USER}, password: ${PASSWORD}${permissions} } ] }\n`,
  );
  return file;
}

async function restart({ nats, random }: FaultyWorldParts, loss: "nothing" | "all"): Promise<void> {
  await nats.kill(loss);
  await sleep(random(1000));
  await nats.restart();
}

async function manage(
  { natsUrl }: FaultyWorldParts,
  change: (manager: JetStreamManager) => Promise<unknown>,
): Promise<void> {
  const connection = await connect({ servers: new URL(natsUrl).host, user: USER, pass: PASSWORD });
  // The stream may not be there yet.
  await change(await jetstreamManager(connection)).catch(() => undefined);
  await connection.close();
}

export const NATS_FAULTS = {
  "NATS is killed": (world) => restart(world, "nothing"),
  "the stream is lost": (world) => restart(world, "all"),
  "the stream is purged": (world) => manage(world, (manager) => manager.streams.purge(STREAM)),
  "the stream is deleted": (world) => manage(world, (manager) => manager.streams.delete(STREAM)),
  "NATS goes back to a snapshot": async (world) => {
    const { nats, folder, random } = world;
    const snapshot = join(folder, "jetstream-snapshot");
    await nats.kill();
    cpSync(nats.folder, snapshot, { recursive: true });
    await nats.restart();
    await sleep(faultMs(random));
    await nats.kill("all");
    cpSync(snapshot, nats.folder, { recursive: true });
    rmSync(snapshot, { recursive: true });
    await nats.restart();
  },
  "a right in NATS is taken": async ({ nats, folder, random }) => {
    const right = RIGHTS[random(RIGHTS.length)];
    writeRights(folder, right);
    nats.reload();
    await sleep(faultMs(random));
    writeRights(folder);
    nats.reload();
    return right?.join(" ");
  },
} as const satisfies Faults;
