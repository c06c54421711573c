import { RERUN_VERSION } from "@rerun-ts/core";

const OVERVIEW = `Usage:
  rerun-ts serve [OPTION …] [FILE.rrd …]      Run a relay: receive logs and serve them to viewers
  rerun-ts view [OPTION …] FILE.rrd|URL …     Show recordings and servers in the web viewer
  rerun-ts link [OPTION …] FILE.rrd|URL       Print a link to a moment of a recording
  rerun-ts download [OPTION …] URL …          Save recordings of servers as files
  rerun-ts rrd COMMAND [OPTION …] FILE.rrd …  Query, check, merge, cut, optimize and repair recordings
  rerun-ts seal [OPTION …] FOLDER …           Finish the parts that programs have left unfinished
  rerun-ts push [OPTION …] SPOOL …            Send the parts that programs have left to object storage
  rerun-ts ingest [OPTION …]                  Write recordings from NATS to object storage
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
start. The relay runs until Ctrl-C or SIGTERM, and then shuts down cleanly; a second signal
ends it at once.

Server:
  --port N                    Listen on this port; 0 takes a free one [default: 9876]
  --bind ADDRESS              Listen on this address; 0.0.0.0 accepts connections from other
                              machines [default: 127.0.0.1]
  --save FILE.rrd             Also write all received data to a file, before it is acknowledged;
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
  --quiet                     Do not show the status line
  -h, --help                  Show this help

Web viewer:
  --web-viewer                Also serve the web viewer, and open it in the browser
  --web-viewer-port N         Serve it on this port; 0 takes a free one [default: 9090];
                              implies --web-viewer
  --assets auto|rerun|npm|pypi|FOLDER
                              Take it from there, as \`rerun-ts view\` does [default: auto]
  --no-open                   Do not open the browser

NATS:
  --from URL                  Also serve what programs log to this server of NATS with
                              \`NatsSink\`: nats://HOST:PORT. Needs @rerun-ts/cloud and the
                              packages of NATS
  --dataset NAME              The dataset, as the programs name it
  --recording ID              Only this recording; may be repeated

Access:
  --write-token TOKEN         Require this token from clients that log
  --read-token TOKEN          Require this token from clients that read; Rerun's own viewers
                              cannot send one
  --cors-allow-origin ORIGIN  Also allow pages of this origin; may be repeated
  --allow-host NAME           Also allow this host name for the server; may be repeated
  --tls-key FILE              Encrypt connections with this private key, in PEM format
  --tls-cert FILE             The certificate for --tls-key, in PEM format

Environment:
  RERUN_WRITE_TOKEN           Replaces --write-token, which is visible in the list of processes
  RERUN_READ_TOKEN            Replaces --read-token, which is visible in the list of processes
  RERUN_CLI_PATH              The program \`rerun\`, which contains the web viewer

Exit status:
  0  The relay was stopped by Ctrl-C or SIGTERM.
  1  The relay could not listen, or a file could not be read or written.
  2  The command line is wrong.

To view, run \`rerun rerun+http://127.0.0.1:9876/proxy\`. The server also has /healthz and /stats.`;

const VIEW = `Usage: rerun-ts view [OPTION …] FILE.rrd|URL …

Show recordings in the web viewer in the browser: files of this machine, URLs of .rrd files,
servers such as rerun+http://127.0.0.1:9876/proxy, and links of \`rerun-ts link\`. The command runs until Ctrl-C or SIGTERM.

Options:
  --port N, --web-viewer-port N
                              Serve the web viewer on this port; 0 takes a free one
                              [default: 9090]
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
  0  The command was stopped by Ctrl-C or SIGTERM.
  1  The web viewer could not be served, or a file does not exist.
  2  The command line is wrong.

With \`--assets auto\` the web viewer comes from the program \`rerun\` (pip install
rerun-sdk==${RERUN_VERSION}) or, if its version differs, from the package @rerun-io/web-viewer. If neither
is there, pip downloads rerun-notebook (17 MB, with Python 3). It is unpacked once.`;

