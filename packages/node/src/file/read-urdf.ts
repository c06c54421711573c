import { withRerunErrors } from "@rerun-ts/core/checks";
import { existsSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadUrdf, type LoadUrdfOptions, type ResolveMesh, type UrdfTree } from "@rerun-ts/types";
import { readBytes, toPathString } from "./read-bytes.ts";

/** A name with a scheme, such as `package://`. The drive of a Windows path does not match. */
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;

/**
 * Reads a robot from a URDF file, to log it and to move its joints. Meshes are found as by Rerun's importer: relative
 * to the file, by `file://`, and by `package://` in the folders of `ROS_PACKAGE_PATH` and `AMENT_PREFIX_PATH`. The
 * option `resolveMesh` replaces this. All files named in a URDF are read, so do not read an untrusted one.
 *
 * Rejects with `NOT_FOUND` if the file does not exist, `IO_ERROR` if it cannot be read, `INVALID_FORMAT` if it is not a
 * valid URDF, and with `INVALID_ARGUMENT` if an argument is wrong.
 *
 * @example
 * const robot = await rr.files.readUrdf("robot.urdf");
 * await robot.log(rec);
 * robot.setJoints({ shoulder: 0.4 }, { time: { frame: 7 } });
 */
export function readUrdf(path: string | URL, options?: LoadUrdfOptions): Promise<UrdfTree> {
  return withRerunErrors(async () => {
    const name = toPathString(path);
    return loadUrdf(await readBytes(name), { ...options, resolveMesh: options?.resolveMesh ?? meshesBeside(name) });
  });
}

/** Finds the meshes of the URDF file at `path`. */
export function meshesBeside(path: string): ResolveMesh {
  return (filename) => readBytes(meshPath(filename, dirname(path)));
}

function meshPath(filename: string, folder: string): string {
  const scheme = SCHEME.exec(filename)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(folder, filename);
  if (scheme === "file") return fileURLToPath(filename);
  if (scheme === "package") return packagePath(filename);
  throw new TypeError(`${filename} cannot be read; use the option \`resolveMesh\``);
}

function packagePath(filename: string): string {
  const inPackage = filename.slice("package://".length);
  const { ROS_PACKAGE_PATH: ros, AMENT_PREFIX_PATH: ament } = process.env;
  const found = [...foldersOf(ros), ...foldersOf(ament).map((prefix) => join(prefix, "share"))]
    .map((folder) => join(folder, inPackage))
    .find((path) => existsSync(path));
  if (found === undefined)
    throw new TypeError(`${filename} is in no folder of \`ROS_PACKAGE_PATH\` or \`AMENT_PREFIX_PATH\``);
  return found;
}

function foldersOf(list: string | undefined): readonly string[] {
  return (list ?? "").split(delimiter).filter(Boolean);
}
