"""The peak memory of this process. See peak-memory.ts."""

import os
import resource
import sys

STATUS = "/proc/self/status"


def peak_memory():
    if os.path.exists(STATUS):
        with open(STATUS) as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