const RRD = `Usage: rerun-ts rrd COMMAND [OPTION …] [FILE.rrd …]

Work with recordings in files. Without a FILE, or with -, a recording is read from standard input.
The commands have the names and options of \`rerun rrd\`; query, blueprint and repair are additions.

Commands that show something:
  print FILE …                        Show each message in a line; see below
  stats [--no-decode] FILE …          Count chunks, rows, entities and bytes, or only chunks and bytes
  verify [--check-footers=false] FILE …
                                      Check that all of it can be read, and that the footer agrees
  compare FILE OTHER.rrd              Check that two recordings have the same rows; see below
  query --index TIMELINE FILE         Show a table: one row for each index value; see below
  blueprint FILE.rbl                  Show a layout as the TypeScript that makes it; see below

Commands that write a recording, to standard output or -o FILE.rrd:
  merge FILE …                        All recordings in one file, each chunk once
  repair FILE                         Every whole message of a damaged file, and a new footer
  filter FILE …                       Without --drop-timeline NAME or --drop-entity PATH, which may be
                                      repeated; /a/** is an entity with all below it
  route FILE …                        Moved to --application-id ID or --recording-id ID
  split --timeline NAME -o FOLDER FILE
                                      In parts that begin at -t TIME, which may be repeated, or in
                                      -n COUNT parts of equal length; see below
  migrate FILE …                      In place, in the format of this version; the old file is kept as
                                      NAME.backup.rrd. Before Rerun 0.24 this takes the program \`rerun\`
  optimize FILE|FOLDER …              In few large chunks; see below

Options of print:
  -v, -vv, -vvv                       Full names of components; also all metadata; also the rows
  --entity PATH                       Only this entity
  --transposed                        With -vvv, a line for each column
  --full-metadata                     Do not shorten the keys of metadata
  --footers [--footers-lod 0|1|2]     The indexes of files at the end; also with times; with components

Options of split:
  -t, --time TIME                     Where a part begins; may be repeated
  -n, --num-parts COUNT               In place of times, the number of parts
  -o, --output-dir FOLDER             Where to write
  --recording-id PREFIX               The beginning of the parts' ids [default: the id and -]
  --drop-unused-timelines             Leave out other timelines, and rows that have only these

Options of query:
  --index TIMELINE | --static         The timeline, or one row with the static values
  --contents EXPRESSION               Entities: /a, /a/**, -/a; may be repeated
  --columns NAME                      Only this column; may be repeated
  --at VALUE                          A row at this index value; may be repeated
  --from VALUE, --to VALUE            Only rows in this range, both ends inclusive
  --fill                              Replace nulls by the latest value before them
  --recording-id ID, --application-id ID
                                      Which recording of the file
  --format json|csv|arrow|parquet     One object a line, a table, an Arrow IPC stream, or a Parquet file [default: json]
  -o, --output FILE                   Write to a file

Options of blueprint:
  --package NAME                      The package of its imports: @rerun-ts/node or @rerun-ts/web
                                      [default: @rerun-ts/node]
  --name NAME                         The name of its export [default: blueprint]
  --recording-id ID                   Which blueprint of the file
  -o, --output FILE                   Write to a file

Options of optimize:
  --profile live|object-store         For a live viewer, or for a server [default: object-store]
  --max-size SIZE                     The largest chunk that is put together, such as 2MiB
  --max-rows COUNT, --max-rows-if-unsorted COUNT
                                      Its largest number of rows; the second if times go back
  --split-size-ratio RATIO            Separate archetypes whose sizes differ more than this
  --no-rebatch-videos                 Do not let chunks of videos begin with key frames
  --fix-keyframe                      Label the key frames of videos anew
  -o, --output FILE|FOLDER            Where to write; for a FOLDER, the folder of its files

Options of compare:
  --tolerance NUMBER                  The largest difference of equal numbers [default: 0]
  --ignore NAME                       Ignore this timeline, component or entity, such as /debug/**,
                                      besides the timeline log_time; may be repeated
  --ids                               Also compare the ids of recording and application
  --full-dump                         Also show both files
  --chunks                            Also compare how the rows are divided into chunks

Options of all commands:
  --json                              print, stats, verify, compare: show JSON
  --continue-on-error                 merge, filter, route, split, optimize: leave out what is damaged
  -h, --help                          Show this help

Times are integers, in nanoseconds for timelines of time; dates such as 2026-01-31T12:00:00Z for
timestamps.

Exit status:
  0  Everything could be done.
  1  A file could not be read or written, is damaged, or did not pass verify or compare.
  2  The command line is wrong.`;

