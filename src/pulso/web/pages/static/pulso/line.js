// A line of days that can be zoomed and read day by day. The still drawing stays for print, and where this cannot run.
"use strict";

(() => {
  const DAY = 86400;
  const MONTH = 30;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const seconds = (day) => Date.parse(`${day}T00:00:00Z`) / 1000;

  function words(section) {
    const lang = section.dataset.lang;
    const dates = (options) => new Intl.DateTimeFormat(lang, { timeZone: "UTC", ...options });
    const forms = {
      full: dates({ weekday: "short", day: "numeric", month: "short", year: "numeric" }),
      day: dates({ day: "numeric", month: "short" }),
      month: dates({ month: "short" }),
      year: dates({ year: "numeric" }),
    };
    const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
    const year = (x) => new Date(x * 1000).getUTCFullYear();
    return {
      date: (x, form) => forms[form].format(new Date(x * 1000)),
      dates: (xs, form) => xs.map((x, i) => forms[form].format(new Date(x * 1000)) + (form !== "year" && (i === 0 || year(x) !== year(xs[i - 1])) ? `\n${year(x)}` : "")), // the year where it begins
      number: (value) => (value === null || value === undefined ? section.dataset.never : number.format(value).replace("-", "−")),
    };
  }

  // What a day says, for the line under the chart and for whoever listens.
  function told(section, say, columns, i) {
    const [xs, usualHigh, usualLow, high, low, index] = columns;
    const said = [`${say.date(xs[i], "full")}: ${say.number(index[i])}`];
    if (low[i] !== null) said.push(`${section.dataset.interval} ${say.number(low[i])}–${say.number(high[i])}`);
    if (usualLow[i] !== null) said.push(`${section.dataset.normal} ${say.number(usualLow[i])}–${say.number(usualHigh[i])}`);
    return said.join(" · ");
  }

  // Days without a number are hatched, as in the still drawing.
  function hatchGaps(u) {
    const { ctx, bbox } = u;
    const xs = u.data[0];
    const index = u.data[u.data.length - 1];
    const half = (u.valToPos(DAY, "x", true) - u.valToPos(0, "x", true)) / 2;
    const tile = document.createElement("canvas");
    const side = Math.round(7 * devicePixelRatio);
    tile.width = tile.height = side;
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour("--hatch");
    pen.lineWidth = devicePixelRatio;
    pen.beginPath();
    for (const shift of [-side, 0, side]) {
      pen.moveTo(shift, side);
      pen.lineTo(shift + side, 0);
    }
    pen.stroke();
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = ctx.createPattern(tile, "repeat");
    for (let i = 0; i < xs.length; i += 1) {
      if (index[i] !== null) continue;
      let j = i;
      while (j + 1 < xs.length && index[j + 1] === null) j += 1;
      const left = u.valToPos(xs[i], "x", true) - half;
      ctx.fillRect(left, bbox.top, u.valToPos(xs[j], "x", true) + half - left, bbox.height);
      i = j;
    }
    ctx.restore();
  }

  function markEvents(events) {
    return (u) => {
      const { ctx, bbox } = u;
      ctx.save();
      ctx.font = `600 ${12 * devicePixelRatio}px system-ui, sans-serif`;
      ctx.textAlign = "left";
      let free = 0; // where the next letter has room
      for (const event of events) {
        const left = Math.max(u.valToPos(event.first, "x", true), bbox.left);
        const right = Math.min(u.valToPos(event.last + DAY, "x", true), bbox.left + bbox.width);
        if (right <= bbox.left || left >= bbox.left + bbox.width) continue;
        ctx.fillStyle = colour("--accent");
        ctx.fillRect(left, bbox.top - 4 * devicePixelRatio, Math.max(right - left, 8 * devicePixelRatio), 3 * devicePixelRatio);
        ctx.fillStyle = colour("--ink");
        if (left < free) continue;
        ctx.fillText(event.letter, left, bbox.top - 7 * devicePixelRatio);
        free = left + 13 * devicePixelRatio;
      }
      ctx.restore();
    };
  }

  // 100 is the expected day: dashed, as in the still drawing.
  function markHundred(u) {
    const { ctx, bbox } = u;
    const y = Math.round(u.valToPos(100, "y", true));
    ctx.save();
    ctx.strokeStyle = colour("--edge");
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }

  function options(section, say, events, size, onDay) {
    const axis = { stroke: () => colour("--soft"), grid: { stroke: () => colour("--rule"), width: 1 }, ticks: { stroke: () => colour("--edge"), width: 1 }, font: "12px system-ui, sans-serif" };
    const form = (step) => (step >= 360 * DAY ? "year" : step >= 28 * DAY ? "month" : "day");
    const quiet = { width: 0, points: { show: false } };
    const cut = { ...quiet, auto: false }; // an interval may be wider than the chart is high, as in the still drawing
    return {
      ...size,
      padding: [18, 12, 0, 0],
      legend: { show: false },
      tzDate: (x) => uPlot.tzDate(new Date(x * 1000), "Etc/UTC"),
      cursor: { y: false, drag: { x: true, y: false }, points: { size: 8 } },
      scales: { y: { range: (_u, low, high) => [Math.min(80, Math.floor((low ?? 80) / 10 - 0.1) * 10), Math.max(120, Math.ceil((high ?? 120) / 10 + 0.1) * 10)] } }, // no day lies on the frame
      axes: [
        { ...axis, space: 64, size: 48, values: (_u, splits, _i, _space, step) => say.dates(splits, form(step)) },
        { ...axis, size: 44, values: (_u, splits) => splits.map(say.number) },
      ],
      series: [
        {}, quiet, quiet, cut, cut, // the last is drawn over the others
        { stroke: () => colour("--ink"), width: 1.4, points: { show: (u, _s, from, to) => to - from < 62, size: 4, fill: () => colour("--ink") } },
      ],
      bands: [
        { series: [1, 2], fill: () => colour("--band") },
        { series: [3, 4], fill: () => colour("--span") },
      ],
      hooks: {
        drawClear: [hatchGaps],
        draw: [markHundred, markEvents(events)],
        setCursor: [(u) => onDay(u.cursor.idx)],
      },
    };
  }

  function keyboard(plot, u, columns, hear) {
    const xs = columns[0];
    let at = xs.length - 1;
    let chosen = false; // whether a key has led to a day
    const point = () => requestAnimationFrame(() => u.setCursor({ left: u.valToPos(xs[at], "x"), top: 10 })); // the scale is set by then
    const zoom = (by) => {
      const { min, max } = u.scales.x;
      const middle = chosen ? xs[at] : (min + max) / 2;
      const half = Math.max(((max - min) / 2) * by, 3 * DAY);
      u.setScale("x", { min: Math.max(middle - half, xs[0]), max: Math.min(middle + half, xs[xs.length - 1]) });
      if (chosen) point();
    };
    const all = () => {
      u.setScale("x", { min: xs[0], max: xs[xs.length - 1] });
      if (chosen) point();
    };
    const go = (i) => {
      at = Math.min(Math.max(i, 0), xs.length - 1);
      const { min, max } = u.scales.x;
      if (xs[at] < min || xs[at] > max) {
        const shift = xs[at] < min ? xs[at] - min : xs[at] - max;
        u.setScale("x", { min: min + shift, max: max + shift });
      }
      chosen = true;
      point();
      hear(at);
    };
    const keys = { ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1), ArrowDown: () => go(at - MONTH), ArrowUp: () => go(at + MONTH), Home: () => go(0), End: () => go(xs.length - 1), "+": () => zoom(0.5), "-": () => zoom(2), Escape: all };
    plot.addEventListener("keydown", (press) => {
      if (!keys[press.key] || press.ctrlKey || press.metaKey || press.altKey) return;
      press.preventDefault();
      keys[press.key]();
    });
    return { zoom, all };
  }

  function buttons(section, plot, acts) {
    const row = document.createElement("div");
    row.className = "zoom";
    for (const [name, act] of [["in", () => acts.zoom(0.5)], ["out", () => acts.zoom(2)], ["all", acts.all]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = section.dataset[name];
      button.addEventListener("click", act);
      row.append(button);
    }
    plot.before(row);
  }

  async function start(section) {
    const answer = await fetch(section.dataset.twin, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { series } = await answer.json();
    const first = seconds(series.first);
    const columns = [series.index.map((_, i) => first + i * DAY), series.normal_high, series.normal_low, series.high, series.low, series.index];
    const events = [...section.querySelectorAll("[data-letter]")].map((e) => ({ letter: e.dataset.letter, first: seconds(e.dataset.first), last: seconds(e.dataset.last) }));
    const say = words(section);
    const plot = section.querySelector("[data-plot]");
    const shown = section.querySelector("[data-cursor]");
    const heard = section.querySelector("[data-heard]");
    plot.hidden = false;
    section.classList.add("live");
    const size = () => ({ width: Math.max(plot.clientWidth, 240), height: plot.clientHeight });
    const onDay = (i) => {
      shown.textContent = i === null || i === undefined ? "" : told(section, say, columns, i);
    };
    const u = new uPlot(options(section, say, events, size(), onDay), columns, plot);
    plot.tabIndex = 0;
    plot.setAttribute("role", "application");
    plot.setAttribute("aria-label", section.dataset.label);
    buttons(section, plot, keyboard(plot, u, columns, (i) => { heard.textContent = told(section, say, columns, i); }));
    new ResizeObserver(() => u.setSize(size())).observe(plot);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => u.redraw(false, true));
  }

  document.querySelectorAll("[data-line]").forEach((section) => {
    start(section).catch((why) => {
      section.classList.remove("live"); // the still drawing and its table say the same
      section.querySelector("[data-plot]").hidden = true;
      console.warn("the line stays still:", why);
    });
  });
})();
