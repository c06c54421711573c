// The program of a worker that encodes images and video: the entry point `@rerun-ts/web/encoder-worker`.
import { serveEncoders } from "./encoder-worker/serve-encoders.ts";

serveEncoders();