const MCAP = `Usage: rerun-ts mcap COMMAND [OPTION …] FILE.mcap

Work with MCAP files. The commands have the names and options of \`rerun mcap\`.

Commands:
  convert FILE                        Convert to a recording, on standard output or in -o FILE.rrd
  export FILE.rrd                     Write points, images, videos, transforms, logs and scalars of a
                                      recording as Foxglove messages, to standard output or -o FILE.mcap
  info FILE                           Show counts, channels and compression
  check [--full] FILE                 Check that all of it can be read, and that the times of each
                                      topic are in order; with --full also those in messages

Options of convert:
  -o, --output FILE                   Write to a file
  --application-id ID                 The application id [default: the name of the file]
  --recording-id ID                   The id of the recording [default: random]
  -d, --decoder NAME                  Only this part of the file; may be repeated: attachments,
                                      foxglove, json, metadata, protobuf, raw, recording_info, ros1,
                                      ros2_reflection, ros2msg, schema, stats, urdf [default: all]
  --disable-raw-fallback              Leave out messages that no other decoder reads
  --timeline-type timestamp|duration  The type of the timelines [default: timestamp]
  --timestamp-offset-ns N             Add nanoseconds to all timestamps
  -y, --include-topic-regex REGEX     Only topics that match; may be repeated
  -n, --exclude-topic-regex REGEX     No topics that match; may be repeated
  --start-time TIME, --end-time TIME  Only log times from here on, and before there: nanoseconds, a
                                      number with ns, us, ms or s, or 2026-01-31T12:00:00Z

Options of export:
  -o, --output FILE                   Write to a file
  --timeline NAME                     The times of the messages [default: the log time]
  --recording-id ID                   Which recording of the file

Options of all commands:
  --recover                           End with 0 also if a part of the file is damaged
  --json                              info, check: show JSON
  -h, --help                          Show this help

Exit status:
  0  Everything could be done.
  1  A file could not be read or written, or a part of it is damaged.
  2  The command line is wrong.`;

