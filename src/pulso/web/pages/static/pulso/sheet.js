// What the maps have in common: the page's colours, and a sheet that is moved with two fingers or zoomed with Ctrl and the wheel.
// Each map's own script, which comes after this one, says what is drawn on it.
"use strict";

window.pulso = { sheet: (() => {
  const PATIENCE = 60000; // ms until a sheet that doesn't come is given up
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Whether this browser has a way to draw it.
  const possible = () => Boolean(window.maplibregl && document.createElement("canvas").getContext("webgl2"));

  async function asked(at) {
    const answer = await fetch(at);
    if (!answer.ok) throw new Error(`${at}: ${answer.status}`);
    return answer.json();
  }

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

  // A map of these bounds in a holder, so many pixels within its edges; `words` is what the page has for it in its own language.
  // It is there once its layers are: before, nothing on it can be asked for.
  async function opened(holder, words, style, box, padding) {
    maplibregl.setWorkerUrl(words.worker);
    holder.hidden = false;
    const map = new maplibregl.Map({
      container: holder,
      style,
      bounds: box,
      fitBoundsOptions: { padding },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      cooperativeGestures: true,
      fadeDuration: 0,
      locale: { "Map.Title": words.canvas, "NavigationControl.ZoomIn": words.zoomIn, "NavigationControl.ZoomOut": words.zoomOut, "CooperativeGesturesHandler.WindowsHelpText": words.wheel, "CooperativeGesturesHandler.MacHelpText": words.mac, "CooperativeGesturesHandler.MobileHelpText": words.touch },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    if (words.whole) whole(map, box, padding, words.whole);
    await new Promise((ready, never) => {
      map.once("load", ready);
      map.once("error", (event) => never(event.error));
      setTimeout(() => never(new Error("the sheet took too long")), PATIENCE);
    });
    return map;
  }

  // The button that shows all of it again.
  function whole(map, box, padding, called) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "whole";
    button.title = called;
    button.setAttribute("aria-label", called);
    button.textContent = "⤢";
    button.addEventListener("click", () => map.fitBounds(box, { padding, animate: !calm.matches }));
    map.getContainer().querySelector(".maplibregl-ctrl-group").append(button);
  }

  // Paint it again where day becomes night, or night day.
  const repainted = (paint) => matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);

  return { calm, colour, possible, asked, bounds, opened, repainted };
})() };
