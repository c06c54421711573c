import { parseProxyUrl, type RecordingStream } from "@rerun-ts/core";
import { checkSpawnOptions, type SpawnOptions } from "./spawn-options.ts";
import { startViewer, type SpawnInfo } from "./start-viewer.ts";
import { ViewerSink, viewerUrl } from "./viewer-sink.ts";

/** Starts a viewer and lets a recording send to it. The sink is in place when the call returns its promise. */
export async function spawnViewer(recording: RecordingStream, options: SpawnOptions | undefined): Promise<SpawnInfo> {
  const settings = checkSpawnOptions(options);
  if (settings.notice !== undefined) recording.notice(settings.notice);
  if (!recording.enabled) {
    // Tells that it is ignored.
    await recording.setSinks([]);
    return { port: settings.port };
  }
  const start = (): Promise<SpawnInfo> => startViewer(settings, (message) => recording.notice(message));
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

/** The viewer that is being started for the recording, and whether it sends to one already, and will again. */
function findViewer(recording: RecordingStream, port: number): readonly [ViewerSink | undefined, boolean] {
  const key = `grpc:${parseProxyUrl(viewerUrl(port)).origin}`;
  const sinks = recording.currentSinks;
  const starting = sinks.find((sink) => sink instanceof ViewerSink && sink.isStarting && sink.port === port);
  return [
    starting as ViewerSink | undefined,
    sinks.some((sink) => sink.key === key && sink.stats().state !== "broken"),
  ];
}
