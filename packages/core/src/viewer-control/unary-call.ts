import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";

/** Makes one call over gRPC. Rejects with a `RerunError`. */
export type UnaryCall = <Input extends DescMessage, Output extends DescMessage>(
  method: DescMethodUnary<Input, Output>,
  message: MessageInitShape<Input>,
  signal: AbortSignal,
) => Promise<MessageShape<Output>>;
