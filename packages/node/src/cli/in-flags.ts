/** The flags of each command, by the options of the functions that it calls. */
const FLAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  serve: {
    port: "--port",
    bindIp: "--bind",
    serverMemoryLimit: "--memory-limit",
    writeToken: "--write-token",
    readToken: "--read-token",
    corsAllowOrigin: "--cors-allow-origin",
    allowHosts: "--allow-host",
    webPort: "--web-viewer-port",
  },
  view: { webPort: "--port", bindIp: "--bind", allowHosts: "--allow-host", assets: "--assets" },
  rrd: {
    index: "--index",
    contents: "--contents",
    columns: "--columns",
    usingIndexValues: "--at",
    "range.from": "--from",
    "range.to": "--to",
    timeline: "--timeline",
    times: "--time",
    parts: "--num",
    dropTimelines: "--drop-timeline",
    dropEntities: "--drop-entity",
    recordingId: "--recording-id",
    applicationId: "--application-id",
    batchRows: "--batch-rows",
  },
};

/** A message about options of the functions, in the words of a command. */
export function inFlags(command: string, message: string): string {
  const flags = FLAGS[command] ?? {};
  return message
    .replaceAll(/`([\w.]+)(?:: (\d+))?`/g, (text, name: string, value?: string) => {
      if (!Object.hasOwn(flags, name)) return text;
      return `\`${flags[name]}${value === undefined ? "" : ` ${value}`}\``;
    })
    .replace(" or null, got", ", got");
}
