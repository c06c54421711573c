import { run } from "@rerun-ts/test-support/node/run";

/** The paths of the files of this repository that match a pattern. Some of them may be deleted, but not in git. */
export async function repositoryFiles(pattern: RegExp): Promise<readonly string[]> {
  const { output } = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { capture: true });
  return output.split("\n").filter((path) => pattern.test(path));
}
