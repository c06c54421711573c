import type { ObjectStore } from "@rerun-ts/storage";
import type { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import type { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import type { S3Server } from "@rerun-ts/test-support/node/s3-server";
import type { BrowserContext } from "@playwright/test";
import type { ForeignThings } from "./foreign-things.ts";
import type { MortalCommand } from "./mortal-command.ts";
import type { MortalCompactor } from "./mortal-compactor.ts";
import type { MortalIngesters } from "./mortal-ingesters.ts";
import type { MortalKeeper } from "./mortal-keeper.ts";
import type { Robot } from "./robot.ts";
import type { Random } from "./test-random.ts";

/** The programs and servers to which faults happen. */
export interface FaultyWorldParts {
  readonly random: Random;
  /** The longest freeze, in milliseconds. */
  readonly maxFreezeMs: number;
  /** A temporary folder, with the configuration of NATS, and for snapshots. */
  readonly folder: string;
  /** The store with its usual faults, and the same store without faults, with its server. */
  readonly proxy: BadHttpProxy;
  readonly direct: ObjectStore;
  readonly server: S3Server;
  readonly nats: NatsServer;
  /** The address of NATS with the login of all programs. */
  readonly natsUrl: string;
  readonly keeper: MortalKeeper;
  readonly compactors: readonly MortalCompactor[];
  readonly edge: MortalCommand;
  readonly edgePort: number;
  /** Ingesters that are killed all the time, and one that is asked how it is. */
  readonly ingesters: MortalIngesters;
  readonly ingest: MortalCommand;
  readonly producerPid: number | undefined;
  readonly robots: readonly Robot[];
  /** The spool of robots that share it. */
  readonly spool: string;
  /** The file that lets the disks of programs fail. */
  readonly faultyDisk: string;
  /** The browser of the pages. */
  readonly context: BrowserContext;
  readonly foreign: ForeignThings;
  /** Rows that may be lost, because their bucket has gone back to a snapshot. */
  readonly lost: Set<string>;
}

/** Faults by their names. Each ends by itself, and may resolve to details for people. */
export type Faults = Readonly<Record<string, (world: FaultyWorldParts) => Promise<unknown>>>;

/** The duration of a fault, in milliseconds. */
export function faultMs(random: Random): number {
  return 500 + random(2500);
}
