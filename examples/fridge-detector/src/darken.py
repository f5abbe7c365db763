"""Makes photos darker, as if the lamp of the fridge had died. File names stay."""

import argparse
from pathlib import Path

from PIL import Image, ImageEnhance

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--photos", type=Path, required=True)
parser.add_argument("--light", type=float, default=0.35, help="what is left of the light, 0 to 1")
parser.add_argument("--output", type=Path, required=True)
args = parser.parse_args()

count = 0
for path in sorted(args.photos.rglob("*")):
    if path.suffix.lower() in {".jpg", ".jpeg", ".png"}:
        target = args.output / path.relative_to(args.photos)
        target.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(path) as photo:
            ImageEnhance.Brightness(photo.convert("RGB")).enhance(args.light).save(target, quality=92)
        count += 1
if count == 0:
    raise SystemExit(f"there are no photos in {args.photos}")
print(f"wrote {count} photos with {args.light:.0%} of the light to {args.output}")
