// The map of the Wi-Fi: the same places as in the drawing, to be moved and zoomed. Without it the drawing and the list say the same.
"use strict";

(() => {
  const EDGE = 16; // pixels about the city
  const SIZE = 30; // of a sign's image, drawn at twice its size on the map
  const HEALTHS = ["working", "unknown", "partly", "failing"]; // the ill lie over the others

  const { asked, bounds, colour, opened, possible, repainted } = window.pulso.sheet;

  // Each health has a shape of its own: filled circle, hollow circle, hollow diamond, filled diamond.
  function sign(health) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = SIZE;
    const pen = tile.getContext("2d");
    const ill = health === "partly" || health === "failing";
    const ink = colour(ill ? "--busy" : health === "working" ? "--accent" : "--edge");
    const outline = (reach) => {
      pen.beginPath();
      if (ill) [[0, -1], [1, 0], [0, 1], [-1, 0]].forEach(([x, y]) => pen.lineTo(SIZE / 2 + x * reach, SIZE / 2 + y * reach));
      else pen.arc(SIZE / 2, SIZE / 2, reach, 0, 2 * Math.PI);
      pen.closePath();
      pen.fill();
    };
    pen.fillStyle = colour("--paper");
    outline(ill ? 15 : 12);
    pen.fillStyle = ink;
    outline(ill ? 12 : 9);
    if (health === "partly" || health === "unknown") {
      pen.fillStyle = colour("--paper");
      outline(ill ? 6 : 5);
    }
    return pen.getImageData(0, 0, SIZE, SIZE);
  }

  const style = (zones, places) => ({
    version: 8,
    sources: { zones: { type: "geojson", data: zones }, places: { type: "geojson", data: places } },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": colour("--paper") } },
      { id: "zones", type: "fill", source: "zones", paint: { "fill-color": colour("--band"), "fill-opacity": 0.75 } },
      { id: "borders", type: "line", source: "zones", paint: { "line-color": colour("--paper"), "line-width": 1.4 } },
    ],
  });

  async function start(atlas) {
    const holder = atlas.querySelector("[data-globe]");
    if (!holder || !possible()) return;
    const { base } = atlas.dataset;
    const [zones, places] = await Promise.all(["zones", "wifi"].map((name) => asked(`${base}/${name}.geojson`)));
    places.features = places.features.filter((f) => f.geometry && f.properties.health);
    const map = await opened(holder, atlas.dataset, style(zones, places), bounds(zones.features), EDGE);
    HEALTHS.forEach((health) => map.addImage(health, sign(health), { pixelRatio: 2 }));
    map.addLayer({
      id: "places",
      type: "symbol",
      source: "places",
      layout: { "icon-image": ["get", "health"], "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["index-of", ["get", "health"], ["literal", HEALTHS]] },
    });
    const box = map.getCanvas();
    map.on("mousemove", "places", (event) => {
      const { name, state } = event.features[0].properties;
      box.title = `${name}: ${state}`;
      box.classList.add("hand");
    });
    map.on("mouseleave", "places", () => {
      box.title = "";
      box.classList.remove("hand");
    });
    map.on("click", "places", (event) => location.assign(`${base}/wifi/places/${encodeURIComponent(event.features[0].properties.id)}`));
    repainted(() => {
      map.setPaintProperty("paper", "background-color", colour("--paper"));
      map.setPaintProperty("zones", "fill-color", colour("--band"));
      map.setPaintProperty("borders", "line-color", colour("--paper"));
      HEALTHS.forEach((health) => map.updateImage(health, sign(health)));
    });
    map.once("idle", () => atlas.querySelector(".sheet").classList.add("live"));
    map.triggerRepaint();
  }

  document.querySelectorAll("[data-wifi]").forEach((atlas) => {
    start(atlas).catch((why) => {
      atlas.querySelector("[data-globe]").hidden = true;
      console.warn("the drawing stays:", why);
    });
  });
})();
