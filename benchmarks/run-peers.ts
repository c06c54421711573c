import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import type { Missing } from "@rerun-ts/test-support/setup/rerun";
import { PROGRAMS_FOLDER } from "./compile-programs.ts";

/** Files are written here and deleted immediately. */
export const outputFolder: string = join(root, ".cache/bench");

/** The folder that keeps the recordings to read, for all workloads. */
export const readingFolder: string = join(outputFolder, "reading");

/** An SDK that is measured. */
export interface Peer {
  readonly name: string;
  /** The program and its first arguments. */
  readonly command: readonly [string, ...string[]];
  /** Whether it runs in Chromium. */
  readonly isPage?: boolean;
}

/** The output of a peer's program. */
export interface PeerRun {
  readonly calls: number;
  readonly seconds: number;
  readonly cpuSeconds?: number;
  /** How long a call took, of a paced workload: the median. */
  readonly blockedMs?: number | null;
  /** The size of the file. */
  readonly bytes?: number | null;
  readonly peakBytes?: number;
  /** The result of a workload that reads, which is the same for all SDKs. */
  readonly value?: number;
  /** The longest task of a page's main thread while it or its worker reads, in milliseconds. */
  readonly longestTaskMs?: number;
}

/** The program that runs a workload in Chromium. */
const PAGE = [process.execPath, "--import", "tsx", join(root, "benchmarks/peers/chromium.ts")] as const;

/** This SDK as a peer, in each of its places. */
export interface OwnPeers {
  readonly onNode: Peer;
  /** On Node, for workloads that read. */
  readonly reading: Peer;
  /** In Chromium. */
  readonly inPage: Peer;
  /** In Chromium, where a worker sends or reads. */
  readonly inWorker: Peer;
}

/**
 * Returns the peers for the packages of a checkout.
 * @param checkout the folder with the built packages
 * @param programs the folder of the programs for Node, compiled where they find these packages
 */
export function ownPeers(name: string, checkout: string, programs: string): OwnPeers {
  const onNode = (program: string): Peer => ({ name, command: [process.execPath, join(programs, program)] });
  const page = [...PAGE, "--packages", checkout] as const;
  return {
    onNode: onNode("peers/rerun-ts.mjs"),
    reading: onNode("peers/read-rerun-ts.mjs"),
    inPage: { name, command: page, isPage: true },
    inWorker: { name, command: [...page, "--worker"], isPage: true },
  };
}

/** This SDK, as it is in this checkout. */
export const own: OwnPeers = ownPeers("rerun-ts", root, PROGRAMS_FOLDER);

/** Chromium alone, which sends the bytes that this SDK makes of a workload. */
export const bareChromium: Peer = { name: "Chromium", command: [...own.inPage.command, "--bare"], isPage: true };

/** The Python SDK, reading. */
export function pythonReading(python: string): Peer {
  return { name: "Python", command: [python, join(root, "benchmarks/peers/read_python.py")] };
}

/** The Python SDK. */
export function pythonPeer(python: string): Peer {
  return { name: "Python", command: [python, join(root, "benchmarks/peers/rerun_python.py")] };
}

/** The Rust SDK, or why it is missing. Builds its programs. */
export async function rustPeer(): Promise<Peer | Missing> {
  const version = await run("cargo", ["--version"], { capture: true });
  if (version.code !== 0) return { missing: "cargo is not installed" };
  console.log("Building the programs with the Rust SDK (about ten minutes the first time) …");
  const target = join(root, ".cache/rust");
  const manifest = join(root, "benchmarks/rust/Cargo.toml");
  const build = ["build", "--release", "--locked", "--quiet", "--manifest-path", manifest];
  const { code, output } = await run("cargo", build, { capture: true, env: { CARGO_TARGET_DIR: target } });
  if (code !== 0) return { missing: `cargo build failed:\n${output}` };
  return { name: "Rust", command: [join(target, "release/rerun-rust-peer")] };
}

/**
 * Runs a program of a peer in a new process.
 * @param target the file to write, the file for data that is first kept in memory (`memory:FILE`), or the address of a
 * server
 * @throws if it fails
 */
export async function runPeer(
  { name, command: [executable, ...args] }: Peer,
  program: string,
  calls: number,
  target: string,
): Promise<PeerRun> {
  await mkdir(outputFolder, { recursive: true });
  if (!/^(rerun|ws)/.test(target)) await rm(target.replace(/^memory:/, ""), { force: true });
  return runProgram({ name, command: [executable, ...args, program, String(calls), target] });
}

/** Runs a program with all its arguments in a new process. @throws if it fails */
export async function runProgram({ name, command: [executable, ...args] }: Peer): Promise<PeerRun> {
  const { code, output } = await run(executable, args, { capture: true });
  const result = output.trim().split("\n").at(-1) ?? "";
  if (code !== 0 || !result.startsWith("{")) throw new Error(`${args.join(" ")} with ${name} failed:\n${output}`);
  return JSON.parse(result) as PeerRun;
}
