/** The program of the player as text. `npm run build` puts the bundle of `page-entry.ts` here. */
export const REPLAY_SCRIPT: string = "";
