"""Where GeoDjango finds GDAL and GEOS.

Debian 12 ships GDAL 3.6. Below 3.9 Django cannot keep GDAL from opening files and network
addresses named inside a geometry or a spatial reference (check `gis.W001`). The library inside
the `pyogrio` wheel is recent enough, and carries GEOS in the same file.
"""

import os
from importlib.util import find_spec
from pathlib import Path


def bundled_library() -> Path:
    """The GDAL library of the installed `pyogrio` wheel.

    Raises:
        FileNotFoundError: the wheel is not installed, or was built from source.
    """
    spec = find_spec("pyogrio")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("pyogrio is not installed: run `make run`.")
    site_packages = Path(spec.origin).parent.parent
    for folder, pattern in (("pyogrio.libs", "libgdal*"), ("pyogrio/.dylibs", "libgdal*")):
        for library in sorted((site_packages / folder).glob(pattern)):
            return library
    raise FileNotFoundError(
        "This build of pyogrio carries no GDAL: set GDAL_LIBRARY_PATH and GEOS_LIBRARY_PATH "
        "to libraries of your system (GDAL 3.9 or newer)."
    )


def use_bundled_data() -> None:
    """Point PROJ and GDAL at the data files that belong to the bundled library."""
    spec = find_spec("pyogrio")
    if spec is None or spec.origin is None:
        return
    package = Path(spec.origin).parent
    os.environ.setdefault("PROJ_DATA", str(package / "proj_data"))
    os.environ.setdefault("GDAL_DATA", str(package / "gdal_data"))
