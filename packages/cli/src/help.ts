import { RERUN_VERSION } from "@rerun-ts/core";
import { MCAP_HELP, RRD_HELP, SEAL_HELP } from "./help-files.ts";
import {
  CATALOG_HELP,
  COMPACT_HELP,
  FLEET_HELP,
  INGEST_HELP,
  PARTS_HELP,
  PUSH_HELP,
  SERVER_HELP,
} from "./help-storage.ts";

const OVERVIEW = `Usage:
  rerun-ts serve [OPTION …] [FILE.rrd …]      Run a relay: receive logs and serve them to viewers
  rerun-ts [view] [OPTION …] FILE.rrd|URL …   Show recordings and servers in the web viewer
  rerun-ts link [OPTION …] FILE.rrd|URL       Print a link to a moment of a recording
  rerun-ts viewer-files [OPTION …] FOLDER     Write the web viewer into a folder, for pages that show it
  rerun-ts download [OPTION …] URL …          Save recordings of servers as files
  rerun-ts rrd COMMAND [OPTION …] FILE.rrd …  Query, check, merge, cut, optimize and repair recordings
  rerun-ts seal [OPTION …] FOLDER …           Finish the parts that programs have left unfinished
  rerun-ts push [OPTION …] SPOOL …            Send the parts that programs have left to object storage
  rerun-ts ingest [OPTION …]                  Write recordings from NATS to object storage
  rerun-ts parts COMMAND [OPTION …] STORE     Find and mend damaged parts in object storage
  rerun-ts fleet status [OPTION …] STORE      Show what producers, ingesters and catalogs have, and lack
  rerun-ts compact [OPTION …] STORE           Join small parts in object storage, and delete old ones
  rerun-ts mcap COMMAND [OPTION …] FILE.mcap  Convert, describe and check MCAP files
  rerun-ts catalog COMMAND [OPTION …] URL …   List, register, upload and query the datasets of a server
  rerun-ts server [OPTION …] [NAME=]FOLDER …  Run the real \`rerun server\`, with folders as datasets

Options:
  -h, --help       Show this help; \`rerun-ts COMMAND --help\` shows the options of a command
  -V, --version    Show the version of rerun-ts, and of Rerun (${RERUN_VERSION})

To try it, run \`rerun-ts serve --web-viewer\`, and call \`await rec.connectGrpc()\` in your program.`;

const SERVE = `Usage: rerun-ts serve [OPTION …] [FILE.rrd …]

Run a relay. It receives logs from all Rerun SDKs over gRPC and from pages over gRPC-web and
WebSockets, and serves them to native and web viewers. Viewers that connect later receive the
stored history first. A slow viewer does not slow down anyone else. FILEs are loaded at the
start. The relay runs until Ctrl-C, SIGTERM or SIGHUP, and then shuts down cleanly; a second
signal ends it at once.

Server:
  --port N                    Listen on this port; 0 takes a free one [default: 9876]
  --bind ADDRESS              Listen on this address; 0.0.0.0 accepts connections from other
                              machines [default: 127.0.0.1]
  --save FILE.rrd             Also write all received data to a file, before it is acknowledged. The
                              first message creates the file;
                              with {application} or {recording} in the path to one file for each,
                              such as 'runs/{application}/{recording}.rrd'
  --overwrite                 Let --save replace a file that exists
  --optimize                  At the end, put the chunks of these files together, as
                              \`rerun-ts rrd optimize\` does
  --fsync never|interval|every-ack
                              When to synchronize that file with its disk, so that it survives a
                              loss of power: within a second, or before each acknowledgement
                              [default: never]
  --memory-limit AMOUNT       Limit the stored history: 1GiB, 500MB, 25%, unlimited or 0
                              [default: 1GiB]
  --newest-first              Send the newest history first
  --status-port N             Serve /healthz and /metrics on this port
  --status-bind ADDRESS       Serve them on this address [default: 127.0.0.1]
  --unhealthy-after SECONDS   Let /healthz report lost NATS after this time [default: 30]
  --quiet                     Do not show the status line
  -h, --help                  Show this help

Web viewer:
  --web-viewer                Also serve the web viewer, and open it in the browser
  --web-viewer-port N         Serve it on this port; 0 takes a free one [default: 9090, or a free
                              one if that is in use]; implies --web-viewer
  --assets auto|rerun|npm|pypi|FOLDER
                              Take it from there, as \`rerun-ts view\` does [default: auto]
  --no-open                   Do not open the browser

NATS:
  --from URL                  Also serve what programs log to this server of NATS with
                              \`NatsSink\`: nats://HOST:PORT. Needs @rerun-ts/storage and the
                              packages of NATS
  --to URL                    Send what clients log to this server of NATS. From there
                              \`rerun-ts ingest\` writes it to object storage
  --ack committed|queued      With --to: acknowledge data when it is in the object storage, or
                              when NATS has it [default: committed]
  --dataset NAME              The dataset, as the programs name it
  --recording ID              With --from: only this recording; may be repeated
  --nats-ca FILE              The certificates of the authority of NATS, in PEM format

Access:
  --write-token TOKEN         Require this token from clients that log
  --read-token TOKEN          Require this token from clients that read; Rerun's own viewers
                              cannot send one
  --access FILE.json          The rights of further tokens: {"tokens": [{"token": "…" or "sha256": "…",
                              "write": true, "read": true, "recordings": ["page-*"], "dataset":
                              "…"}]}. With it every client needs a token. Those of other datasets
                              than that of --dataset do not count
  --cors-allow-origin ORIGIN  Also allow pages of this origin; may be repeated
  --allow-host NAME           Also allow this host name for the server; may be repeated
  --tls-key FILE              Encrypt connections with this private key, in PEM format
  --tls-cert FILE             The certificate for --tls-key, in PEM format

Environment:
  RERUN_WRITE_TOKEN           Replaces --write-token, which is visible in the list of processes
  RERUN_READ_TOKEN            Replaces --read-token, which is visible in the list of processes
  NATS_USER, NATS_PASSWORD, NATS_TOKEN
                              The login at NATS, unless it is in the URL
  RERUN_CLI_PATH              The program \`rerun\`, which contains the web viewer

Exit status:
  0  The relay was stopped by Ctrl-C, SIGTERM or SIGHUP.
  1  The relay could not listen, or a file could not be read or written.
  2  The command line is wrong.

To view, run \`rerun rerun+http://127.0.0.1:9876/proxy\`. The server also has /healthz and /stats.`;

