import {
  GrpcSink,
  isRerunError,
  MemorySink,
  opfs,
  OpfsSink,
  RecordingStream,
  shareRecording,
  spool,
  WebSocketSink,
  WebViewerSink,
} from "@rerun-ts/web";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { receivedRrd } from "@rerun-ts/test-support/common/received-messages";
import { SITUATIONS, WRAPPINGS, describeSinkMatrix, type Destination } from "@rerun-ts/test-support/common/sink-matrix";
import { WebSocketRelay } from "@rerun-ts/test-support/common/websocket-relay";
import { beforeEach } from "vitest";
import { PortSink } from "../../dist/worker-host/port-sink.js";
import { FakeViewer } from "./fake-viewer.ts";
import { needStorage } from "./features.ts";

const { openRecording } = opfs;

beforeEach(needStorage);

const newName = (): string => `matrix ${crypto.randomUUID()}`;

/** The streams in the folder of a spool, and in those below it. */
async function streamsIn(folder: FileSystemDirectoryHandle): Promise<Uint8Array[]> {
  const streams: Uint8Array[] = [];
  for await (const handle of (folder as unknown as { values(): AsyncIterable<FileSystemHandle> }).values()) {
    if (handle.kind === "directory") streams.push(...(await streamsIn(handle as FileSystemDirectoryHandle)));
    else if (handle.name.endsWith(".rrd")) {
      const file = await (handle as FileSystemFileHandle).getFile();
      streams.push(new Uint8Array(await file.arrayBuffer()));
    }
  }
  return streams;
}

async function spoolStreams(name: string): Promise<Uint8Array[]> {
  const root = await navigator.storage.getDirectory();
  for (;;) {
    try {
      const area = await (await root.getDirectoryHandle("rerun-ts")).getDirectoryHandle("spools");
      return await streamsIn(await area.getDirectoryHandle(encodeURIComponent(name), { create: true }));
    } catch (error) {
      // After a short deadline, its worker may still remove files.
      if ((error as Error).name !== "NotFoundError") throw error;
    }
  }
}

function inViewer({ isAbsent }: { readonly isAbsent: boolean }): Destination {
  const viewer = new FakeViewer();
  if (!isAbsent) viewer.start();
  return { sink: new WebViewerSink(viewer), arrived: () => viewer.received, appear: () => void viewer.start() };
}

/** What a worker logs that has joined the recording of a page. */
function throughPort(): Destination {
  const page = new RecordingStream("page", { sendProperties: false });
  const memory = new MemorySink();
  void page.setSink(memory);
  const port = shareRecording(page);
  port.start();
  return {
    sink: new PortSink(port, { maxQueueBytes: undefined }),
    arrived: () => [memory.toBytes()],
    cleanUp: () => void page.close(),
  };
}

/** A spool: what is still in its folder has arrived, too. */
function spooled({ isAbsent }: { readonly isAbsent: boolean }): Destination {
  const [relay, name] = [new WebSocketRelay(), newName()];
  relay.behaviour = { isAbsent };
  return {
    sink: spool(new WebSocketSink(undefined, { WebSocket: relay.WebSocket }), { name }),
    async arrived() {
      const stored = await spoolStreams(name);
      return [receivedRrd(relay.received), ...stored];
    },
    appear: () => void (relay.behaviour = {}),
  };
}

describeSinkMatrix({
  createRecording: (options) => new RecordingStream("matrix", options),
  sinks: {
    OpfsSink() {
      const name = newName();
      return {
        sink: new OpfsSink(name),
        async arrived() {
          const recording = await openRecording(name).catch((error: unknown) => {
            // It was closed before it was open.
            if (isRerunError(error) && error.code === "NOT_FOUND") return undefined;
            throw error;
          });
          const file = await recording?.file();
          return file === undefined ? [] : [new Uint8Array(await file.arrayBuffer())];
        },
      };
    },
    WebViewerSink: inViewer,
    "sink of a worker that has joined": throughPort,
    GrpcSink({ isAbsent }) {
      const server = new FetchServer();
      server.behaviour = { isAbsent };
      return {
        sink: new GrpcSink(`rerun+http://${crypto.randomUUID()}/proxy`, { fetch: server.fetch }),
        arrived: () => [server.toRrd()],
        appear: () => void (server.behaviour = {}),
      };
    },
    "spool in OPFS": spooled,
  },
  wrappings: WRAPPINGS,
  situations: SITUATIONS,
  excludes: (sink, _, situation) =>
    situation.includes("server is away") && (sink === "OpfsSink" || sink.includes("joined"))
      ? "the sink has no server"
      : undefined,
});
