import { join } from "node:path";
import { root, run } from "../tools/lib/run.mjs";

const manifest = join(root, "benchmarks/rust/Cargo.toml");
const target = join(root, ".cache/rust");

/**
 * Builds the programs with Rerun's Rust SDK.
 * @returns {Promise<import("./run-peers.mjs").Peer | { missing: string }>}
 */
export async function rustPeer() {
  const version = await run("cargo", ["--version"], { capture: true });
  if (version.code !== 0) return { missing: "cargo is not there" };
  console.log("Building the programs with the Rust SDK (about ten minutes the first time) …");
  const build = ["build", "--release", "--locked", "--quiet", "--manifest-path", manifest];
  const { code, output } = await run("cargo", build, { capture: true, env: { CARGO_TARGET_DIR: target } });
  if (code !== 0) return { missing: `cargo build failed:\n${output}` };
  return { name: "Rust", command: [join(target, "release/rerun-rust-peer")] };
}
