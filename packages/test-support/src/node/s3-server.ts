import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

const START_MS = 30_000;
const POLL_MS = 20;

/** A program that serves buckets by the API of S3. */
export interface S3Program {
  readonly name: "versitygw" | "moto" | "rclone";
  readonly path: string;
}

/** The credentials of test servers. The secret must not be in any message. */
export const S3_CREDENTIALS = { accessKeyId: "CANARYACCESSKEY", secretAccessKey: "canary-secret-4711" } as const;

/** Options of {@link S3Server.start}. */
export interface S3ServerOptions {
  /** An empty folder for the data. */
  readonly folder: string;
  /** The buckets to create. */
  readonly buckets: readonly string[];
  /** The paths of a certificate and its key. Default: no TLS. Only with versitygw. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A server with the API of S3 on loopback. */
export class S3Server {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** The folder of a bucket whose files are its objects, with versitygw. */
  readonly bucketFolder: (bucket: string) => string;
  readonly #process: ChildProcess;

  private constructor(program: S3Program, port: number, isSecure: boolean, folder: string, child: ChildProcess) {
    this.name = program.name;
    this.port = port;
    this.url = `${isSecure ? "https" : "http"}://127.0.0.1:${port}`;
    this.bucketFolder = (bucket) => join(folder, "data", bucket);
    this.#process = child;
  }

  /** Starts a server. Resolves when it accepts connections. */
  static async start(program: S3Program, { folder, buckets, tls }: S3ServerOptions): Promise<S3Server> {
    const port = await freePort();
    const data = join(folder, "data");
    // A folder in the folder of the gateway is a bucket.
    for (const bucket of buckets) await mkdir(join(data, bucket), { recursive: true });
    await mkdir(join(folder, "sidecar"), { recursive: true });
    const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
    const secure = tls === undefined ? [] : ["--cert", tls.cert, "--key", tls.key];
    const listen = ["--port", `127.0.0.1:${port}`, "--access", accessKeyId, "--secret", secretAccessKey, "--quiet"];
    const gateway = [
      ...listen,
      ...secure,
      "--keep-alive",
      "--cors-allow-origin",
      "*",
      "posix",
      "--sidecar",
      join(folder, "sidecar"),
      data,
    ];
    const args = {
      versitygw: gateway,
      moto: ["-H", "127.0.0.1", "-p", String(port)],
      rclone: ["serve", "s3", "--addr", `127.0.0.1:${port}`, "--auth-key", `${accessKeyId},${secretAccessKey}`, data],
    };
    const child = spawn(program.path, args[program.name], { stdio: "ignore" });
    const server = new S3Server(program, port, tls !== undefined, folder, child);
    const end = performance.now() + START_MS;
    while (!(await canConnect(port))) {
      if (child.exitCode !== null || performance.now() > end) {
        await server.stop();
        throw new Error(`${program.name} did not start on port ${port}`);
      }
      await sleep(POLL_MS);
    }
    if (program.name === "moto")
      for (const bucket of buckets) await fetch(`${server.url}/${bucket}`, { method: "PUT" });
    return server;
  }

  /** The number of its process. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Ends the server. Its data stays, with versitygw. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
