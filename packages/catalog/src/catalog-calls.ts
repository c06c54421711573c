import type {
  DescMessage,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { RerunError, isRerunError, type GrpcHeaders } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { cloudService } from "./catalog-service.ts";
import { resolveHeaders } from "@rerun-ts/core/transport";
import { CallDeadline } from "./call-deadline.ts";
import { catalogError, isHidden } from "./catalog-error.ts";
import type { PutRequest, PutResponse } from "./put-object.ts";
import type { CatalogTransport } from "./catalog-transport.ts";
import type { CatalogUrl } from "./catalog-url.ts";
import { entryIdMessage } from "./entry-id.ts";

/** Options that all calls to a catalog have. */
export interface CatalogCallOptions {
  /** Aborts the call. Default: none. */
  signal?: AbortSignal | undefined;
}

/** A call: its purpose, and its entry. */
export interface CatalogCall extends CatalogCallOptions {
  /** A verb and its object for messages, e.g. `create the dataset "runs"`. */
  readonly doing: string;
  /** The id of the entry that the call is about. */
  readonly entryId?: string | undefined;
  /** The time for the next response, in milliseconds. Default: the timeout of the catalog. */
  readonly timeoutMs?: number | undefined;
  /** Finds the reason of a rejection that a browser hides. */
  readonly findReason?: (() => Promise<RerunError | undefined>) | undefined;
}

/** Options of all calls of a catalog. */
export interface CallSettings {
  readonly headers: GrpcHeaders | undefined;
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** The function for requests to URLs outside the catalog. `undefined` if such URLs are not wanted. */
  readonly fetchUrl?: typeof fetch | undefined;
}

/** Begins a call with several responses. */
type OpenCall<T> = (signal: AbortSignal, headers: Headers) => Promise<AsyncIterable<T>>;

/** Makes the calls to one catalog, with its headers, deadlines and errors. */
export class CatalogCalls {
  readonly url: CatalogUrl;
  readonly #transport: CatalogTransport;
  readonly #settings: CallSettings;
  readonly #inFlight = new Set<CallDeadline>();
  #isClosed = false;

  constructor(url: CatalogUrl, transport: CatalogTransport, settings: CallSettings) {
    this.url = url;
    this.#transport = transport;
    this.#settings = settings;
  }

  /** The options of all calls. */
  get settings(): CallSettings {
    return this.#settings;
  }

  /** Makes a call with one response. A read-only call is repeated if the connection was lost. */
  async unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    message: MessageInitShape<I>,
    call: CatalogCall,
  ): Promise<MessageShape<O>> {
    try {
      return await this.#unary(method, message, call);
    } catch (error) {
      if (!isRepeatable(method, error)) throw error;
      return this.#unary(method, message, call);
    }
  }

  async #unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    message: MessageInitShape<I>,
    call: CatalogCall,
  ): Promise<MessageShape<O>> {
    const deadline = this.#deadline(call);
    try {
      const headers = await this.#headers(call.entryId);
      return await deadline.within(async (signal) => {
        const response = await this.#transport.unary(method, signal, undefined, headers, message);
        return response.message;
      });
    } catch (error) {
      throw await this.#explain(error, call, deadline);
    } finally {
      deadline.end();
    }
  }

  /**
   * Makes a call with several responses. Leaving the loop over them ends the call. A read-only call is repeated if the
   * connection was lost before the first response.
   */
  responses<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    message: MessageInitShape<I>,
    call: CatalogCall,
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    return this.#responses(method, call, async (signal, headers) => {
      const response = await this.#transport.stream(method, signal, undefined, headers, one(message));
      return response.message;
    });
  }

  /**
   * {@link responses} without decoding. Responses that arrive together are yielded together, because there may be many
   * small ones.
   */
  frames<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    message: MessageInitShape<I>,
    call: CatalogCall,
  ): AsyncGenerator<readonly Uint8Array[], void, undefined> {
    return this.#responses(method, call, (signal, headers) => this.#transport.frames(method, signal, headers, message));
  }

  async *#responses<T>(
    method: { readonly name: string },
    call: CatalogCall,
    open: OpenCall<T>,
  ): AsyncGenerator<T, void, undefined> {
    const { deadline, messages, first } = await this.#begin(call, open).catch((error: unknown) => {
      if (!isRepeatable(method, error)) throw error;
      return this.#begin(call, open);
    });
    try {
      for (let next = first; next.done !== true;) {
        yield next.value;
        // Only the wait counts, because the caller may take any time for a response.
        deadline.begin();
        next = await messages.next();
        deadline.pause();
      }
    } catch (error) {
      const isLost = isHidden(error) && deadline.error(call.doing, error) === undefined;
      throw isLost ? lostResponse(call, this.url.href, error) : await this.#explain(error, call, deadline);
    } finally {
      deadline.end();
    }
  }

  /** Begins a call with several responses, and waits for the first. */
  async #begin<T>(
    call: CatalogCall,
    open: OpenCall<T>,
  ): Promise<{
    readonly deadline: CallDeadline;
    readonly messages: AsyncIterator<T>;
    readonly first: IteratorResult<T>;
  }> {
    const deadline = this.#deadline(call);
    try {
      const headers = await this.#headers(call.entryId);
      const response = await deadline.within((signal) => open(signal, headers));
      const messages = response[Symbol.asyncIterator]();
      return { deadline, messages, first: await deadline.within(() => messages.next()) };
    } catch (error) {
      deadline.end();
      throw await this.#explain(error, call, deadline);
    }
  }

  /** Sends a stream of messages, and waits for the response. */
  async send<I extends DescMessage, O extends DescMessage>(
    method: DescMethodClientStreaming<I, O>,
    messages: AsyncIterable<MessageInitShape<I>>,
    call: CatalogCall,
  ): Promise<void> {
    const deadline = this.#deadline(call);
    // An error of the message source is not an error of the connection.
    let failure: { readonly error: unknown } | undefined;
    const watched = async function* (): AsyncGenerator<MessageInitShape<I>> {
      try {
        for await (const message of messages) {
          deadline.begin();
          yield message;
        }
      } catch (error) {
        failure = { error };
        throw error;
      }
    };
    try {
      const headers = await this.#headers(call.entryId);
      await deadline.within(async (signal) => {
        const response = await this.#transport.stream(method, signal, undefined, headers, watched());
        for await (const message of response.message) void message;
      });
    } catch (error) {
      if (failure !== undefined) throw failure.error;
      throw await this.#explain(error, call, deadline);
    } finally {
      deadline.end();
    }
  }

  /** The headers of a request to the catalog itself, such as an upload. */
  async #headers(entryId: string | undefined): Promise<Headers> {
    if (this.#isClosed) throw this.#closed();
    const { headers, token } = this.#settings;
    let all: Headers;
    try {
      all = await resolveHeaders(headers);
    } catch (error) {
      const { href } = this.url;
      throw new RerunError("CONNECTION", `cannot connect to ${href}: \`headers\` failed: ${messageOf(error)}`, {
        cause: error,
      });
    }
    if (token !== undefined) all.set("authorization", `Bearer ${token}`);
    if (entryId !== undefined) all.set("x-rerun-entry-id", entryId);
    return all;
  }

  /** Uploads an object. */
  put(request: PutRequest): Promise<PutResponse> {
    return this.#transport.put(request);
  }

  /** The headers of a request that is not a call of the service. */
  headers(): Promise<Headers> {
    return this.#headers(undefined);
  }

  /** Closes the connection. Calls in flight reject with `CLOSED`, as later ones do. */
  close(): void {
    this.#isClosed = true;
    // Not every transport ends its own calls.
    for (const deadline of this.#inFlight) deadline.abort(this.#closed());
    this.#transport.close();
  }

  /** A deadline for a call, which ends when the catalog is closed, too. */
  deadline(timeoutMs: number, signal: AbortSignal | undefined): CallDeadline {
    return new CallDeadline(timeoutMs, [signal, this.#settings.signal], this.#inFlight);
  }

  #deadline({ signal, timeoutMs }: CatalogCall): CallDeadline {
    return this.deadline(timeoutMs ?? this.#settings.timeoutMs, signal);
  }

  #closed(): RerunError {
    return new RerunError("CLOSED", `the connection to ${this.url.href} is closed; call \`connectCatalog\` again`);
  }

  async #explain(error: unknown, call: CatalogCall, deadline: CallDeadline): Promise<RerunError> {
    const { doing } = call;
    const own = deadline.error(doing, error);
    if (own?.code === "TIMEOUT") this.#transport.renew();
    if (own !== undefined) return own;
    const reason = isHidden(error) ? await (call.findReason?.() ?? this.#findEntry(call)) : undefined;
    return reason ?? catalogError(error, { href: this.url.href, doing });
  }

  /** The error for a call about an entry that is not there. */
  async #findEntry({ doing, entryId, signal }: CatalogCall): Promise<RerunError | undefined> {
    if (entryId === undefined) return undefined;
    const filter = { id: entryIdMessage(entryId) };
    // The error of this call may be hidden, too. A hidden error then means that the entry does not exist.
    const call = { doing, signal, findReason: () => Promise.resolve(undefined) };
    try {
      const { entries } = await this.unary(cloudService.method.findEntries, { filter }, call);
      if (entries.length > 0) return undefined;
    } catch (error) {
      if (!isRerunError(error) || error.code !== "SERVER") return undefined;
    }
    return new RerunError("NOT_FOUND", `cannot ${doing}: ${this.url.href} has no entry with the id ${entryId}`);
  }
}

/** The error for a response that ended in the middle. */
function lostResponse({ doing }: CatalogCall, href: string, cause: unknown): RerunError {
  return new RerunError("CONNECTION", `cannot ${doing}: the connection to ${href} was lost`, { cause });
}

/** The calls that change nothing on the server. */
const READS = /^(?:Version|WhoAmI|DoBandwidthTest|Find|Fetch|Query|Read|Scan|Get(?!WriteAccessGrant))/;

/** Whether a call can be made again: an idle connection may have been lost without notice. */
function isRepeatable({ name }: { readonly name: string }, error: unknown): boolean {
  return READS.test(name) && isRerunError(error) && error.code === "CONNECTION";
}

async function* one<T>(message: T): AsyncGenerator<T> {
  yield message;
}