const CATALOG = `Usage: rerun-ts catalog COMMAND [OPTION …] URL …

Work with a catalog: a \`rerun server\`, Rerun's cloud, or a native viewer. Its URL is such as
rerun+http://localhost:51234, or rerun://host with encryption.

Commands:
  ls [-a] URL [DATASET]               List the datasets and tables, or the segments of a dataset
  info URL [NAME]                     Describe the server, a dataset or a table
  register URL DATASET FILE|URL …     Register recordings where they are: the server reads them
  upload URL DATASET FILE …           Upload recordings to the server, and register them
  query --index TIMELINE URL DATASET  Show a table: one row for each index value of each segment
  link URL DATASET SEGMENT            Print a link that opens a segment in a viewer
  rm URL NAME                         Delete a dataset or a table; with --segment or --layer only
                                      these of a dataset. Registered files stay
  keep --from STORE --files FOLDER    Register the parts in object storage, now and later, in a
                                      \`rerun server\` that it runs. Needs @rerun-ts/cloud

Options of ls:
  -a, --all                           Also list hidden entries: those of layouts and assets

Options of register and upload:
  --create                            Create the dataset if it is not there
  --layer NAME                        The layer of the recordings [default: base]
  --on-duplicate error|skip|replace   What to do if a layer is there already [default: error]
  --prefix                            register: all recordings whose URLs begin with these
  --key PATH                          upload: the path in the storage [default: DATASET/FILE]
  --resume                            upload: do not send a file again that is there already

Options of query:
  --index TIMELINE | --static         The timeline, or one row with the static values
  --segment ID                        Only this segment; may be repeated
  --contents EXPRESSION               Entities: /a, /a/**, -/a; may be repeated
  --columns NAME                      Only this column; may be repeated
  --at VALUE                          A row at this index value; may be repeated
  --from VALUE, --to VALUE            Only rows in this range, both ends inclusive
  --fill                              Replace nulls by the latest value before them
  --format json|csv|arrow|parquet     One object a line, a table, an Arrow IPC stream, or a Parquet file [default: json]
  -o, --output FILE                   Write to a file

Options of link:
  --timeline NAME --from VALUE [--to VALUE]
                                      The time to show, and the range to select

Options of rm:
  --segment ID, --layer NAME          Only this; may be repeated

Options of keep:
  --from URL                          The store: s3://BUCKET/PREFIX, or a folder
  --files FOLDER                      The folder for copies of the parts, which the server reads
  --mounted                           The store is mounted at that folder: copy nothing
  --dataset NAME                      A dataset to register; may be repeated
  --recording ID                      Only this recording; may be repeated
  --url URL                           Follow this server instead of running one
  --port N, --bind ADDRESS            Run the server here [default: 51234 at 127.0.0.1]
  --status-port N                     Serve /healthz and /metrics at this port of 127.0.0.1
  --interval SECONDS                  Look for new parts at this interval [default: 4]
  --once                              End after the first time
  --endpoint URL, --region NAME, --ca FILE
                                      As those of \`rerun-ts push\`, with its environment variables

Options of all commands but keep:
  --token TOKEN                       The token of a user
  --tls-ca FILE                       The certificate of the server's authority, in PEM format
  --json                              Show JSON
  -h, --help                          Show this help

Environment:
  RERUN_CATALOG_TOKEN                 Replaces --token, which is visible in the list of processes

Exit status:
  0  Everything could be done.
  1  The server cannot be reached, has no such entry, or a recording was not registered.
  2  The command line is wrong.`;

const SERVER = `Usage: rerun-ts server [OPTION …] [[NAME=]FOLDER …]

Run the catalog of an installed Rerun (\`rerun server\`), which keeps everything in memory. Each FOLDER
becomes a dataset with its recordings. It runs until Ctrl-C or SIGTERM.

Options:
  --port N                    Listen on this port [default: 51234]
  --bind ADDRESS              Listen on this address [default: 127.0.0.1]
  --cors-allow-origin ORIGIN  Also allow pages of this origin; may be repeated
  -h, --help                  Show this help

Environment:
  RERUN_CLI_PATH              The path of the program \`rerun\` [default: the one in PATH]

Exit status:
  0  The server was interrupted.
  1  The server could not be started, or failed.
  2  The command line is wrong.`;

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

const DOWNLOAD = `Usage: rerun-ts download [OPTION …] URL …

Save recordings as files. A URL is that of a relay or a viewer, such as
rerun+http://127.0.0.1:9876/proxy, of an .rrd or .rbl file, or of a recording in a catalog. The
last takes the program \`rerun\`. A file is named after the last part of its URL, or output.rrd,
and replaces one with that name. A server goes on sending until Ctrl-C or SIGTERM, which complete
the file.

Options:
  -o, --output-dir FOLDER     Where to write; it is made if need be [default: the current folder]
  --idle-timeout SECONDS      Complete the file when a server has sent nothing for so long
                              [default: never]
  -h, --help                  Show this help

Exit status:
  0  All was saved.
  1  A server failed, or a file cannot be read or written. What a server has sent before is kept.
  2  The command line is wrong.`;

