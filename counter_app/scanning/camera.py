"""A document camera (or a webcam over the desk) as a scanner with a glass: one picture a page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from counter_app.scanning.model import PAGE_SIZES_MM, ReadPage, ScanProfile, ScanTrouble, SourceInfo
from counter_app.scanning.troubles import trouble

WIDEST: Final = (4608, 3456)
"""What is asked of a camera; it answers with the nearest that it has."""
SETTLING_FRAMES: Final = 12
"""Light and focus are right after half a second; what comes before is thrown away."""
JPEG_QUALITY: Final = 92
_MM_PER_INCH: Final = 25.4


class Camera(Protocol):
    """What we use of OpenCV's VideoCapture."""

    def isOpened(self) -> bool: ...  # noqa: N802 - OpenCV's name
    def set(self, key: int, value: float) -> bool: ...
    def read(self) -> tuple[bool, Any]: ...
    def release(self) -> None: ...


def open_camera(index: int) -> Camera:
    """The system's camera of this number."""
    import cv2

    return cv2.VideoCapture(index)


class CameraSource:
    """One camera. The page is taken to fill the picture: that gives its resolution."""

    def __init__(self, index: int, opened: Callable[[int], Camera] = open_camera) -> None:
        self.index = index
        self.id = f"camera:{index}"
        self.name = f"Máy ảnh {index + 1}"
        self._opened = opened

    @property
    def info(self) -> SourceInfo:
        return SourceInfo(self.id, self.name, "camera", False, False)

    def scan(self, profile: ScanProfile, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        """Take one picture. Raises ScanTrouble ``offline``, ``unsupported`` (a feeder), ``stopped``."""
        if profile.feeder:
            raise trouble("no_feeder")
        with self._camera() as camera:
            frame: Any = None
            for _number in range(SETTLING_FRAMES):
                if stop():
                    raise trouble("stopped")
                is_read, frame = camera.read()
                if not is_read:
                    raise trouble("offline")
        take(_page(frame, profile.page))

    @contextlib.contextmanager
    def _camera(self) -> Iterator[Camera]:
        import cv2

        camera = self._opened(self.index)
        try:
            if not camera.isOpened():
                raise trouble("offline")
            camera.set(cv2.CAP_PROP_FRAME_WIDTH, WIDEST[0])
            camera.set(cv2.CAP_PROP_FRAME_HEIGHT, WIDEST[1])
            yield camera
        finally:
            camera.release()


def _page(frame: Any, page: str) -> ReadPage:
    import cv2

    is_made, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not is_made:
        raise ScanTrouble("bad_page", "Máy ảnh đưa ra ảnh không dùng được. Hãy rút cắm lại máy ảnh rồi chụp lại.")
    longest = PAGE_SIZES_MM.get(page, PAGE_SIZES_MM["A4"])[1] / _MM_PER_INCH
    return ReadPage(data.tobytes(), max(1, round(max(frame.shape[:2]) / longest)))
