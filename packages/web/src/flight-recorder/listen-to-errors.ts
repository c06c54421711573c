import { errorText } from "@rerun-ts/core/recording";

/**
 * Calls a function with each error of the page that is not caught, and each rejection without a handler. Returns a
 * function that ends it.
 */
export function listenToErrors(onError: (reason: string, isFatal: boolean) => void): () => void {
  const listening = new AbortController();
  const onErrorEvent = (event: Event): void => {
    const { error, message } = event as ErrorEvent;
    onError(`error: ${errorText(error ?? message)}`, false);
  };
  const onRejection = (event: Event): void => {
    onError(`unhandled rejection: ${errorText((event as PromiseRejectionEvent).reason)}`, false);
  };
  const { signal } = listening;
  globalThis.addEventListener?.("error", onErrorEvent, { signal });
  globalThis.addEventListener?.("unhandledrejection", onRejection, { signal });
  return () => listening.abort();
}
