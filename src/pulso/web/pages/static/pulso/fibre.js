// The map of the network: ducts and sites, to be moved and zoomed; where something is to be cut, to be chosen from. Without it the lists say the same.
"use strict";

(() => {
  const EDGE = 24; // pixels about the network
  const NEAR = 6; // pixels from which a pointer is on a duct
  const CLOSE = 13; // from this zoom on every site is shown by itself

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  function bounds(features) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const walk = (at) => {
      if (typeof at[0] !== "number") return at.forEach(walk);
      box[0] = Math.min(box[0], at[0]);
      box[1] = Math.min(box[1], at[1]);
      box[2] = Math.max(box[2], at[0]);
      box[3] = Math.max(box[3], at[1]);
      return undefined;
    };
    features.forEach((f) => walk(f.geometry.coordinates));
    return box;
  }

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
      { id: "many", type: "circle", source: "sites", filter: ["has", "point_count"], paint: { "circle-color": colour("--band"), "circle-stroke-color": colour("--accent"), "circle-stroke-width": 1, "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "point_count"]], 1, 7, 20, 22] } },
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
        sites: { type: "geojson", data: of("site"), cluster: true, clusterMaxZoom: CLOSE, clusterRadius: 34 },
      },
      layers: layers(),
    };
  }

  function made(holder, zones, net) {
    const { worker, zoomIn, zoomOut, canvas, touch, wheel, mac } = holder.dataset;
    const box = bounds(net.features.length ? net.features : zones.features);
    maplibregl.setWorkerUrl(worker);
    holder.hidden = false;
    const map = new maplibregl.Map({
      container: holder,
      style: style(zones, net),
      bounds: box,
      fitBoundsOptions: { padding: EDGE },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      cooperativeGestures: true,
      fadeDuration: 0,
      locale: { "Map.Title": canvas, "NavigationControl.ZoomIn": zoomIn, "NavigationControl.ZoomOut": zoomOut, "CooperativeGesturesHandler.WindowsHelpText": wheel, "CooperativeGesturesHandler.MacHelpText": mac, "CooperativeGesturesHandler.MobileHelpText": touch },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    whole(map, box, holder.dataset.whole);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      layers().forEach(({ id, paint }) => Object.entries(paint).forEach(([name, value]) => map.setPaintProperty(id, name, value)));
    });
    return map;
  }

  function whole(map, box, called) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "whole";
    button.title = called;
    button.setAttribute("aria-label", called);
    button.textContent = "⤢";
    button.addEventListener("click", () => map.fitBounds(box, { padding: EDGE, animate: !calm.matches }));
    map.getContainer().querySelector(".maplibregl-ctrl-group").append(button);
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

  function pointed(map, go) {
    const name = new maplibregl.Popup({ closeButton: false, closeOnClick: false, maxWidth: "18em" });
    map.on("mousemove", (event) => {
      const found = under(map, event.point);
      map.getCanvas().classList.toggle("hand", Boolean(found));
      if (found?.properties.name) name.setLngLat(event.lngLat).setText(found.properties.name).addTo(map);
      else name.remove();
    });
    map.on("mouseout", () => name.remove());
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

  function marked(net, pick) {
    if (pick === undefined) return;
    const said = new URLSearchParams(pick);
    const taken = new Set(["duct", "site"].flatMap((sort) => said.getAll(sort).map((id) => `${sort} ${id}`)));
    net.features.forEach((f) => { f.properties.chosen = taken.has(`${f.properties.sort} ${f.properties.id}`); });
  }

  async function start(holder) {
    if (!window.maplibregl || !document.createElement("canvas").getContext("webgl2")) return;
    const [net, zones] = await Promise.all([holder.dataset.source, holder.dataset.zones].map(async (at) => {
      const answer = await fetch(at);
      if (!answer.ok) throw new Error(`${at}: ${answer.status}`);
      return answer.json();
    }));
    marked(net, holder.dataset.pick);
    const map = made(holder, zones, net);
    pointed(map, going(holder));
    document.querySelectorAll("[data-hint]").forEach((hint) => { hint.hidden = false; });
    map.once("idle", () => holder.setAttribute("data-ready", ""));
  }

  document.querySelectorAll("[data-globe][data-source]").forEach((holder) => {
    start(holder).catch((why) => {
      holder.hidden = true;
      console.warn("there is no map, and the lists have everything:", why);
    });
  });
})();
