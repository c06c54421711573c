// Help of commands that use catalogs and object storage.

/** Help of `rerun-ts catalog`. */
export const CATALOG_HELP: string = `Usage: rerun-ts catalog COMMAND [OPTION …] URL …

Work with a catalog: a \`rerun server\`, Rerun's cloud, or a native viewer. Its URL is such as
rerun+http://localhost:51234, or rerun://host with encryption.

Commands:
  ls [-a] URL [DATASET]               List the datasets and tables, or the segments of a dataset
  info URL [NAME]                     Describe the server, a dataset or a table
  register URL DATASET FILE|URL …     Register recordings where they are: the server reads them. A
                                      folder stands for the recordings in it, here and for upload
  upload URL DATASET FILE …           Upload recordings to the server, and register them
  query --index TIMELINE URL DATASET  Show a table: one row for each index value of each segment
  link URL DATASET SEGMENT            Print a link that opens a segment in a viewer
  rm URL NAME                         Delete a dataset or a table; with --segment or --layer only
                                      these of a dataset. Registered files stay
  keep --from STORE --files FOLDER    Register the parts in object storage, now and later, in a
                                      \`rerun server\` that it runs. Needs @rerun-ts/storage

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
  --since DURATION                    Only recordings with a part of the last 90m, 36h or 7d
  --url URL                           Follow this server instead of running one
  --port N, --bind ADDRESS            Run the server here [default: 51234 at 127.0.0.1]
  --status-port N                     Serve /healthz and /metrics on this port
  --status-bind ADDRESS               Serve them on this address [default: 127.0.0.1]
  --unhealthy-after SECONDS           Let /healthz report failures after this time [default: 30]
  --interval SECONDS                  Look for new parts at this interval [default: 3]
  --full-every DURATION               List everything in the store again after this time, and in between only
                                      what may be new [default: 10m]
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

/** Help of `rerun-ts server`. */
export const SERVER_HELP: string = `Usage: rerun-ts server [OPTION …] [[NAME=]FOLDER …]

