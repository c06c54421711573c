import { RerunError } from "@rerun-ts/core";
import { checkAborted } from "@rerun-ts/core/util";
import { turnOf, type RandomAccess } from "@rerun-ts/reading/source";

/** Number of bytes that are read at a time. */
const BLOCK_BYTES = 1024 * 1024;
/** The longest row, in characters. A longer one has a quote without an end. */
const MAX_ROW_CHARS = 16 * 1024 * 1024;
/** The most cells of a row. */
const MAX_CELLS = 16_384;

/** A row of a CSV file. */
export interface CsvRow {
  /** The number of the row in the file, from 1. */
  readonly number: number;
  readonly cells: readonly string[];
}

/**
 * Yields the rows of a CSV file without empty ones, many at a time. Cells may be in double quotes, with delimiters,
 * line breaks, and quotes that are doubled. Source: RFC 4180.
 *
 * @throws {RerunError} `INVALID_FORMAT` if a row is too long, or the file is not UTF-8 or ends within quotes
 */
export async function* csvRows(
  access: RandomAccess,
  delimiter: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<CsvRow[], void, undefined> {
  const parser = new CsvParser(delimiter);
  for await (const text of textOf(access, signal)) yield parser.push(text);
  yield parser.end();
}

/** The first line of a file, for finding its delimiter. */
export async function firstLine(access: RandomAccess, signal: AbortSignal | undefined): Promise<string> {
  for await (const text of textOf(access, signal)) return /^[^\r\n]*/.exec(text)?.[0] ?? "";
  return "";
}

async function* textOf(access: RandomAccess, signal: AbortSignal | undefined): AsyncGenerator<string, void, undefined> {
  // The decoder removes a byte order mark.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    let text: string;
    try {
      text = decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      const message = "the CSV file is not text in UTF-8: save it in this encoding";
      throw new RerunError("INVALID_FORMAT", message, { cause });
    }
    if (!text.includes("\0")) return text;
    const message = "the CSV file has characters NUL: it is damaged, in UTF-16, or of another kind";
    throw new RerunError("INVALID_FORMAT", message);
  };
  for (let at = 0; at < access.size; at += BLOCK_BYTES) {
    checkAborted(signal);
    const bytes = await access.read(at, Math.min(BLOCK_BYTES, access.size - at), { signal });
    yield decode(bytes);
    // Bytes in memory are there immediately.
    await turnOf(signal);
  }
  yield decode();
}

const QUOTE = '"';

/** Finds the rows in pieces of text. */
class CsvParser {
  readonly #delimiter: string;
  /** The text of the row that is not complete. */
  #text = "";
  #number = 1;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(text: string): CsvRow[] {
    this.#text += text;
    return this.#take(false);
  }

  end(): CsvRow[] {
    const rows = this.#take(true);
    if (this.#text === "") return rows;
    throw new RerunError("INVALID_FORMAT", `the CSV file ends within quotes that begin in row ${this.#number}`);
  }

  /** Takes the complete rows. */
  #take(isEnd: boolean): CsvRow[] {
    const rows: CsvRow[] = [];
    const text = this.#text;
    let start = 0;
    // Searched once for many rows, because old files have none and end rows by carriage returns.
    let feed = -1;
    for (;;) {
      if (feed < start) feed = text.indexOf("\n", start);
      if (feed < 0) feed = text.length;
      const found = this.#readRow(text, start, feed, isEnd);
      if (found === undefined) break;
      const { cells, next } = found;
      // An empty line has one empty cell.
      if (cells.length > 1 || cells[0] !== "") rows.push({ number: this.#number, cells });
      this.#number++;
      start = next;
      if (start >= text.length) break;
    }
    this.#text = text.slice(start);
    if (this.#text.length > MAX_ROW_CHARS)
      throw new RerunError(
        "INVALID_FORMAT",
        `row ${this.#number} of the CSV file has more than ${MAX_ROW_CHARS} characters: a quote has no end`,
      );
    return rows;
  }

  /**
   * Reads a row without quotes, which is the usual case. Returns `undefined` for other or incomplete rows.
   *
   * @param feed the position of the next line feed, or of the end of the text
   */
  #readSimpleRow(text: string, start: number, feed: number): { cells: string[]; next: number } | undefined {
    if (feed === text.length) return undefined;
    const line = text.slice(start, text[feed - 1] === "\r" && feed > start ? feed - 1 : feed);
    // Carriage returns first, because of them there are many rows before the line feed.
    if (line.includes("\r") || line.includes(QUOTE)) return undefined;
    const cells = line.split(this.#delimiter);
    return cells.length <= MAX_CELLS ? { cells, next: feed + 1 } : undefined;
  }

  /** Reads the row at a position. Returns `undefined` if it is incomplete. */
  #readRow(text: string, start: number, feed: number, isEnd: boolean): { cells: string[]; next: number } | undefined {
    if (start >= text.length) return undefined;
    const simple = this.#readSimpleRow(text, start, feed);
    if (simple !== undefined) return simple;
    const cells: string[] = [];
    let at = start;
    for (;;) {
      if (cells.length >= MAX_CELLS)
        throw new RerunError("INVALID_FORMAT", `row ${this.#number} of the CSV file has more than ${MAX_CELLS} cells`);
      const isQuoted = text[at] === QUOTE;
      const quoted = isQuoted ? readQuoted(text, at, isEnd) : undefined;
      if (isQuoted && quoted === undefined) return undefined;
      const from = quoted?.next ?? at;
      let end = from;
      while (end < text.length && text[end] !== this.#delimiter && text[end] !== "\n" && text[end] !== "\r") end++;
      // As in other programs, text after a quoted cell belongs to the cell.
      const rest = text.slice(from, end);
      if (end < text.length && text[end] === this.#delimiter) {
        cells.push((quoted?.value ?? "") + rest);
        at = end + 1;
        continue;
      }
      // A line feed may follow a carriage return in the next piece.
      const isLast = end >= text.length || (text[end] === "\r" && end + 1 >= text.length);
      if (isLast && !isEnd) return undefined;
      cells.push((quoted?.value ?? "") + rest);
      return { cells, next: end + (text.startsWith("\r\n", end) ? 2 : 1) };
    }
  }
}

/** Reads a quoted cell. Returns `undefined` if its end has not been read yet. */
function readQuoted(text: string, start: number, isEnd: boolean): { value: string; next: number } | undefined {
  let value = "";
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf(QUOTE, at);
    // The character after a quote decides whether it is doubled.
    if (quote < 0 || (quote + 1 >= text.length && !isEnd)) return undefined;
    value += text.slice(at, quote);
    if (text[quote + 1] !== QUOTE) return { value, next: quote + 1 };
    value += QUOTE;
    at = quote + 2;
  }
}
