import { RERUN_VERSION } from "@rerun-ts/core";

const OVERVIEW = `rerun-ts: Rerun ${RERUN_VERSION} from Node

  rerun-ts serve [FILE.rrd …]     a relay: takes logs from programs and pages, and shows them to viewers
  rerun-ts view FILE.rrd|URL …    a recording or a server in the web viewer

  rerun-ts COMMAND --help         all flags of a command
  rerun-ts --version

A first try: \`rerun-ts serve --web-viewer\`, and then, in your program, \`await rec.connectGrpc()\`.`;

const SERVE = `rerun-ts serve [FILE.rrd …]

Takes logs from all SDKs of Rerun over gRPC, from pages over gRPC-web and WebSockets, keeps them within a limit, and
shows them to native viewers and web viewers, those that come later too. One that is slow holds up nobody. FILEs are
there from the beginning. It runs until it is interrupted (Ctrl-C), and then finishes in good order.

  --port N                   where to listen; 0 takes a free port           [9876]
  --bind ADDRESS             0.0.0.0 lets other machines in                 [127.0.0.1]
  --save FILE.rrd            write everything that comes to a file, too
  --memory-limit AMOUNT      what is kept for viewers that come later: 1GiB, 500MB, 25%, unlimited, 0  [1GiB]
  --newest-first             these get the newest data first

  --web-viewer               serve the web viewer, too, and open it in the browser
  --web-viewer-port N        where; 0 takes a free port                     [9090]
  --no-open                  do not open it

  --write-token TOKEN        whoever logs must show it; better in the environment, as RERUN_WRITE_TOKEN
  --read-token TOKEN         whoever reads must show it, which stock viewers cannot; RERUN_READ_TOKEN
  --cors-allow-origin ORIGIN pages that may read and write besides those of this machine; may be repeated
  --allow-host NAME          another name of this machine; may be repeated
  --tls-key FILE --tls-cert FILE   encrypt: the key and the certificate, in PEM

  --quiet                    no status line

Viewers: \`rerun rerun+http://127.0.0.1:9876/proxy\`. Also there: /healthz and /stats.
Ends with 0 when it was interrupted, 1 if it cannot serve or the file could not be written, 2 for wrong flags.`;

const VIEW = `rerun-ts view FILE.rrd|URL …

Shows recordings in the web viewer, in the browser: files of this machine, .rrd files of the web, and servers such as
rerun+http://127.0.0.1:9876/proxy. It runs until it is interrupted (Ctrl-C).

  --port N                   where the web viewer is served; 0 takes a free port   [9090]
  --bind ADDRESS             0.0.0.0 lets other machines see it, too               [127.0.0.1]
  --assets rerun|npm|FOLDER  where the web viewer is from                          [what there is]
  --no-open                  do not open it

The web viewer comes from the program \`rerun\` (pip install rerun-sdk==${RERUN_VERSION}) or from the package
@rerun-io/web-viewer; it is unpacked once. Ends with 0 when it was interrupted, 1 if it cannot serve, 2 for wrong flags.`;

/** What \`--help\` prints, by command. */
export const HELP: Readonly<Record<string, string>> = { "": OVERVIEW, serve: SERVE, view: VIEW };
