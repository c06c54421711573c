import { RerunError } from "../../errors/rerun-error.ts";

/**
 * Accepts the versions 0.1 of the format of chunks, which Rerun has read since 0.24 without a migration. As in Rerun, a
 * text that is no version counts as one of them, because it is damaged.
 *
 * @param newest the largest last part of the version. Default: any
 * @throws {RerunError} `UNSUPPORTED` for other versions
 */
export function checkChunkVersion(version: string | undefined, newest: number = Infinity): void {
  const parts = /^(\d+)\.(\d+)\.(\d+)([-+].*)?$/.exec(version ?? "0.0.1");
  if (parts === null) return;
  const [major, minor, patch] = parts.slice(1, 4).map(Number) as [number, number, number];
  const isOld = major === 0 && (minor === 0 || (minor === 1 && parts[4] !== undefined));
  if (major === 0 && minor === 1 && !isOld && patch <= newest) return;
  const origin = version === undefined ? "by a Rerun before 0.24" : `in version ${version} of the chunk format`;
  const help = isOld ? "migrate the file with `rerun rrd migrate`" : "a newer version of this SDK may read it";
  throw new RerunError("UNSUPPORTED", `a chunk was written ${origin}; ${help}`);
}
