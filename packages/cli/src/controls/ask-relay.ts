import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { OfferedProgram } from "@rerun-ts/controls/protocol";
import type { ControlPlace } from "./control-url.ts";

/** The outcome of a change. */
interface ChangeResult {
  readonly outcome: string;
  readonly message?: string;
}

/** The programs of the token. Rejects with `CONNECTION`, `AUTH`, or `NOT_FOUND` without the recording. */
export async function programsOf(place: ControlPlace): Promise<readonly OfferedProgram[]> {
  const { programs } = (await ask(place, "", "GET")) as { readonly programs: readonly OfferedProgram[] };
  return ofRecording(place, programs);
}

/** The programs of the wanted recording. @throws {RerunError} `NOT_FOUND` if there are none */
export function ofRecording(
  { recording }: ControlPlace,
  programs: readonly OfferedProgram[],
): readonly OfferedProgram[] {
  const found = programs.filter((program) => recording === undefined || program.recording === recording);
  if (found.length > 0) return found;
  throw new RerunError("NOT_FOUND", `no program offers controls for the recording ${JSON.stringify(recording)}`);
}

/** The only program. Rejects as {@link programsOf}, and with `INVALID_ARGUMENT` if there are several. */
export async function programOf(place: ControlPlace): Promise<OfferedProgram> {
  const [first, ...others] = await programsOf(place);
  if (first !== undefined && others.length === 0) return first;
  const ids = [...new Set([first, ...others].map((program) => program?.recording))].join(", ");
  if (place.recording !== undefined || others.every((program) => program.recording === first?.recording))
    throw new RerunError(
      "INVALID_ARGUMENT",
      `several programs offer controls for the recording ${ids}: use a panel, or give each program its own \`recordingId\``,
    );
  throw new RerunError("INVALID_ARGUMENT", `several programs offer controls: choose one with \`--recording\`: ${ids}`);
}

/** Makes a change, and waits for what becomes of it. Rejects unless it is done. */
export async function change(place: ControlPlace, program: OfferedProgram, name: string, body: unknown): Promise<void> {
  const path = [program.application, program.recording, ...name.split("/")].map(encodeURIComponent).join("/");
  const { outcome, message } = (await ask(place, `/${path}`, "PUT", body)) as ChangeResult;
  if (outcome === "done") return;
  throw new RerunError("SERVER", `${name}: ${outcome}${message === undefined ? "" : `: ${message}`}`);
}

async function ask({ origin, token }: ControlPlace, path: string, method: string, body?: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(`${origin}/controls${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch (error) {
    const reason = messageOf((error as Partial<Error> | null)?.cause ?? error);
    throw new RerunError("CONNECTION", `cannot reach ${origin}: ${reason}`, { cause: error });
  }
  const text = await response.text();
  if (response.headers.get("content-type") === "application/json") return JSON.parse(text);
  throw new RerunError(response.status === 401 ? "AUTH" : "SERVER", `${origin}: ${text.trim()}`);
}
