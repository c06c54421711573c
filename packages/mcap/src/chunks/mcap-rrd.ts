import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { checkOptions, invalidArgument, yieldingRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { randomId } from "@rerun-ts/core/util";
import { RrdWriter, encodeRows } from "@rerun-ts/core/encode";
import { chunkDataOf, type Chunk, compressedMessage } from "@rerun-ts/reading/chunks";
import { CompressThread, inOrder, type Eventual, MessageMemory, type RrdSource } from "@rerun-ts/reading/source";
import { readMcap } from "./mcap-chunks.ts";
import { MCAP_OPTIONS, type McapOptions } from "./mcap-options.ts";

/** Options of {@link convertMcap}. */
export interface ConvertMcapOptions extends McapOptions {
  /** The application id of the recording. Default `mcap`. */
  applicationId?: string | undefined;
  /** The id of the recording. Default: random. */
  recordingId?: string | undefined;
}

const OPTIONS: OptionNames<ConvertMcapOptions> = { ...MCAP_OPTIONS, applicationId: 1, recordingId: 1 };

/**
 * Converts an MCAP file to the bytes of an `.rrd`; see {@link mcapChunks}.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the source or an option is wrong
 * @throws {RerunError} `INVALID_FORMAT` if this is not an MCAP file, `ABORTED`, or the error of the source
 * @example
 * await writeFile("drive.rrd", convertMcap("drive.mcap", { applicationId: "drive" }));
 */
export function convertMcap(
  source: RrdSource,
  options: ConvertMcapOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const memory = new MessageMemory();
  return memory.of(yieldingRerunErrors(convert(source, options, memory)));
}

async function* convert(
  source: RrdSource,
  options: ConvertMcapOptions,
  memory: MessageMemory,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkOptions("convertMcap", options, OPTIONS);
  const { applicationId = "mcap", recordingId = randomId(), ...own } = options;
  for (const [name, value] of Object.entries({ applicationId, recordingId }))
    if (typeof value !== "string" || value === "") throw invalidArgument(name, "a non-empty string", value);
  const storeId: StoreId = { kind: "recording", applicationId, recordingId };
  const writer = new RrdWriter({ maxFooterBytes: Infinity });
  yield writer.header();
  for (const message of encodeRows(storeId, "", [])) yield* framed(writer, message);
  const chunks = readMcap(source, own, { call: "convertMcap", isCopied: true });
  const thread = new CompressThread();
  const encode = (chunk: Chunk): EncodedMessage | Promise<EncodedMessage> =>
    compressedMessage(chunkDataOf(chunk), storeId, thread, memory.allocate);
  try {
    for await (const message of inOrder(encoded(chunks, encode))) yield* framed(writer, message);
  } finally {
    thread.close();
  }
  yield writer.finish();
}

async function* encoded(
  chunks: AsyncIterable<Chunk>,
  encode: (chunk: Chunk) => EncodedMessage | Promise<EncodedMessage>,
): AsyncGenerator<Eventual<EncodedMessage>, void, undefined> {
  for await (const chunk of chunks) yield { value: encode(chunk) };
}

function* framed(writer: RrdWriter, message: EncodedMessage): Generator<Uint8Array, void, undefined> {
  yield writer.frame(message);
  yield message.payload;
}
