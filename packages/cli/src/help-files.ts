// Help of commands that read and write files.

/** Help of `rerun-ts rrd`. */
export const RRD_HELP: string = `Usage: rerun-ts rrd COMMAND [OPTION …] [FILE.rrd …]

Work with recordings in files. Without a FILE, or with -, a recording is read from standard input.
A folder stands for all recordings in it, such as the parts of \`saveParts\`.
The commands have the names and options of \`rerun rrd\`; query, blueprint and repair are additions.

Commands that show something:
  print FILE …                        Show each message in a line; see below
  stats [--no-decode] FILE …          Count chunks, rows, entities and bytes, or only chunks and bytes
  verify [--check-footers=false] FILE …
                                      Check that all of it can be read, and that the footer agrees
  compare FILE OTHER.rrd              Check that two recordings have the same rows; see below
  query --index TIMELINE FILE …       Show a table: one row for each index value; see below
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
                                      NAME.backup.rrd
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

/** Help of `rerun-ts mcap`. */
export const MCAP_HELP: string = `Usage: rerun-ts mcap COMMAND [OPTION …] FILE.mcap

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

/** Help of `rerun-ts seal`. */
export const SEAL_HELP: string = `Usage: rerun-ts seal [OPTION …] FOLDER …

Finish the parts of recordings in folders of \`saveParts\` whose programs were killed. Each file
NAME.rrd.open is cut behind its last whole message, and becomes NAME.rrd with a footer. Parts of
programs that still run are left alone. A program does the same when it opens the folder again.

Options:
  --dry-run        Change no part, and show what would be done
  --json           Show JSON: the parts that were sealed, are in use, or failed
  -h, --help       Show this help

Exit status:
  0  All parts of programs that have ended are sealed.
  1  A folder cannot be read, or a part cannot be sealed.
  2  The command line is wrong.`;
