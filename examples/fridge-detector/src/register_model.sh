#!/usr/bin/env bash
# Registers a detector when it is good enough: register_model.sh MODEL_FOLDER METRICS_JSON NAME LEAST_MAP50
# Prints the new version as JSON; everything else goes to standard error.
set -euo pipefail
model=$1 metrics=$2 name=$3 least=$4

number() { sed -n "s/^ *\"$1\" *: *\([0-9.eE+-]*\),*\$/\1/p" "$metrics" | head -n 1; }
map50=$(number at50)
map=$(number meanAveragePrecision)
[ -n "$map50" ] || { echo "$metrics holds no at50; is it what 'martlet-worker evaluate' wrote?" >&2; exit 1; }
echo "mAP50 $map50, mAP50-95 $map (COCO protocol); needed: mAP50 $least" >&2
awk -v value="$map50" -v least="$least" 'BEGIN { exit !(value >= least) }' || {
    echo "not registered: mAP50 $map50 is below $least" >&2
    exit 1
}

# The checkpoint to go on from is large and of no use in production.
mkdir -p model
cp "$model"/best.* "$model"/curve.png "$metrics" model/
az ml model create --name "$name" --type custom_model --path model \
    --description "YOLOv8 detector of what is in the fridge" --tags "mAP50=$map50" "mAP50_95=$map" protocol=coco
