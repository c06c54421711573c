import { parseProxyUrl, type RecordingStream } from "@rerun-ts/core";
import { internalsOf } from "@rerun-ts/core/recording";
import { checkSpawnOptions, type SpawnOptions } from "./spawn-options.ts";
import { spawnInfoOf, startViewer, type SpawnInfo } from "./start-viewer.ts";
import { spawnedViewerUrl } from "./spawned-viewer-url.ts";
import { ViewerSink } from "./viewer-sink.ts";

/**
 * Implements `recording.spawn`: starts a viewer and makes it the only sink of the recording. The sink is in place when
 * the call returns its promise, so that everything logged from then on goes to the viewer.
 */
export async function spawnViewer(recording: RecordingStream, options: SpawnOptions | undefined): Promise<SpawnInfo> {
  const settings = checkSpawnOptions(options);
  if (!recording.enabled) {
    // Reports that the call is ignored.
    await recording.setSinks([]);
    return await spawnInfoOf(settings.port);
  }
  const start = (): Promise<SpawnInfo> => startViewer(settings, (message) => internalsOf(recording).notice(message));
  if (!settings.isConnected) return start();
  if (!settings.isNew) {
    const [starting, isConnected] = findViewer(recording, settings.port);
    if (starting !== undefined) return starting.started;
    if (isConnected) return start();
  }
  const sink = new ViewerSink(settings.port, start);
  const setSink = recording.setSink(sink, { defaultBlueprint: options?.defaultBlueprint });
  const [info] = await Promise.all([sink.started, setSink]);
  return info;
}

/**
 * The viewer that is being started for the recording, if any, and whether the recording already sends to one on this
 * port.
 */
function findViewer(recording: RecordingStream, port: number): readonly [ViewerSink | undefined, boolean] {
  const key = `grpc:${parseProxyUrl(spawnedViewerUrl(port)).origin}`;
  const { sinks } = internalsOf(recording).dispatcher.sinks;
  const starting = sinks.find((sink) => sink instanceof ViewerSink && sink.isStarting && sink.port === port);
  return [
    starting as ViewerSink | undefined,
    sinks.some((sink) => sink.key === key && sink.stats().state !== "broken"),
  ];
}
