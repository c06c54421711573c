import { create, fromBinary, toBinary, type DescMessage, type DescMethodStreaming } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamResponse } from "@connectrpc/connect";
import { createEnvelopeReadableStream, encodeEnvelope } from "@connectrpc/connect/protocol";
import {
  requestHeader,
  trailerFlag,
  trailerParse,
  validateResponse,
  validateTrailer,
} from "@connectrpc/connect/protocol-grpc-web";

/**
 * Makes a call with a stream of messages as one request. Browsers send no stream as a body, so the messages are joined.
 */
export async function postStream<I extends DescMessage, O extends DescMessage>(
  origin: string,
  send: typeof fetch,
  method: DescMethodStreaming<I, O>,
  signal: AbortSignal | undefined,
  header: HeadersInit | undefined,
  input: AsyncIterable<unknown>,
): Promise<StreamResponse<I, O>> {
  const frames: BlobPart[] = [];
  for await (const message of input) {
    const bytes = toBinary(method.input, create(method.input, message as never));
    frames.push(encodeEnvelope(0, bytes));
  }
  const response = await send(`${origin}/${method.parent.typeName}/${method.name}`, {
    method: "POST",
    headers: requestHeader(true, undefined, header, false),
    body: new Blob(frames),
    signal: signal ?? null,
  });
  const { headerError } = validateResponse(response.status, response.headers);
  if (headerError !== undefined) throw headerError;
  const trailer = new Headers();
  return {
    stream: true,
    service: method.parent,
    method,
    header: response.headers,
    trailer,
    message: readResponse(response, method, trailer),
  } as StreamResponse<I, O>;
}

async function* readResponse(response: Response, { output }: DescMethodStreaming, trailer: Headers): AsyncGenerator {
  if (response.body === null) throw new ConnectError("the response has no body", Code.Internal);
  const reader = createEnvelopeReadableStream(response.body).getReader();
  let hasEnded = false;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const { flags, data } = next.value;
    hasEnded = (flags & trailerFlag) === trailerFlag;
    if (!hasEnded) yield fromBinary(output, data);
    else for (const [name, value] of trailerParse(data)) trailer.append(name, value);
  }
  if (!hasEnded && !response.headers.has("grpc-status")) throw new ConnectError("missing trailer", Code.Internal);
  validateTrailer(trailer, response.headers);
}
