// The map of the network: ducts and sites, to be moved and zoomed; where something is to be cut, to be chosen from. Without it the lists say the same.
"use strict";

(() => {
  const EDGE = 24; // pixels about the network
  const NEAR = 6; // pixels from which a pointer is on a duct
  const CLOSE = 13; // from this zoom on every site is shown by itself

  const { asked, bounds, calm, colour, opened, possible, repainted } = window.pulso.sheet;

  const chosen = ["boolean", ["get", "chosen"], false];
  const runs = ["==", ["get", "status"], "operational"];
  const grown = (from, to) => ["interpolate", ["linear"], ["zoom"], 10, from, 16, to];

  // Each layer, and how it is painted: again, where day becomes night.
  function layers() {
    const line = { "line-color": ["case", chosen, colour("--cut"), colour("--duct")], "line-width": grown(1.2, 3.5) };
    const edge = { "circle-stroke-color": colour("--paper"), "circle-stroke-width": 1.5 };
    const part = (source, customer, between) => ["match", ["get", "part"], "source", source, "customer", customer, between];
    return [
      { id: "paper", type: "background", paint: { "background-color": colour("--paper") } },
      { id: "zones", type: "line", source: "zones", paint: { "line-color": colour("--rule"), "line-width": 1 } },
      { id: "ducts", type: "line", source: "ducts", filter: runs, paint: line },
      { id: "ducts-not", type: "line", source: "ducts", filter: ["!", runs], paint: { ...line, "line-dasharray": [2, 2] } },
      { id: "cut", type: "line", source: "ducts", filter: chosen, paint: { "line-color": colour("--cut"), "line-width": grown(4, 8), "line-dasharray": [0.6, 0.8] } },
      { id: "many", type: "circle", source: "sites", filter: ["has", "point_count"], paint: { "circle-color": colour("--band"), "circle-stroke-color": ["case", chosen, colour("--cut"), colour("--accent")], "circle-stroke-width": ["case", chosen, 3, 1], "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "point_count"]], 1, 7, 20, 22] } },
      { id: "sites", type: "circle", source: "sites", filter: ["!", ["has", "point_count"]], paint: { ...edge, "circle-color": ["case", chosen, colour("--cut"), part(colour("--ink"), colour("--accent"), colour("--edge"))], "circle-radius": ["case", chosen, 8, part(7, 5, 3.5)] } },
    ];
  }

  function style(zones, net) {
    const of = (sort) => ({ type: "FeatureCollection", features: net.features.filter((f) => f.properties.sort === sort) });
    return {
      version: 8,
      sources: {
        zones: { type: "geojson", data: zones },
        ducts: { type: "geojson", data: of("duct"), tolerance: 0.5 },
        sites: { type: "geojson", data: of("site"), cluster: true, clusterMaxZoom: CLOSE, clusterRadius: 34, clusterProperties: { chosen: ["any", chosen] } },
      },
      layers: layers(),
    };
  }

  // What is under the pointer: a site before a duct, and of many sites the heap.
  function under(map, { x, y }) {
    const about = [[x - NEAR, y - NEAR], [x + NEAR, y + NEAR]];
    return map.queryRenderedFeatures(about, { layers: ["sites"] })[0] ?? map.queryRenderedFeatures(about, { layers: ["many"] })[0] ?? map.queryRenderedFeatures(about, { layers: ["ducts", "ducts-not"] })[0];
  }

  async function apart(map, heap) {
    const zoom = await map.getSource("sites").getClusterExpansionZoom(heap.properties.cluster_id);
    map.easeTo({ center: heap.geometry.coordinates, zoom, animate: !calm.matches });
  }

  function pointed(map) {
    const name = new maplibregl.Popup({ closeButton: false, closeOnClick: false, maxWidth: "18em" });
    map.on("mousemove", (event) => {
      const found = under(map, event.point);
      map.getCanvas().classList.toggle("hand", Boolean(found));
      if (found?.properties.name) name.setLngLat(event.lngLat).setText(found.properties.name).addTo(map);
      else name.remove();
    });
    map.on("mouseout", () => name.remove());
  }

  function clicked(map, go) {
    map.on("click", (event) => {
      const found = under(map, event.point);
      if (!found) return;
      if (found.properties.cluster) apart(map, found);
      else go(found.properties);
    });
  }

  // Where something is to be cut, a click takes it in or out, and the page is asked again; elsewhere it leads to the thing's own page.
  function going(holder) {
    const { base, pick } = holder.dataset;
    if (pick === undefined) return ({ sort, id }) => location.assign(`${base}/${sort}/${id.split("/").map(encodeURIComponent).join("/")}`);
    return ({ sort, id }) => {
      const said = new URLSearchParams(pick);
      const others = said.getAll(sort).filter((one) => one !== id);
      if (others.length === said.getAll(sort).length) others.push(id);
      said.delete(sort);
      others.forEach((one) => said.append(sort, one));
      location.assign(`${base}/what-if?${said}`);
    };
  }

  // Where a place is asked for, a click anywhere says one; the one that was asked for last is shown.
  function asking(map, { base, ask, lon, lat }) {
    map.getCanvas().classList.add("aim");
    map.on("click", ({ lngLat }) => {
      const said = new URLSearchParams(ask);
      said.set("lon", lngLat.lng.toFixed(6));
      said.set("lat", lngLat.lat.toFixed(6));
      location.assign(`${base}/near?${said}`);
    });
    if (lon === undefined) return;
    const dot = document.createElement("span");
    dot.className = "asked";
    new maplibregl.Marker({ element: dot }).setLngLat([Number(lon), Number(lat)]).addTo(map);
  }

  // All of it; where a place was asked for, what was found about it.
  function shown(net, zones, { lon, lat }) {
    const place = { properties: { chosen: true }, geometry: { coordinates: [Number(lon), Number(lat)] } };
    const whole = lon === undefined ? net.features : [place, ...net.features].filter((f) => f.properties.chosen);
    return bounds(whole.length ? whole : zones.features);
  }

  function marked(net, pick) {
    if (pick === undefined) return;
    const said = new URLSearchParams(pick);
    const taken = new Set(["duct", "site"].flatMap((sort) => said.getAll(sort).map((id) => `${sort} ${id}`)));
    net.features.forEach((f) => { f.properties.chosen = taken.has(`${f.properties.sort} ${f.properties.id}`); });
  }

  async function start(holder) {
    if (!possible()) return;
    const [net, zones] = await Promise.all([holder.dataset.source, holder.dataset.zones].map(asked));
    marked(net, holder.dataset.pick ?? holder.dataset.marked);
    const map = await opened(holder, holder.dataset, style(zones, net), shown(net, zones, holder.dataset), EDGE);
    repainted(() => layers().forEach(({ id, paint }) => Object.entries(paint).forEach(([name, value]) => map.setPaintProperty(id, name, value))));
    pointed(map);
    if (holder.dataset.draw !== undefined) holder.dispatchEvent(new CustomEvent("drawable", { bubbles: true, detail: { map, net, under } }));
    else if (holder.dataset.ask === undefined) clicked(map, going(holder));
    else asking(map, holder.dataset);
    document.querySelectorAll("[data-hint]").forEach((hint) => { hint.hidden = false; });
    map.once("idle", () => holder.setAttribute("data-ready", ""));
    map.triggerRepaint();
  }

  document.querySelectorAll("[data-globe][data-source]").forEach((holder) => {
    start(holder).catch((why) => {
      holder.hidden = true;
      console.warn("there is no map, and the lists have everything:", why);
    });
  });
})();
