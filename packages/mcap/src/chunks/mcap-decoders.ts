import { invalidArgument } from "@rerun-ts/core/checks";

/** Names of the decoders: those of `rerun mcap convert`, and `json` and `ros1` for messages that it leaves raw. */
export const DECODERS = [
  "attachments",
  "foxglove",
  "json",
  "metadata",
  "protobuf",
  "raw",
  "recording_info",
  "ros1",
  "ros2_reflection",
  "ros2msg",
  "schema",
  "stats",
  "urdf",
] as const;

/** A decoder, which converts one part of an MCAP file. */
export type McapDecoder = (typeof DECODERS)[number];

/** The chosen decoders. @throws {TypeError} if one is unknown */
export function decoderSet(decoders: readonly McapDecoder[] | undefined): ReadonlySet<McapDecoder> {
  if (decoders === undefined) return new Set(DECODERS);
  const isKnown = (name: unknown): boolean => (DECODERS as readonly unknown[]).includes(name);
  if (!Array.isArray(decoders) || !decoders.every(isKnown))
    throw invalidArgument("decoders", `an array of ${DECODERS.join(", ")}`, decoders);
  return new Set(decoders);
}
