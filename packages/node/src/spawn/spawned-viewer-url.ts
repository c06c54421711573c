/** The proxy URL of a viewer on this machine. */
export function spawnedViewerUrl(port: number): string {
  return `rerun+http://127.0.0.1:${port}/proxy`;
}
