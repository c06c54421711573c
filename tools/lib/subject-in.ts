/** Subjects of merges, and of commits that `git rebase --autosquash` puts into others. */
const WRITTEN_BY_GIT = /^(?:Merge |(?:fixup|squash|amend)! )/;

/**
 * Returns the subject in a message of a commit as an editor leaves it: the lines of its first paragraph, without the
 * comments of Git. `undefined` if Git has written it, or there is none.
 */
export function subjectIn(message: string): string | undefined {
  const lines = message.split(/\r?\n/).filter((line) => !line.startsWith("#"));
  const start = lines.findIndex((line) => line.trim() !== "");
  if (start < 0) return undefined;
  const end = lines.findIndex((line, index) => index > start && line.trim() === "");
  const subject = lines
    .slice(start, end < 0 ? undefined : end)
    .map((line) => line.trim())
    .join(" ");
  return WRITTEN_BY_GIT.test(subject) ? undefined : subject;
}
