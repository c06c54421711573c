import { RerunError } from "../errors/rerun-error.ts";

/** A file of a {@link SegmentFolder} that is open for writing. All methods are synchronous. */
export interface SegmentFile {
  /**
   * Writes all pieces at a position.
   * @throws if writing fails, possibly after a part of the pieces
   */
  write(pieces: readonly Uint8Array[], position: number): void;
  /** Removes everything from `size` on. */
  truncate(size: number): void;
  /** Closes the file. Its data is then as durable as the folder promises. */
  close(): void;
}

/** Folder of the segments of a {@link SegmentLog}, on any platform. */
export interface SegmentFolder<File extends SegmentFile = SegmentFile> {
  /** Creates an empty segment behind all others of its kind. @throws if that is impossible */
  create(kind: SegmentKind): CreatedSegment<File>;
  /** Removes a file, now or soon. A file that remains is found again when the folder is next opened. */
  remove(name: string): void;
  /** Cuts ranges, in order, out of a closed segment of `bytes`, now or soon. Returns `false` if it stays as it is. */
  cut(name: string, ranges: readonly SegmentBytes[], bytes: number): boolean;
}

export interface SegmentBytes {
  readonly start: number;
  readonly length: number;
}

/** A new, empty segment. */
export interface CreatedSegment<File extends SegmentFile = SegmentFile> {
  readonly name: string;
  readonly file: File;
}

/** A segment of an earlier program. */
export interface FoundSegment {
  readonly name: string;
  /** The length of the complete messages in the file. */
  readonly bytes: number;
  /** Time of the last write, in milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** Whether a segment holds the retained state (store infos, blueprints, static data), or everything else. */
export type SegmentKind = "data" | "retained";

const PREFIXES: Readonly<Record<SegmentKind, string>> = { data: "d", retained: "r" };
/**
 * The version of the layout of a folder, which stands in the name of each segment. Names without a version are of the
 * layout before, which does not differ otherwise.
 */
const VERSION = 1;
const NAME = new RegExp(`^([dr])(\\d{8,15})(?:[.]v${VERSION})?[.]rrd$`);
/** The name of a segment of any version, whose kinds a later one may have added to. */
const VERSIONED = /^[a-z]\d{8,15}[.]v(\d+)[.]rrd/;

/** The name of a segment's file: sorted by name, segments are in order, with the retained state first. */
export function segmentName(kind: SegmentKind, number: number): string {
  return `${PREFIXES[kind]}${String(number).padStart(8, "0")}.v${VERSION}.rrd`;
}

/** Parses a name of {@link segmentName}. Returns `undefined` for other files. */
export function parseSegmentName(name: string): { readonly kind: SegmentKind; readonly number: number } | undefined {
  const [, prefix, digits] = NAME.exec(name) ?? [];
  return digits === undefined ? undefined : { kind: prefix === "r" ? "retained" : "data", number: Number(digits) };
}

/** Compares the names of segments: the retained state comes first, then the order in which they were written. */
export function compareSegmentNames(a: string, b: string): number {
  const [one, other] = [parseSegmentName(a), parseSegmentName(b)];
  if (one === undefined || other === undefined || one.kind !== other.kind) return a < b ? 1 : -1;
  return one.number - other.number;
}

/**
 * Checks that a folder has no segment of a later version of this package.
 * @throws {RerunError} `UNSUPPORTED`, and says what to do
 */
export function checkSegmentVersions(files: readonly { readonly name: string }[]): void {
  for (const { name } of files) {
    const version = Number(VERSIONED.exec(name)?.[1] ?? VERSION);
    if (version !== VERSION)
      throw new RerunError(
        "UNSUPPORTED",
        `${name} belongs to another version of rerun-ts: its layout is ${version}, and this program knows ${VERSION}; ` +
          "update this program; the data stays as it is",
      );
  }
}

/**
 * The segments among files, in the order in which they are read.
 * @throws {RerunError} `UNSUPPORTED` if one is of a later version of this package
 */
export function sortSegments<Found extends { readonly name: string }>(files: readonly Found[]): Found[] {
  checkSegmentVersions(files);
  return files
    .filter(({ name }) => parseSegmentName(name) !== undefined)
    .sort((a, b) => compareSegmentNames(a.name, b.name));
}
