import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { RetainedMessages } from "../sink/retained-messages.ts";

/** The first messages for a new sink of a recording: they open the recording and restore its state. */
export class InitialMessages {
  readonly #createStoreInfo: () => EncodedMessage;
  readonly #retained: RetainedMessages;
  #storeInfo: EncodedMessage | undefined;
  /**
   * Whether the program has sent a blueprint. Later sinks then receive it instead of the default blueprint of other
   * sinks.
   */
  hasBlueprint = false;

  /**
   * @param createStoreInfo encodes the message that opens the recording
   * @param maxBytes the limit of {@link RetainedMessages}
   */
  constructor(createStoreInfo: () => EncodedMessage, maxBytes: number) {
    this.#createStoreInfo = createStoreInfo;
    this.#retained = new RetainedMessages(maxBytes);
  }

  /** Keeps a message if later sinks need it. Returns whether they do. */
  retain(message: EncodedMessage): boolean {
    return this.#retained.add(message);
  }

  /**
   * The messages in sending order: the default blueprint, the messages that open the recording, its retained state, and
   * the rest of the backlog.
   *
   * @param backlog messages that no sink has sent yet
   * @param blueprint the default blueprint of the new sinks
   * @param isOnHold whether the new sinks only buffer data for the next ones, which receive the retained state anyway
   */
  inOrder(
    backlog: readonly EncodedMessage[],
    blueprint: readonly EncodedMessage[],
    isOnHold: boolean,
  ): readonly EncodedMessage[] {
    const storeInfo = (this.#storeInfo ??= this.#createStoreInfo());
    const rest = backlog.filter((message) => message !== storeInfo);
    const state = new Set([storeInfo, ...(isOnHold ? [] : this.#retained.inOrder)]);
    for (const message of rest) state.delete(message);
    if (!this.hasBlueprint) for (const message of blueprint) this.#retained.add(message);
    // The blueprint comes first, because a viewer that has opened the recording keeps its own layout.
    return [...blueprint, ...state, ...rest];
  }
}