const VIEW = `Usage: rerun-ts [view] [OPTION …] FILE.rrd|FOLDER|URL …

Show recordings in the web viewer in the browser: files and folders of this machine, URLs of .rrd files,
servers such as rerun+http://127.0.0.1:9876/proxy, and links of \`rerun-ts link\`. The command
runs until Ctrl-C, SIGTERM or SIGHUP.

Options:
  --port N, --web-viewer-port N
                              Serve the web viewer on this port; 0 takes a free one
                              [default: 9090, or a free one if that is in use]
  --bind ADDRESS              Serve on this address; 0.0.0.0 accepts connections from other
                              machines [default: 127.0.0.1]
  --allow-host NAME           Also allow this host name for the server; may be repeated
  --assets auto|rerun|npm|pypi|FOLDER
                              Take the web viewer from the program \`rerun\`, from the package
                              @rerun-io/web-viewer, from Rerun's package for notebooks, or from a
                              folder [default: auto]
  --no-open                   Do not open the browser
  -h, --help                  Show this help

Environment:
  RERUN_CLI_PATH              The program \`rerun\`, which contains the web viewer

Exit status:
  0  The command was stopped by Ctrl-C, SIGTERM or SIGHUP.
  1  The web viewer could not be served, or a file does not exist.
  2  The command line is wrong.

With \`--assets auto\` the web viewer comes from the program \`rerun\` (pip install
rerun-sdk==${RERUN_VERSION}) or, if its version differs, from the package @rerun-io/web-viewer. If neither
is there, pip downloads rerun-notebook (17 MB, with Python 3). It is unpacked once.`;

const LINK = `Usage: rerun-ts link [OPTION …] FILE.rrd|URL

Print a link to a moment of a recording. \`rerun-ts view LINK\` shows it in the web viewer, and
\`open\` of a viewer's control in that viewer.

Options:
  --when TIMELINE@TIME        The time: frame@120, t@1.5s, or t@2026-01-31T12:00:00Z
  --recording ID              The recording [default: the one that is there]
  --selection PATH            The entity to select, such as /points or /points[#3]
  --viewer native|app|URL     The viewer that opens the link: a native one, app.rerun.io, or a page
                              with the web viewer [default: native]
  -h, --help                  Show this help

Exit status:
  0  The link was printed.
  1  The file does not exist, or is no recording.
  2  The command line is wrong, or the recording has no such timeline.`;

const VIEWER_FILES = `Usage: rerun-ts viewer-files [OPTION …] FOLDER

Write the files of the web viewer ${RERUN_VERSION} into a folder: the module with the class WebViewer and its
WebAssembly, for pages that show the viewer with \`openWebViewer\`, <rerun-viewer> or <RerunViewer>.
The folder takes the place of the npm package @rerun-io/web-viewer: \`npm install ./FOLDER\` installs
it for bundlers, and an import map names it for pages without one. It must be new or empty, or come
from this command, which then replaces the viewer in it.

Options:
  --assets auto|npm|pypi|FOLDER
                              Take the viewer from the installed npm package, from Rerun's package
                              for notebooks, which pip downloads (17 MB, with Python 3), or from a
                              folder [default: auto, the npm package if it has version ${RERUN_VERSION},
                              and else the download]
  -h, --help                  Show this help

Exit status:
  0  The files were written.
  1  There is no viewer, or the folder cannot be written.
  2  The command line is wrong.`;

const DOWNLOAD = `Usage: rerun-ts download [OPTION …] URL …

Save recordings as files. A URL is that of a relay or a viewer, such as
rerun+http://127.0.0.1:9876/proxy, of an .rrd or .rbl file, or of a recording in a catalog. The
last takes the program \`rerun\`. A file is named after the last part of its URL, or output.rrd,
and replaces one with that name. A server goes on sending until Ctrl-C, SIGTERM or SIGHUP, which
complete the file.

Options:
  -o, --output-dir FOLDER     Where to write; it is made if need be [default: the current folder]
  --idle-timeout SECONDS      Complete the file when a server has sent nothing for so long
                              [default: never]
  -h, --help                  Show this help

Exit status:
  0  All was saved.
  1  A server failed, or a file cannot be read or written. What a server has sent before is kept.
  2  The command line is wrong.`;

/** The output of `--help` for each command. The key `""` has the overview of all commands. */
export const HELP: Readonly<Record<string, string>> = {
  "": OVERVIEW,
  serve: SERVE,
  view: VIEW,
  link: LINK,
  "viewer-files": VIEWER_FILES,
  download: DOWNLOAD,
  seal: SEAL_HELP,
  push: PUSH_HELP,
  parts: PARTS_HELP,
  fleet: FLEET_HELP,
  ingest: INGEST_HELP,
  compact: COMPACT_HELP,
  rrd: RRD_HELP,
  mcap: MCAP_HELP,
  catalog: CATALOG_HELP,
  server: SERVER_HELP,
};