Run the catalog of an installed Rerun (\`rerun server\`), which keeps everything in memory. Each FOLDER
becomes a dataset with its recordings. It runs until Ctrl-C, SIGTERM or SIGHUP.

Options:
  --port N                    Listen on this port [default: 51234]
  --bind ADDRESS              Listen on this address [default: 127.0.0.1]
  --cors-allow-origin ORIGIN  Also allow pages of this origin; may be repeated
  --status-port N             Serve /healthz and /metrics on this port
  --status-bind ADDRESS       Serve them on this address [default: 127.0.0.1]
  -h, --help                  Show this help

Environment:
  RERUN_CLI_PATH              The path of the program \`rerun\` [default: the one in PATH]

Exit status:
  0  The server was interrupted.
  1  The server could not be started, or failed.
  2  The command line is wrong.`;

/** Help of `rerun-ts push`. */
export const PUSH_HELP: string = `Usage: rerun-ts push [OPTION …] --to s3://BUCKET/PREFIX SPOOL …

Send the parts of recordings that programs have left in the spools of \`PartsSink\`, because they
were killed or could not reach the store. Unfinished parts are finished first, as \`rerun-ts seal\`
does. What the store has is removed from the spool. Parts of programs that still run are left
alone. It may be interrupted and run again: no part arrives twice. Needs @rerun-ts/storage.

Options:
  --to URL         The store: s3://BUCKET/PREFIX, or a folder
  --dataset NAME   The SPOOLs are folders of \`saveParts\`, whose parts belong to this dataset. They
                   stay in their folders
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

/** Help of `rerun-ts parts`. */
export const PARTS_HELP: string = `Usage:
  rerun-ts parts check [OPTION …] --dataset NAME STORE  Find parts that cannot be read
  rerun-ts parts mend [OPTION …] --dataset NAME STORE   Write new parts with their whole chunks

A part without a whole end, such as one that was cut by a loss of power, is left out by readers.
\`mend\` writes its whole chunks to a new part, and keeps the damaged part below damaged/, where
nobody counts it. It may be interrupted and run again. Parts of ingesters and compactors are also
compared with the size and the hash that their records have. Damaged ones are only reported:
restore them from a version of the bucket. STORE is s3://BUCKET/PREFIX, or a folder. Needs
@rerun-ts/storage and @rerun-ts/reading.

Options:
  --dataset NAME   The dataset of the parts
  --recording ID   Only the parts of this recording; may be repeated
  --bytes          Read all bytes, and compare them with the SHA-256 that is known
  --dry-run        Show what \`mend\` would do, and change nothing
  --endpoint URL, --region NAME, --ca FILE
                   As those of \`rerun-ts push\`, with its environment variables
  --json           Show JSON: the parts that are damaged, and those that were mended
  -h, --help       Show this help

Exit status:
  0  No part is damaged, or all of them were mended.
  1  Parts are damaged and not mended, or the store failed.
  2  The command line is wrong.`;

/** Help of `rerun-ts fleet`. */
export const FLEET_HELP: string = `Usage: rerun-ts fleet status [OPTION …] STORE

Show the state of all datasets of a store: producers, recordings, parts, their growth, damaged
parts, what waits in NATS, and what a catalog lacks. Name what needs a person, with one line of
what to do. It lists everything: run it when somebody asks. To ask for the time of the store it
creates an object, and deletes it again. STORE is s3://BUCKET/PREFIX, or a folder. Needs
@rerun-ts/storage, and @rerun-ts/reading for --catalog and --check.

Options:
  --dataset NAME   Only this dataset; may be repeated
  --nats URL       Also look at the streams in NATS, with the rights of an ingester
  --nats-ca FILE   The certificates of the authority of NATS, in PEM format
  --catalog URL    Also compare with this catalog, such as rerun+http://localhost:51234
  --check          Also look at the end of each part, as \`rerun-ts parts check\` does
  --overdue-after SECONDS
                   Report what has waited for longer [default: 300]
  --endpoint URL, --region NAME, --ca FILE
                   As those of \`rerun-ts push\`, with its environment variables
  --json           Show JSON
  -h, --help       Show this help

Environment:
  NATS_USER, NATS_PASSWORD, NATS_TOKEN
                   The login at NATS, unless it is in the URL
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                   The credentials of the store
  RERUN_CATALOG_TOKEN
                   The token for the catalog

Exit status:
  0  Nothing is wrong.
  1  Something needs a person, or the store, NATS or the catalog cannot be reached.
  2  The command line is wrong.`;

/** Help of `rerun-ts ingest`. */
export const INGEST_HELP: string = `Usage: rerun-ts ingest --from nats://HOST --to s3://BUCKET/PREFIX --dataset NAME [OPTION …]

Write what programs log with \`NatsSink\` to object storage, in parts. Any number of ingesters may
run for a dataset, on any machines. All of it is written once, also if ingesters, NATS or the
store fail. It runs until Ctrl-C, SIGTERM or SIGHUP, and then commits what it has gathered. Needs
the packages @rerun-ts/storage, @nats-io/transport-node, @nats-io/jetstream and @nats-io/nats-core.

Options:
  --from URL           The server of NATS, or those of a cluster with commas between them:
                       nats://HOST:PORT, tls://HOST:PORT, nats://USER:PASSWORD@HOST:PORT
  --to URL             The store: s3://BUCKET/PREFIX, or a folder
  --dataset NAME       The dataset, as the programs name it
  --partitions A-B,…   Work on these of the 64 partitions only [default: 0-63]
  --max-bytes SIZE     Commit a partition at this size, such as 16MB [default: 64MiB]
  --max-seconds N      Commit a partition at this age [default: 60]. With several small recordings
                       only it takes turns with others, and commits after 1.4 times as long at most
  --ack-seconds N      Commit this long after the last small commit of the partition if producers
                       ask, for fewer objects [default: 1, after a burst of 8]
  --no-bundles         Write each small part as an object of its own: for keepers with --mounted
  --max-memory SIZE    The most that is gathered of all partitions [default: 512MiB]
  --stream-bytes SIZE  The limit of the stream if it must be created [default: 1GiB]
  --stream-seconds N   The age limit of the stream if it must be created [default: 3600]
  --replicas N         The replicas of the stream if it must be created [default: 1]
  --nats-ca FILE       The certificates of the authority of NATS, in PEM format
  --endpoint URL       The address of the store's server, unless it is Amazon's
  --region NAME        The region of the bucket [default: us-east-1]
  --ca FILE            Certificates of authorities to trust for the store, in PEM format
  --status-port N      Serve /healthz and /metrics on this port
  --status-bind ADDRESS
                       Serve them on this address [default: 127.0.0.1]
  --unhealthy-after SECONDS
                       Let /healthz report failures after this time [default: 30]
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

/** Help of `rerun-ts compact`. */
export const COMPACT_HELP: string = `Usage: rerun-ts compact --dataset NAME [OPTION …] s3://BUCKET/PREFIX|FOLDER

Make large parts of the small parts of recordings, which cost catalogs much memory, and delete
what was replaced or removed a day ago. With --keep-days or --keep-bytes also remove old data.
Readers and \`rerun-ts catalog keep\` follow by themselves. Run it once a day. It may be interrupted
and run again, also several times at once: no row is lost or twice. The next run goes on where an
interrupted one has ended. Needs @rerun-ts/storage.

Options:
  --dataset NAME       The dataset
  --recording ID       Only this recording; may be repeated
  --share N/COUNT      Only this share of the recordings, such as 2/8, so that COUNT processes on
                       any machines divide the work
  --concurrency N      The most recordings to work on at a time [default: 4]
  --max-bytes SIZE     The most bytes of parts that become one; four times as much is needed in
                       the temporary folder, or twice with \`--concurrency 1\` [default: 1GB]
  --min-parts N        The least number of parts that become one [default: 4]
  --keep-days N        Remove recordings whose last part is older
  --keep-bytes SIZE    Remove the oldest recordings until the others have this size. Nothing of
                       the last hour is removed. With --share, the first share does it for all
  --unit recording|part
                       What is removed: whole recordings, or single parts [default: recording]
  --delete-after SECONDS
                       Delete what was replaced or removed after this time: longer than readers
                       have a recording open [default: 86400]
  --temporary-folder FOLDER
                       Copy parts there [default: that of the system]
  --dry-run            Change nothing, but print what would be done
  --endpoint URL       The address of the server, unless it is Amazon's
  --region NAME        The region of the bucket [default: us-east-1]
  --ca FILE            Certificates of authorities to trust, in PEM format
  --json               Show JSON: what was removed, compacted, deleted, and failed
  -h, --help           Show this help

Environment:
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                       The credentials
  AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION
                       Replace --endpoint and --region

Exit status:
  0  Everything was done. Parts that do not fit to others are only reported.
  1  A recording failed, or the store cannot be reached.
  2  The command line is wrong.`;
