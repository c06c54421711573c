import { closeSync, openSync, readSync, statSync, type Stats } from "node:fs";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";

/** The first bytes of a kind of file. */
interface FileStart {
  readonly kind: string;
  readonly magic: string;
  /** The length of the header. */
  readonly headerBytes: number;
}

/** Also of old versions. */
const RECORDING: FileStart = { kind: "a Rerun recording", magic: "RRF", headerBytes: 12 };
const MCAP: FileStart = { kind: "an MCAP file", magic: "\x89MCAP", headerBytes: 8 };

/**
 * @throws {RerunError} `NOT_FOUND` or `IO_ERROR` if the file cannot be read, `INVALID_FORMAT` if it is not a recording or
 * blueprint
 */
export function checkRecording(path: string): void {
  checkStart(path, RECORDING);
}

/**
 * Checks a path, which may be a URL.
 *
 * @throws {RerunError} `NOT_FOUND` or `IO_ERROR` if a file cannot be read, `INVALID_FORMAT` if it is not an MCAP
 * file
 */
export function checkMcapFile(path: string): void {
  if (!/^https?:/i.test(path)) checkStart(path, MCAP);
}

function checkStart(path: string, { kind, magic, headerBytes }: FileStart): void {
  const { stats, start } = readStart(path, magic.length);
  if (stats === undefined) throw new RerunError("NOT_FOUND", `cannot read ${path}: no such file`);
  if (stats.isDirectory()) throw new RerunError("IO_ERROR", `cannot read ${path}: it is a folder`);
  if (start === undefined) return;
  if (start !== magic) throw new RerunError("INVALID_FORMAT", `${path} is not ${kind} (wrong file header)`);
  if (stats.size < headerBytes) throw new RerunError("INVALID_FORMAT", `${path} is too short to be ${kind}`);
}

/** Facts about a file, and its first bytes. @throws {RerunError} `IO_ERROR` if it cannot be read */
function readStart(path: string, length: number): { stats?: Stats | undefined; start?: string | undefined } {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    // Reading from a pipe would consume its bytes.
    if (stats?.isFile() !== true) return { stats };
    const start = Buffer.alloc(length);
    const file = openSync(path, "r");
    try {
      readSync(file, start);
    } finally {
      closeSync(file);
    }
    return { stats, start: start.toString("latin1") };
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
