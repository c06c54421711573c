import { isPromise } from "@rerun-ts/core/util";
/** The number of values that may wait for an earlier one. */
const MAX_WAITING = 16;

/** A value that may take a while. */
export interface Eventual<Value> {
  readonly value: Value | Promise<Value>;
}

/** A value that waits for earlier ones. */
interface WaitingValue<Value> extends Eventual<Value> {
  isDone: boolean;
}

/**
 * Values in their order. While one takes a while, the next ones are requested. Values before an error come before it.
 */
export async function* inOrder<Value>(values: AsyncIterable<Eventual<Value>>): AsyncGenerator<Value, void, undefined> {
  const waiting: WaitingValue<Value>[] = [];
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const { value } of values) {
      waiting.push(watched(value));
      for (let [first] = waiting; first !== undefined; [first] = waiting) {
        if (!first.isDone && waiting.length <= MAX_WAITING) break;
        yield await first.value;
        waiting.shift();
      }
    }
  } catch (error) {
    failure = { error };
  }
  for (const { value } of waiting) yield await value;
  if (failure !== undefined) throw failure.error;
}

/** A value that says when it is done. Its receiver gets the rejection. */
function watched<Value>(value: Value | Promise<Value>): WaitingValue<Value> {
  const waiting: WaitingValue<Value> = { value, isDone: !isPromise(value) };
  const onDone = (): void => {
    waiting.isDone = true;
  };
  if (isPromise(value)) void value.then(onDone, onDone);
  return waiting;
}
