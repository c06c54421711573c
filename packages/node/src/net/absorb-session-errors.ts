import type { Http2SessionManager } from "@connectrpc/connect-node";

/**
 * Listens to the errors of a manager's sessions, which reject calls. Connect removes its own listener from a session
 * that has failed, before that reports its error, which would end the program.
 */
export function absorbSessionErrors(manager: Http2SessionManager): Http2SessionManager {
  const known = new WeakSet();
  const request = manager.request.bind(manager);
  manager.request = async (...call) => {
    const stream = await request(...call);
    const { session } = stream;
    if (session !== undefined && !known.has(session)) {
      known.add(session);
      session.on("error", () => {});
    }
    return stream;
  };
  return manager;
}
