// A page with a player, whose recording comes from the test.
import "@rerun-ts/replay/element";
