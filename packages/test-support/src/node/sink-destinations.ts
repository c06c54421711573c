import { closeSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Sink } from "@rerun-ts/core";
import { spool, serve } from "@rerun-ts/node";
import type { Destination } from "../common/sink-matrix.ts";
import { freePort } from "./free-port.ts";
import { RelayReaderClient } from "./relay-client.ts";

/** A sink that sends to a relay of its own, and the port of that relay. */
export interface RelayDestination extends Destination {
  readonly port: number;
  arrived(): Promise<readonly Uint8Array[]>;
}

let count = 0;

/**
 * A sink into a file in a folder, at a path of its own. `create` may also open a file, which the destination closes at
 * the end.
 */
export function inFile(
  folder: string,
  create: (path: string) => { readonly sink: Sink; readonly fd?: number },
): Destination {
  const path = join(folder, `${count++}.rrd`);
  const { sink, fd } = create(path);
  return {
    sink,
    arrived: () => [readFileSync(path)],
    cleanUp: () => {
      if (fd !== undefined) closeSync(fd);
    },
  };
}

/** A sink into a folder of its own below `folder`: the contents of the folder's files count as arrived. */
export function inFolder(folder: string, create: (path: string) => Sink): Destination {
  const path = join(folder, String(count++));
  return { sink: create(path), arrived: () => filesIn(path) };
}

/** The files of recordings in a folder, including files that the sink still writes, in the order of their names. */
export function filesIn(folder: string): Uint8Array[] {
  const names = readdirSync(folder).filter((name) => /[.]rrd([.]open)?$/.test(name));
  return names.sort().map((name) => readFileSync(join(folder, name)));
}

/** Sinks that send to relays, one each, which are there from the start unless they are absent. */
export function toRelay(create: (port: number) => Sink): (options: { isAbsent: boolean }) => Promise<RelayDestination> {
  return async ({ isAbsent }) => {
    const port = await freePort();
    let relay: serve.GrpcServer | undefined;
    const appear = async (): Promise<void> => void (relay ??= await serve.serveGrpcRelay({ port, thread: false }));
    if (!isAbsent) await appear();
    return {
      port,
      sink: create(port),
      appear,
      async arrived() {
        if (relay === undefined) return [];
        const reader = new RelayReaderClient(relay.url);
        await reader.until(relay.stats().heldMessages);
        reader.stop();
        return [reader.toRrd()];
      },
      cleanUp: () => relay?.close(),
    };
  };
}

/** The spooled sink, in a folder below `folder`: messages that are still in the folder count as arrived, too. */
export function spooled(folder: string, destination: RelayDestination): Destination {
  const directory = join(folder, String(count++));
  mkdirSync(directory);
  return {
    ...destination,
    sink: spool(destination.sink, { directory }),
    async arrived() {
      const names = readdirSync(directory).filter((name) => name.endsWith(".rrd"));
      return [...(await destination.arrived()), ...names.map((name) => readFileSync(join(directory, name)))];
    },
  };
}
