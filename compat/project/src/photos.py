"""Grey photos in the PGM format, and whether the fridge's light was on: a task that the standard library can learn."""

import random


def write(path, level, seed, side=24):
    noise = random.Random(seed)
    pixels = bytes(max(0, min(255, level + noise.randrange(-30, 31))) for _ in range(side * side))
    path.write_bytes(b"P5\n%d %d\n255\n" % (side, side) + pixels)


def brightness(content):
    """The mean brightness of a photo, from 0 to 1; ValueError when it is none."""
    parts = content.split(b"\n", 3)
    if len(parts) != 4 or parts[0] != b"P5" or parts[2] != b"255":
        raise ValueError("not a PGM photo")
    width, height = map(int, parts[1].split())
    if len(parts[3]) != width * height:
        raise ValueError("a truncated PGM photo")
    return sum(parts[3]) / len(parts[3]) / 255
