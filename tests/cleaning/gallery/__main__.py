"""Write the files of the gallery into a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from gallery import exhibits

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for exhibit in exhibits():
    (folder / exhibit.file).write_bytes(exhibit.content)
