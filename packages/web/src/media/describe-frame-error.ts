import { messageOf } from "@rerun-ts/core/checks";

/** Describes why a browser does not let a page read a frame or an image, with the remedy if there is a known one. */
export function describeFrameError(error: unknown): string {
  const message = messageOf(error).replace(/\.$/, "");
  if (!isForeign(error)) return message;
  return `${message}; it shows images or videos of another origin: load them with \`crossOrigin = "anonymous"\``;
}

/** Whether a browser keeps the pixels from the page because they come from another origin. */
export function isForeign(error: unknown): boolean {
  return (
    (error as Partial<Error> | undefined)?.name === "SecurityError" || /taint|origin-clean/i.test(messageOf(error))
  );
}
