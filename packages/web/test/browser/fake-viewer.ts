import type { viewer } from "@rerun-ts/web";

/** A viewer that behaves like that of `@rerun-io/web-viewer` towards sinks, and keeps the data that it is sent. */
export class FakeViewer implements viewer.WebViewerLike {
  ready = false;
  canvas: object | null = null;
  /** The data that it was sent since its last start. */
  received: Uint8Array[] = [];
  openedChannels = 0;
  /** Whether it fails, and stops, when it is sent data. */
  isFailing = false;
  #generation = 0;

  start(): this {
    this.ready = true;
    this.canvas = {};
    this.received = [];
    this.#generation++;
    return this;
  }

  stop(): void {
    this.ready = false;
    this.canvas = null;
  }

  open_channel(): viewer.WebViewerChannelLike {
    if (!this.ready) throw new Error("attempted to open channel in a stopped web viewer");
    this.openedChannels++;
    const generation = this.#generation;
    const isReady = (): boolean => this.ready;
    let isClosed = false;
    return {
      get ready() {
        return !isClosed && isReady();
      },
      send_rrd: (rrd) => {
        if (isClosed || !this.ready) return;
        if (this.isFailing) {
          this.stop();
          throw new Error("Failed to send data");
        }
        if (generation === this.#generation) this.received.push(rrd);
      },
      close: () => void (isClosed = true),
    };
  }
}
