import type { CommandTable } from "./command/command-table.ts";

/** `rerun-ts view`. */
export const VIEW = {
  name: "view",
  summary: "Show recordings and servers in the web viewer",
  description: [
    "Show recordings in the web viewer in the browser: files and folders of this machine, URLs of .rrd files, servers such as rerun+http://127.0.0.1:9876/proxy, and links of `rerun-ts link`. The command runs until Ctrl-C, SIGTERM or SIGHUP. The word `view` may be left out.",
  ],
  positionals: { usage: "FILE.rrd|FOLDER|URL …", least: 1, required: "at least one file or URL" },
  flags: {
    port: {
      kind: "port",
      value: "N",
      default: "9090, or a free one if that is in use",
      option: "webPort",
      help: "Serve the web viewer on this port; 0 takes a free one",
    },
    // The name of this flag in `serve`, where `--port` is the port of the relay.
    "web-viewer-port": { kind: "port", value: "N", conflicts: ["port"], help: "Another name of --port" },
    bind: {
      kind: "text",
      value: "ADDRESS",
      default: "127.0.0.1",
      option: "bindIp",
      help: "Serve on this address; 0.0.0.0 accepts connections from other machines",
    },
    "allow-host": {
      kind: "text",
      value: "NAME",
      repeated: true,
      option: "allowHosts",
      help: "Also allow this host name for the server",
    },
    assets: {
      kind: "text",
      value: "auto|rerun|npm|pypi|FOLDER",
      default: "auto",
      option: "assets",
      help: "Take the web viewer from the program `rerun`, from the package @rerun-io/web-viewer, from Rerun's package for notebooks, or from a folder",
    },
    "no-open": { kind: "switch", help: "Do not open the browser" },
  },
  environment: { RERUN_CLI_PATH: "The program `rerun`, which contains the web viewer" },
  exits: {
    0: "The command was stopped by Ctrl-C, SIGTERM or SIGHUP.",
    1: "The web viewer could not be served, or a file does not exist.",
  },
  notes: [
    "With `--assets auto` the web viewer comes from the program `rerun` (pip install rerun-sdk) or, if that has another version than `rerun-ts --version` shows, from the package @rerun-io/web-viewer. If neither is there, pip downloads rerun-notebook (17 MB, with Python 3). It is unpacked once.",
  ],
  examples: ["view run.rrd", "view rerun+http://127.0.0.1:9876/proxy"],
} as const satisfies CommandTable;
