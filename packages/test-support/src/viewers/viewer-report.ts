/** The state of a viewer. */
export interface ViewerReport {
  /** The errors that it has logged. */
  readonly errors: readonly string[];
  readonly recordings: readonly ReportedRecording[];
  readonly views: readonly ReportedView[];
  /** The colours of each image that was taken. */
  readonly images: readonly StrongColors[];
}

/** A recording that a viewer has open. */
export interface ReportedRecording {
  readonly store_id: string;
  /** The type of each timeline. */
  readonly timelines: Readonly<Record<string, string>>;
  /** The components of each entity. */
  readonly entities: Readonly<Record<string, readonly string[]>>;
}

/** A view, with the problems it reports. */
export interface ReportedView {
  readonly view_id: string;
  readonly view_class: string;
  readonly name: string;
  readonly origin: string;
  readonly visible: boolean;
  readonly reports: readonly { readonly severity: string; readonly summary: string; readonly details: string | null }[];
}

/** The number of pixels of an image that are mostly red, green or blue. */
export interface StrongColors {
  /** The number of all pixels. */
  readonly pixels: number;
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** A running viewer. It shows every recording that someone opens in it or logs to it, until the recording is closed. */
export interface RunningViewer {
  /** Address at which it accepts logs. */
  readonly url: string;
  /**
   * Closes all recordings of the viewer, opens a file or an address, and waits until the viewer has loaded it.
   * @throws with the errors of the viewer if the viewer cannot open it
   */
  open(this: void, recording: string): Promise<void>;
  /** Closes all recordings of the viewer. */
  closeAll(this: void): Promise<void>;
  /** Waits until the viewer shows views, takes images, and reports the contents of the viewer. */
  report(this: void, options?: ReportOptions): Promise<ViewerReport>;
  close(this: void): Promise<void>;
}

/** Options of {@link RunningViewer.report}. */
export interface ReportOptions {
  /** The images to take. */
  readonly images?: readonly ViewerImage[];
  /** The views to wait for, each as `class name`, in alphabetical order. Default: any. */
  readonly views?: readonly string[];
}

/** An image to take of a viewer, at a time on a timeline of sequence numbers. */
export interface ViewerImage {
  /** The file to write. */
  readonly path: string;
  readonly timeline: string;
  readonly sequence: number;
  /** Whether an image with these colours is complete. It is waited for, at most half a minute. Default: any is. */
  readonly shows?: ((colors: StrongColors) => boolean) | undefined;
}
