// The parts of the packages whose sinks are modelled, as one program: see build.ts.
export { MemorySink, RecordingStream, componentBatches, tee } from "../../packages/core/src/index.ts";
export { PrimitiveBuilder } from "../../packages/core/src/arrow/builder/leaf-builders.ts";
export { shutdownSync } from "../../packages/core/src/recording/process-end.ts";
