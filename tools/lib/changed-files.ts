import { run } from "@rerun-ts/test-support/node/run";

/** The paths of files that differ from the last commit, or that git does not know yet. Deleted files are left out. */
export async function changedFiles(): Promise<readonly string[]> {
  const lists = await Promise.all([
    git("diff", "--name-only", "--diff-filter=d", "HEAD"),
    git("ls-files", "--others", "--exclude-standard"),
  ]);
  return lists.flat();
}

async function git(...args: readonly string[]): Promise<readonly string[]> {
  const { code, output } = await run("git", args, { capture: true });
  if (code !== 0) throw new Error(`git ${args.join(" ")} failed: ${output}`);
  return output.split("\n").filter((line) => line !== "");
}
