#!/usr/bin/env bash
# Take a picture of a page, as the README shows it. Needs Chromium (Debian: apt-get install chromium), named by $CHROMIUM;
# optipng, where there is one, makes the picture smaller.
#   docs/pictures.sh PAGE.html PICTURE.png [light|dark] [WIDTH] [HEIGHT]
# PAGE may be an address of a site that is served here, as http://127.0.0.1:8000/en/zurich/today; it is then at least 500 wide.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: $0 PAGE.html PICTURE.png [light|dark] [WIDTH] [HEIGHT]" >&2; exit 2; }
page=$1 picture=$(realpath -m "$2") light=${3:-light} width=${4:-1180} height=${5:-1440}
scheme=1; [ "$light" = dark ] && scheme=0
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
case $page in
http*) address=$page ;;
*)
  cp "$page" "$folder/page.html"
  # The browser's window is never narrower than 500: a frame of the wanted width stands for a telephone.
  printf '<!doctype html><meta name="color-scheme" content="light dark"><body style="margin:0"><iframe src="page.html" style="border:0;display:block;width:%spx;height:%spx"></iframe>' "$width" "$height" > "$folder/frame.html"
  address=file://$folder/frame.html ;;
esac
"${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --disable-lcd-text --hide-scrollbars --user-data-dir="$folder/profile" --force-device-scale-factor="${SCALE:-1}" \
  --blink-settings=preferredColorScheme=$scheme --window-size="$width,$height" --screenshot="$picture" "$address" 2> "$folder/log" \
  || { cat "$folder/log" >&2; exit 1; }
if command -v optipng > "$folder/log"; then optipng -quiet -o4 "$picture"; fi
echo "$picture: $(stat -c %s "$picture") bytes"
