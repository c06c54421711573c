from typing import Any

import numpy as np
import rerun as rr


def lines(rec: rr.RecordingStream) -> None:
    routes = [[[59.3293, 18.0686], [59.4, 18.1]], [[-33.8688, 151.2093]]]
    rec.log("routes", rr.GeoLineStrings(lat_lon=routes, radii=[5, -3], colors=[0xFF0000FF, 0x00FF0080]))
    rec.log("one", rr.GeoLineStrings(lat_lon=routes[0]))
    rec.log("parts", rr.GeoLineStrings(lat_lon=[[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6]]]))


def points(rec: rr.RecordingStream) -> None:
    places = [[59.3293, 18.0686], [-33.8688, 151.2093]]
    style: dict[str, Any] = {"radii": [5, -3], "colors": [0xFF0000FF, 0x00FF0080], "class_ids": [1, 2]}
    rec.log("places", rr.GeoPoints(lat_lon=places, **style))
    for path in ["flat", "float64"]:
        rec.log(path, rr.GeoPoints(lat_lon=places))
    rec.log("float32", rr.GeoPoints(lat_lon=np.array(places, dtype=np.float32)))
