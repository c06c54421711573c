/** The flags by the names of the options that they set. */
const FLAG_OF: Readonly<Record<string, string>> = {
  usingIndexValues: "--at",
  "range.from": "--from",
  "range.to": "--to",
  times: "--time",
  parts: "--num",
  dropTimelines: "--drop-timeline",
  dropEntities: "--drop-entity",
  recordingId: "--recording-id",
  applicationId: "--application-id",
  batchRows: "--batch-rows",
};
const SAME_FLAGS = ["index", "contents", "columns", "timeline"];

/** A message about options of the functions, in the words of the command line. */
export function inFlags(message: string): string {
  return message
    .replaceAll(/`([\w.]+)`/g, (text, name: string) => {
      const flag = FLAG_OF[name] ?? (SAME_FLAGS.includes(name) ? `--${name}` : undefined);
      return flag === undefined ? text : `\`${flag}\``;
    })
    .replace(" or null, got", ", got");
}
