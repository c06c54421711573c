import { create, fromBinary, toBinary, type DescMessage, type DescMethodStreaming } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamResponse } from "@connectrpc/connect";
import { encodeEnvelope } from "@connectrpc/connect/protocol";
import {
  requestHeader,
  trailerFlag,
  trailerParse,
  validateResponse,
  validateTrailer,
} from "@connectrpc/connect/protocol-grpc-web";
import { EnvelopeReader } from "./envelope-reader.ts";

/** A call over gRPC-web: its method, and its messages. */
export interface PostedCall<I extends DescMessage, O extends DescMessage> {
  readonly method: DescMethodStreaming<I, O>;
  readonly signal: AbortSignal | undefined;
  readonly header: HeadersInit | undefined;
  readonly input: AsyncIterable<unknown> | Iterable<unknown>;
}

/**
 * Makes a call with a stream of messages as one request. Browsers send no stream as a body, so the messages are joined.
 */
export async function postStream<I extends DescMessage, O extends DescMessage>(
  origin: string,
  send: typeof fetch,
  call: PostedCall<I, O>,
): Promise<StreamResponse<I, O>> {
  const { method } = call;
  const trailer = new Headers();
  const { header, frames } = await postFrames(origin, send, call, trailer);
  return {
    stream: true,
    service: method.parent,
    method,
    header,
    trailer,
    message: decoded(frames, method),
  } as StreamResponse<I, O>;
}

/** Makes a call without decoding its responses. Responses that arrive together are yielded together. */
export async function postFrames<I extends DescMessage, O extends DescMessage>(
  origin: string,
  send: typeof fetch,
  { method, signal, header, input }: PostedCall<I, O>,
  trailer: Headers = new Headers(),
): Promise<{ readonly header: Headers; readonly frames: AsyncIterable<readonly Uint8Array[]> }> {
  const body: BlobPart[] = [];
  for await (const message of input)
    body.push(encodeEnvelope(0, toBinary(method.input, create(method.input, message as never))));
  const response = await send(`${origin}/${method.parent.typeName}/${method.name}`, {
    method: "POST",
    headers: requestHeader(true, undefined, header, false),
    body: new Blob(body),
    signal: signal ?? null,
  });
  const { headerError } = validateResponse(response.status, response.headers);
  if (headerError !== undefined) throw headerError;
  return { header: response.headers, frames: readFrames(response, trailer) };
}

async function* readFrames(response: Response, trailer: Headers): AsyncGenerator<readonly Uint8Array[]> {
  if (response.body === null) throw new ConnectError("the response has no body", Code.Internal);
  const pieces = response.body.getReader();
  const reader = new EnvelopeReader();
  let hasEnded = false;
  for (let next = await pieces.read(); !next.done; next = await pieces.read()) {
    const frames: Uint8Array[] = [];
    for (const { flags, data } of reader.read(next.value)) {
      if (hasEnded) throw new ConnectError("a message after the trailer", Code.Internal);
      hasEnded = (flags & trailerFlag) === trailerFlag;
      if (!hasEnded) frames.push(data);
      else for (const [name, value] of trailerParse(data)) trailer.append(name, value);
    }
    if (frames.length > 0) yield frames;
  }
  if (!hasEnded && !response.headers.has("grpc-status")) throw new ConnectError("missing trailer", Code.Internal);
  validateTrailer(trailer, response.headers);
}

async function* decoded(frames: AsyncIterable<readonly Uint8Array[]>, { output }: DescMethodStreaming): AsyncGenerator {
  for await (const all of frames) for (const data of all) yield fromBinary(output, data);
}
