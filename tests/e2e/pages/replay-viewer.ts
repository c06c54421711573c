// A viewer and the player of a page, with one time.
import "@rerun-ts/web/element";
import "@rerun-ts/replay/element";
