import { messageOf } from "@rerun-ts/core/internal";

/** Describes why a browser does not let a page read a frame, and how to mend it where that is known. */
export function describeFrameError(error: unknown): string {
  const message = messageOf(error);
  const isTainted = (error instanceof Error && error.name === "SecurityError") || /tainted/i.test(message);
  if (!isTainted) return message;
  return `${message}; it shows images or videos of another origin: load them with \`crossOrigin = "anonymous"\``;
}
