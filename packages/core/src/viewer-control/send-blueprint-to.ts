import { RerunError } from "../errors/rerun-error.ts";
import { blueprintMessages } from "../recording/blueprint-messages.ts";
import type { BlueprintLike } from "../recording/recording-options.ts";
import { pause } from "./pause.ts";
import { applicationOf } from "./store-id-text.ts";
import { checkingArgument, invalidViewerArgument } from "./viewer-arguments.ts";
import { remainingTime, type ViewerConnection } from "./viewer-call.ts";
import type {
  SetViewerBlueprint,
  ViewerBlueprint,
  ViewerBlueprintTarget,
  ViewerCallOptions,
} from "./viewer-call-types.ts";
import type { ViewerState } from "./viewer-state.ts";

/** The calls of a control that this takes. */
interface Shower {
  state(options: ViewerCallOptions): Promise<ViewerState>;
  blueprint(options: ViewerBlueprintTarget): Promise<ViewerBlueprint>;
}

/** Sends a layout to the application of a recording, and waits until the viewer shows it. Returns the new entities. */
export async function sendBlueprintTo(
  viewer: Shower,
  { send }: Pick<ViewerConnection, "send">,
  blueprint: BlueprintLike,
  { recording, table, partial, ...limits }: SetViewerBlueprint,
): Promise<readonly string[]> {
  if (table !== undefined) throw invalidViewerArgument("blueprint", "must be JSON with `table`", blueprint);
  if (partial === true) throw invalidViewerArgument("blueprint", "must be JSON with `partial`", blueprint);
  const remaining = remainingTime(limits);
  const target = recording ?? (await viewer.state(remaining())).activeRecording;
  if (target === undefined)
    throw new RerunError("INVALID_ARGUMENT", "`recording` is required, because the viewer shows no recording");
  const application = applicationOf(target);
  if (application === undefined)
    throw invalidViewerArgument("recording", "must be the id of a recording in `state()`", target);
  const messages = checkingArgument(() =>
    blueprintMessages(blueprint, application, { makeActive: true, makeDefault: false }),
  );
  const before = await viewer.blueprint({ ...remaining(), recording: target });
  await send(messages, remaining());
  for (;;) {
    const now: ViewerCallOptions = remaining();
    if (now.timeoutMs === 0) throw new RerunError("TIMEOUT", "the viewer has not shown the blueprint in time");
    const after = await viewer.blueprint({ ...now, recording: target });
    if (after.blueprintId !== before.blueprintId)
      return Object.keys(after.blueprint).filter((path) => !(path in before.blueprint));
    await pause();
  }
}
