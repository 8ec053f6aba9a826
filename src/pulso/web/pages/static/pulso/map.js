// The map of a year: a slider over the days, and a sheet to zoom. Without it the drawing, the table and the links say the same.
"use strict";

(() => {
  const REST = 250; // ms without a move, then the day's own words are asked for
  const EDGE = 8; // pixels about the city, near to those of the drawing
  const STEP = 180; // ms a day while it plays

  const { asked, bounds, calm, colour, opened, possible, repainted } = window.pulso.sheet;

  const iso = (first, i) => new Date(Date.parse(`${first}T00:00:00Z`) + i * 86400000).toISOString().slice(0, 10);
  const classOf = (shade) => (shade === null ? "none" : `shade${shade + 3}`);

  function shading(steps) {
    return (index) => (index === null || index === undefined ? null : steps.filter((s) => (s >= 100 ? index > s : index >= s)).length - 3);
  }

  // The drawing of the page, coloured anew.
  function drawing(svg) {
    const zones = new Map([...svg.querySelectorAll("[data-zone]")].map((g) => [g.dataset.zone, g]));
    const labels = new Map([...svg.querySelectorAll("[data-label]")].map((g) => [g.dataset.label, g]));
    return (zone, shade, value, never) => {
      const g = zones.get(zone);
      if (!g) return;
      g.setAttribute("class", classOf(shade));
      const path = g.querySelector("path");
      if (shade === null) path.setAttribute("fill", "url(#no-number)");
      else path.removeAttribute("fill");
      const name = path.querySelector("title").textContent.split(": ")[0];
      path.querySelector("title").textContent = `${name}: ${shade === null ? never : value}`;
      g.closest("a").setAttribute("aria-label", `${name}: ${shade === null ? never : value}`);
      labels.get(zone)?.setAttribute("class", classOf(shade));
      const text = labels.get(zone)?.querySelector("text:not(.name)");
      if (text) text.textContent = shade === null ? "" : value;
    };
  }

  function hatched() {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.fillStyle = colour("--paper");
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = colour("--hatch");
    pen.lineWidth = 1.6;
    pen.beginPath();
    for (const shift of [-8, 0, 8]) {
      pen.moveTo(shift, 8);
      pen.lineTo(shift + 8, 0);
    }
    pen.stroke();
    return pen.getImageData(0, 0, 8, 8);
  }

  const fills = () => ["match", ["coalesce", ["feature-state", "shade"], 9], ...[0, 1, 2, 3, 4, 5, 6].flatMap((s) => [s - 3, colour(`--shade${s}`)]), "rgba(0,0,0,0)"];

  function style(zones) {
    return {
      version: 8,
      sources: { zones: { type: "geojson", data: zones, promoteId: "id" } },
      layers: [
        { id: "paper", type: "background", paint: { "background-color": colour("--paper") } },
        { id: "zones", type: "fill", source: "zones", paint: { "fill-color": fills() } },
        { id: "borders", type: "line", source: "zones", paint: { "line-color": colour("--edge"), "line-width": ["case", ["boolean", ["feature-state", "near"], false], 3, 1] } },
      ],
    };
  }

  // The sheet: the same zones, to be moved and zoomed, made out of sight behind the drawing. Null where the browser has no way to draw it.
  async function sheet(atlas, go) {
    const holder = atlas.querySelector("[data-globe]");
    if (!possible()) return null;
    const zones = await asked(`${atlas.dataset.base}/zones.geojson`);
    const box = bounds(zones.features);
    const map = await opened(holder, atlas.dataset, style(zones), box, EDGE);
    map.addImage("hatch", hatched());
    map.addLayer({ id: "gaps", type: "fill", source: "zones", paint: { "fill-pattern": "hatch" } }, "zones");
    const pins = new Map(zones.features.map((f) => [f.properties.id, pin(map, f)]));
    hover(map, go);
    const declutter = () => {
      const [all, buttons] = [holder, holder.querySelector(".maplibregl-ctrl-group")].map((one) => one.getBoundingClientRect());
      pins.forEach((mark) => room(map, mark, { left: buttons.left - all.left, bottom: buttons.bottom - all.top }));
    };
    map.on("move", declutter);
    repainted(() => {
      map.setPaintProperty("paper", "background-color", colour("--paper"));
      map.setPaintProperty("zones", "fill-color", fills());
      map.setPaintProperty("borders", "line-color", colour("--edge"));
      map.updateImage("hatch", hatched());
    });
    const fit = () => map.fitBounds(box, { padding: EDGE, animate: false });
    let moved = false; // by a hand, not by us
    map.on("movestart", (event) => { moved ||= Boolean(event.originalEvent); });
    map.on("resize", () => moved || fit());
    fit();
    const colouring = (zone, shade, value) => {
      map.setFeatureState({ source: "zones", id: zone }, { shade: shade === null ? 9 : shade });
      const { mark } = pins.get(zone);
      mark.className = mark.className.replace(/\b(none|shade\d)\b/, classOf(shade));
      mark.firstChild.textContent = shade === null ? "" : value;
    };
    return { map, colouring, declutter };
  }

  // The sheet takes the drawing's place, which is as large, once it has the colours of the day.
  function unveil(atlas, map) {
    map.once("idle", () => {
      const held = atlas.querySelector("svg.map").contains(document.activeElement);
      atlas.querySelector(".sheet").classList.add("live");
      if (held) map.getCanvas().focus({ preventScroll: true });
    });
    map.triggerRepaint();
  }

  function pin(map, feature) {
    const { name, centre } = feature.properties;
    const mark = document.createElement("div");
    mark.className = "pin none";
    mark.append(document.createElement("span"), document.createElement("small"));
    new maplibregl.Marker({ element: mark }).setLngLat(centre).addTo(map);
    mark.removeAttribute("tabindex");
    mark.removeAttribute("role");
    mark.removeAttribute("aria-label");
    mark.setAttribute("aria-hidden", "true"); // the table has the numbers, and the links
    return { mark, centre, rings: feature.geometry.type === "Polygon" ? feature.geometry.coordinates : feature.geometry.coordinates.flat(), names: [name, halved(name), ""], widths: new Map() };
  }

  // A name on two lines, as even as its spaces and hyphens allow; on one where it has none.
  function halved(name) {
    const ends = [...name.matchAll(/ |-/g)].map((found) => found.index + (found[0] === "-" ? 1 : 0));
    const longest = (end) => Math.max(end, name.length - end);
    const [best] = ends.sort((a, b) => longest(a) - longest(b));
    return best ? `${name.slice(0, best)}\n${name.slice(best).trim()}` : name;
  }

  function within(rings, [x, y]) {
    let inside = false;
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        const [[x1, y1], [x2, y2]] = [ring[i], ring[j]];
        if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
      }
    }
    return inside;
  }

  const pen = document.createElement("canvas").getContext("2d");
  function breadth(text, size) {
    pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
    return Math.max(0, ...text.split("\n").map((line) => pen.measureText(line).width));
  }

  // What is written into a zone lies within it, and under no button: number and name, the name on two lines, the number alone, or nothing.
  function room(map, { mark, centre, rings, names, widths }, taken) {
    const at = map.project(centre);
    const numbered = !mark.classList.contains("none");
    const number = mark.firstChild.textContent;
    const width = (text, size) => {
      const key = `${size} ${text}`;
      if (!widths.has(key)) widths.set(key, breadth(text, size));
      return widths.get(key);
    };
    const fits = (name, tight) => {
      const lines = name ? name.split("\n").length : 0;
      if (!numbered && !lines) return false;
      const wide = Math.max(width(number, tight ? 11 : 15), width(name, 11)) / 2 + 1;
      const tall = ((tight ? 10 : numbered ? 16 : 0) + 13 * lines) / 2;
      const around = [-1, -0.5, 0, 0.5, 1].flatMap((x) => [[x, -1], [x, 1]]).concat([[-1, 0], [1, 0]]).map(([x, y]) => [at.x + x * wide, at.y + y * tall]);
      const hidden = around.some(([x, y]) => x > taken.left && y < taken.bottom);
      return !hidden && around.every((point) => within(rings, map.unproject(point).toArray()));
    };
    const name = names.find((one) => fits(one, false));
    const tight = name === undefined && numbered && fits("", true);
    mark.lastChild.textContent = name ?? "";
    mark.classList.toggle("tight", tight);
    mark.classList.toggle("bare", name === undefined && !tight);
  }

  function hover(map, go) {
    let near = null;
    const leave = () => {
      if (near !== null) map.setFeatureState({ source: "zones", id: near }, { near: false });
      near = null;
      map.getCanvas().classList.remove("hand");
    };
    map.on("mousemove", "gaps", (event) => {
      leave();
      near = event.features[0].id;
      map.setFeatureState({ source: "zones", id: near }, { near: true });
      map.getCanvas().classList.add("hand");
    });
    map.on("mouseleave", "gaps", leave);
    map.on("click", "gaps", (event) => go(event.features[0].properties.id));
  }

  // The page around the map, for a day that was asked for without leaving the page.
  function around(atlas) {
    const find = (name) => atlas.querySelector(`[data-${name}]`);
    const rows = new Map([...find("table").querySelectorAll("[data-zone]")].map((row) => [row.dataset.zone, row]));
    const turn = document.querySelector(".turn");
    const step = (rel, day, words) => {
      const link = turn.querySelector(`[rel=${rel}]`);
      link.hidden = !day;
      if (!day) return;
      link.search = `?day=${day}`;
      link.querySelector("[data-at]").textContent = words;
    };
    return (said) => {
      find("written").textContent = said.written;
      find("written").dateTime = said.day;
      find("sentence").textContent = said.sentence;
      find("spread").textContent = said.spread;
      for (const zone of said.zones) {
        const [link, value, span, seen] = [rows.get(zone.id).querySelector("a"), ...rows.get(zone.id).querySelectorAll("td")];
        link.search = `?day=${said.day}`;
        value.textContent = zone.value;
        span.textContent = zone.why || zone.span;
        span.className = zone.why ? "text" : "";
        seen.textContent = zone.seen || "–";
      }
      atlas.querySelectorAll(".map a").forEach((link) => link.setAttribute("href", link.getAttribute("href").replace(/day=[\d-]+/, `day=${said.day}`)));
      document.querySelectorAll("a[hreflang], footer a[href*='map.json']").forEach((link) => { link.search = `?day=${said.day}`; });
      turn.querySelector("input[type=date]").value = said.day;
      step("prev", said.earlier, said.earlier_written);
      step("next", said.later, said.later_written);
      history.replaceState(null, "", `?day=${said.day}`);
    };
  }

  async function start(atlas) {
    const { base, day, lang, never } = atlas.dataset;
    const shade = shading(atlas.dataset.steps.split(" ").map(Number));
    const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
    const written = new Intl.DateTimeFormat(lang, { timeZone: "UTC", dateStyle: "full" });
    let shown = day;
    const go = (zone) => location.assign(`${base}/zone/${encodeURIComponent(zone)}?day=${shown}`);

    const year = await asked(`${base}/map/year.json?until=${atlas.dataset.until}`);
    const painters = [drawing(atlas.querySelector(".map"))];
    let settle = () => {}; // what has room, once the colours of a day are there
    const slide = atlas.querySelector("#slide");
    const paint = (i) => {
      for (const [zone, column] of Object.entries(year.zones)) {
        const value = column[i] ?? null;
        painters.forEach((one) => one(zone, shade(value), value === null ? "" : number.format(value), never));
      }
      settle();
    };

    const tell = around(atlas);
    let waiting = 0;
    const rest = () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const asked = shown;
        const said = await fetch(`${base}/map.json?day=${asked}`);
        if (said.ok && asked === shown) tell(await said.json());
      }, REST);
    };
    const show = (i) => {
      shown = iso(year.first, i);
      slide.value = i;
      const city = year.city[i] ?? null;
      slide.setAttribute("aria-valuetext", `${written.format(new Date(`${shown}T00:00:00Z`))}: ${city === null ? never : number.format(city)}`);
      atlas.querySelector("[data-written]").textContent = written.format(new Date(`${shown}T00:00:00Z`));
      paint(i);
      rest();
    };

    const n = year.city.length;
    const at = Math.min(Math.max(Math.round((Date.parse(day) - Date.parse(year.first)) / 86400000), 0), n - 1);
    const edge = new Intl.DateTimeFormat(lang, { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
    slide.max = n - 1;
    slide.value = at;
    atlas.querySelector("[data-first]").textContent = edge.format(new Date(`${year.first}T00:00:00Z`));
    atlas.querySelector("[data-last]").textContent = edge.format(new Date(`${year.last}T00:00:00Z`));
    slide.setAttribute("aria-valuetext", atlas.querySelector("[data-written]").textContent);
    slide.addEventListener("input", () => show(Number(slide.value)));
    play(atlas.querySelector("[data-play]"), slide, show);
    atlas.querySelector("[data-slide]").hidden = false;

    const big = await sheet(atlas, go).catch((why) => {
      atlas.querySelector("[data-globe]").hidden = true;
      console.warn("the drawing stays:", why);
      return null;
    });
    if (!big) return;
    painters.push(big.colouring);
    settle = big.declutter;
    paint(Number(slide.value));
    unveil(atlas, big.map);
  }

  function play(button, slide, show) {
    const words = [button.textContent, button.dataset.stop];
    let running = 0;
    const stop = () => {
      clearInterval(running);
      running = 0;
      button.textContent = words[0];
    };
    button.hidden = calm.matches; // who asks for less motion gets none
    button.addEventListener("click", () => {
      if (running) return stop();
      button.textContent = words[1];
      if (Number(slide.value) === Number(slide.max)) slide.value = 0;
      running = setInterval(() => (Number(slide.value) < Number(slide.max) ? show(Number(slide.value) + 1) : stop()), STEP);
      return undefined;
    });
    slide.addEventListener("pointerdown", stop);
  }

  document.querySelectorAll("[data-atlas]").forEach((atlas) => {
    start(atlas).catch((why) => {
      atlas.querySelector("[data-slide][hidden]")?.remove(); // with the place that is kept for it
      console.warn("the map stays as it was sent:", why);
    });
  });
})();
