// Where the desk asks for a place, a route or ducts, a click on the map fills in its form; what stands in the form is drawn. Without it one types.
"use strict";

(() => {
  const CLOSER = 2; // zooms that a click on a heap of sites goes nearer
  const SAME = 1e-5; // degrees: the map's sites are rounded to so much

  const linesOf = (area) => area.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const said = ([lon, lat]) => `${Number(lon.toFixed(6))} ${Number(lat.toFixed(6))}`;
  const read = (line) => line.replaceAll("\u2212", "-").split(/[\s;]+|,\s+/).map((n) => Number(n.replace(/,$/, "").replace(",", ".")));
  const placed = (lines) => lines.map(read).filter((at) => at.length === 2 && at.every(Number.isFinite));
  const near = (one, other) => Math.abs(one[0] - other[0]) < SAME && Math.abs(one[1] - other[1]) < SAME;

  // What stands in a form, and how a click changes it; `thing` is what is under the pointer, if anything is.
  const ways = {
    site: (form) => ({
      click(at) { [form.lon.value, form.lat.value] = said(at).split(" "); },
      shown: () => (form.lon.value && form.lat.value ? [[Number(form.lon.value), Number(form.lat.value)]] : []),
    }),
    duct: (form, find) => ({
      click(at, thing) {
        const route = linesOf(form.route);
        const begins = find("site", form.start.value);
        const site = thing?.properties.sort === "site" ? thing : undefined;
        if (!route.length && begins && begins !== site) route.push(said(begins.geometry.coordinates));
        if (site && !form.start.value) form.start.value = site.properties.id;
        else if (site && site !== begins) form.end.value = site.properties.id;
        route.push(said(site ? site.geometry.coordinates : at));
        form.route.value = route.join("\n");
      },
      back() {
        const route = linesOf(form.route);
        const last = placed(route.splice(-1))[0];
        const ends = find("site", form.end.value);
        if (last && ends && near(last, ends.geometry.coordinates)) form.end.value = "";
        form.route.value = route.join("\n");
      },
      shown: () => placed(linesOf(form.route)),
    }),
    cable: (form, find) => ({
      click(_at, thing) {
        if (!thing) return;
        const { sort, id } = thing.properties;
        if (sort === "site") (form.start.value ? form.end : form.start).value = id;
        const ducts = linesOf(form.ducts);
        if (sort === "duct") form.ducts.value = (ducts.includes(id) ? ducts.filter((one) => one !== id) : [...ducts, id]).join("\n");
      },
      shown: () => [],
      through: () => [...linesOf(form.ducts).map((id) => find("duct", id)), find("site", form.start.value), find("site", form.end.value)].filter(Boolean),
    }),
  };

  function features(way) {
    const places = way.shown();
    const points = places.map((at) => ({ type: "Point", coordinates: at }));
    const line = places.length > 1 ? [{ type: "LineString", coordinates: places }] : [];
    const geometries = [...line, ...points, ...(way.through?.() ?? []).map((f) => f.geometry)];
    return { type: "FeatureCollection", features: geometries.map((geometry) => ({ type: "Feature", properties: {}, geometry })) };
  }

  function layers() {
    const cut = getComputedStyle(document.documentElement).getPropertyValue("--cut").trim();
    return [
      { id: "drawn-line", type: "line", source: "drawn", paint: { "line-color": cut, "line-width": 4 } },
      { id: "drawn-point", type: "circle", source: "drawn", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": cut, "circle-radius": 6 } },
    ];
  }

  document.addEventListener("drawable", ({ target, detail: { map, net, under } }) => {
    const form = target.closest("form");
    const find = (sort, id) => net.features.find((f) => f.properties.sort === sort && f.properties.id === id.trim());
    const way = ways[target.dataset.draw](form.elements, find);
    map.addSource("drawn", { type: "geojson", data: features(way) });
    layers().forEach((layer) => map.addLayer(layer));
    const draw = () => map.getSource("drawn").setData(features(way));
    map.getCanvas().classList.add("aim");
    map.on("click", (event) => {
      const found = under(map, event.point);
      if (found?.properties.cluster) {
        map.easeTo({ center: found.geometry.coordinates, zoom: map.getZoom() + CLOSER });
        return;
      }
      way.click([event.lngLat.lng, event.lngLat.lat], found && find(found.properties.sort, found.properties.id));
      draw();
    });
    form.addEventListener("input", draw);
    form.querySelector("[data-back]")?.addEventListener("click", () => { way.back(); draw(); });
    window.pulso.sheet.repainted(() => layers().forEach(({ id, paint }) => Object.entries(paint).forEach(([name, value]) => map.setPaintProperty(id, name, value))));
  });
})();
