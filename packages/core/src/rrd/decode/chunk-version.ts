import { RerunError } from "../../errors/rerun-error.ts";

/**
 * Accepts the versions 0.1 of the format of chunks, to which older ones were brought before. As in Rerun, a
 * text that is not a version counts as one of them, because it is damaged. So does a missing version beside a key that
 * older versions do not have.
 *
 * @param metadata the metadata of the schema of a chunk
 * @param newest the largest last part of the version
 * @throws {RerunError} `UNSUPPORTED` for other versions
 */
export function checkChunkVersion(metadata: ReadonlyMap<string, string>, newest: number): void {
  const version = metadata.get("sorbet:version");
  if (version === undefined && metadata.has("rerun:id")) return;
  const [all, major, minor, patch, suffix] = /^(\d+)\.(\d+)\.(\d+)([-+].*)?$/.exec(version ?? "0.0.1") ?? [];
  if (all === undefined) return;
  const isOld = major === "0" && (minor === "0" || (minor === "1" && suffix !== undefined));
  if (!isOld && major === "0" && minor === "1" && Number(patch) <= newest) return;
  const origin = version === undefined ? "by an unknown version of Rerun" : `in version ${version} of the chunk format`;
  const help = isOld ? "migrate the file with `rerun rrd migrate`" : "update this SDK";
  throw new RerunError("UNSUPPORTED", `a chunk was written ${origin}; ${help}`);
}
