import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../node/environment.ts";
import { run } from "../node/run.ts";
import type { S3Program } from "../node/s3-server.ts";
import { installGoProgram } from "./go-program.ts";
import type { Missing } from "./rerun.ts";

const VERSITYGW = "1.8.0";
const MODULE = `github.com/versity/versitygw/cmd/versitygw@v${VERSITYGW}`;
const MOTO = "5.2.2";
const RCLONE = "1.76.0";
const CACHE = join(root, ".cache");

/**
 * Finds a server with the API of S3, or installs one into `.cache`: versitygw where there is Go, or else moto where
 * there is Python. `RERUN_TS_S3` chooses `moto` or `rclone` in any case.
 */
export async function ensureS3Server(): Promise<S3Program | Missing> {
  const gateway = join(CACHE, `versitygw-${VERSITYGW}`, "versitygw");
  const chosen = process.env["RERUN_TS_S3"];
  if (chosen === "moto") return ensureMoto();
  if (chosen === "rclone") {
    const path = join(CACHE, `rclone-${RCLONE}`, "rclone");
    if (existsSync(path) || (await installGoProgram(`github.com/rclone/rclone@v${RCLONE}`, path)))
      return { name: "rclone", path };
    return { missing: "rclone cannot be built with Go" };
  }
  if (existsSync(gateway) || (await installGoProgram(MODULE, gateway))) return { name: "versitygw", path: gateway };
  return ensureMoto();
}

async function ensureMoto(): Promise<S3Program | Missing> {
  const moto = join(CACHE, `moto-${MOTO}`);
  const server = join(moto, "bin/moto_server");
  if (existsSync(server) || (await installMoto(moto))) return { name: "moto", path: server };
  return { missing: "neither versitygw, with Go, nor moto, with Python, can be installed" };
}

async function installMoto(folder: string): Promise<boolean> {
  console.log(`Installing moto ${MOTO} in .cache …`);
  const made = await run("python3", ["-m", "venv", "--clear", folder], { capture: true });
  if (made.code !== 0) return false;
  const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `moto[server]==${MOTO}`];
  const { code } = await run(join(folder, "bin/python"), args, { capture: true });
  if (code !== 0) await rm(folder, { recursive: true, force: true });
  return code === 0;
}
