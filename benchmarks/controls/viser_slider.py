# A slider of viser: prints each value that its handler receives, and when, in milliseconds.
import sys
import time

import viser

server = viser.ViserServer(host="127.0.0.1", port=int(sys.argv[1]), verbose=False)
slider = server.gui.add_slider("gain", min=0, max=10_000, step=1, initial_value=0)


@slider.on_update
def _(_event: viser.GuiEvent) -> None:
    print(int(slider.value), time.time() * 1000, flush=True)


print(f"http://127.0.0.1:{sys.argv[1]}", flush=True)
while True:
    time.sleep(1)
