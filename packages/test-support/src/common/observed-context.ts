import type { SinkDrop, SinkState } from "@rerun-ts/core";
import type { RecordingSinkContext } from "@rerun-ts/core/transport";

/** A sink context that records what sinks report. */
export class ObservedContext implements RecordingSinkContext {
  readonly applicationId = "contract";
  readonly recordingId = "messages";
  readonly states: SinkState[] = [];
  readonly drops: SinkDrop[] = [];
  readonly recycled: ArrayBuffer[] = [];
  flushRows(): void {}
  recycle({ buffer }: Uint8Array<ArrayBuffer>): void {
    this.recycled.push(buffer);
  }
  onState(state: SinkState): void {
    this.states.push(state);
  }
  onDrop(drop: SinkDrop): void {
    this.drops.push(drop);
  }
  onWarning(): void {}
}