const SEAL = `Usage: rerun-ts seal [OPTION …] FOLDER …

Finish the parts of recordings in folders of \`saveParts\` whose programs were killed. Each file
NAME.rrd.open is cut behind its last whole message, and becomes NAME.rrd with a footer. Parts of
programs that still run are left alone. A program does the same when it opens the folder again.

Options:
  --json           Show JSON: the parts that were sealed, are in use, or failed
  -h, --help       Show this help

Exit status:
  0  All parts of programs that have ended are sealed.
  1  A folder cannot be read, or a part cannot be sealed.
  2  The command line is wrong.`;

const PUSH = `Usage: rerun-ts push [OPTION …] --to s3://BUCKET/PREFIX SPOOL …

Send the parts of recordings that programs have left in the spools of \`PartsSink\`, because they
were killed or could not reach the store. Unfinished parts are finished first, as \`rerun-ts seal\`
does. What the store has is removed from the spool. Parts of programs that still run are left
alone. It may be interrupted and run again: no part arrives twice. Needs @rerun-ts/cloud.

Options:
  --to URL         The store: s3://BUCKET/PREFIX, or a folder
  --endpoint URL   The address of the server, unless it is Amazon's
  --region NAME    The region of the bucket [default: us-east-1]
  --ca FILE        Certificates of authorities to trust, in PEM format
  --json           Show JSON: the parts that were sent, are in use, or failed
  -h, --help       Show this help

Environment:
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                   The credentials
  AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION
                   Replace --endpoint and --region

Exit status:
  0  All parts of programs that have ended are in the store.
  1  A spool cannot be read, or a part cannot be sent.
  2  The command line is wrong.`;

const INGEST = `Usage: rerun-ts ingest --from nats://HOST --to s3://BUCKET/PREFIX --dataset NAME [OPTION …]

Write what programs log with \`NatsSink\` to object storage, in parts. Any number of ingesters may
run for a dataset, on any machines. All of it is written once, also if ingesters, NATS or the
store fail. It runs until Ctrl-C or SIGTERM, and then commits what it has gathered. Needs the
packages @rerun-ts/cloud, @nats-io/transport-node, @nats-io/jetstream and @nats-io/nats-core.

Options:
  --from URL           The server of NATS, or those of a cluster with commas between them:
                       nats://HOST:PORT, tls://HOST:PORT, nats://USER:PASSWORD@HOST:PORT
  --to URL             The store: s3://BUCKET/PREFIX, or a folder
  --dataset NAME       The dataset, as the programs name it
  --partitions A-B,…   Work on these of the 64 partitions only [default: 0-63]
  --max-bytes SIZE     Commit a partition at this size, such as 16MB [default: 64MiB]
  --max-seconds N      Commit a partition at this age [default: 60]
  --max-memory SIZE    The most that is gathered of all partitions [default: 512MiB]
  --stream-bytes SIZE  The limit of the stream if it must be created [default: 1GiB]
  --stream-seconds N   The age limit of the stream if it must be created [default: 3600]
  --replicas N         The replicas of the stream if it must be created [default: 1]
  --endpoint URL       The address of the store's server, unless it is Amazon's
  --region NAME        The region of the bucket [default: us-east-1]
  --ca FILE            Certificates of authorities to trust for the store, in PEM format
  --json               Print each commit as a line of JSON
  -h, --help           Show this help

Environment:
  NATS_USER, NATS_PASSWORD, NATS_TOKEN
                       The login at NATS, unless it is in the URL
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                       The credentials of the store
  AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION
                       Replace --endpoint and --region

Exit status:
  0  It was interrupted, and has committed what it had.
  1  It cannot begin.
  2  The command line is wrong.`;

/** The output of `--help` for each command; `""` is the overview of all commands. */
export const HELP: Readonly<Record<string, string>> = {
  "": OVERVIEW,
  serve: SERVE,
  view: VIEW,
  link: LINK,
  download: DOWNLOAD,
  seal: SEAL,
  push: PUSH,
  ingest: INGEST,
  rrd: RRD,
  mcap: MCAP,
  catalog: CATALOG,
  server: SERVER,
};
