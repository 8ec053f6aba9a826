// Copy what the pages need of other people's work, with its licences, into the site's own files: no page asks another host for anything.
// Source maps are left out, and so are the lines that point to them: nothing may point to a file that is not there.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const here = new URL(".", import.meta.url);
const to = new URL("../pages/static/pulso/vendor/", here);
const from = new URL("node_modules/", here);

const files = [
  ["maplibre-gl/dist/maplibre-gl-csp.js", "maplibre-gl.js"],
  ["maplibre-gl/dist/maplibre-gl-csp-worker.js", "maplibre-gl-worker.js"],
  ["maplibre-gl/dist/maplibre-gl.css", "maplibre-gl.css"],
  ["maplibre-gl/LICENSE.txt", "maplibre-gl.LICENSE.txt"],
  ["uplot/dist/uPlot.iife.min.js", "uplot.js"],
  ["uplot/dist/uPlot.min.css", "uplot.css"],
  ["uplot/LICENSE", "uplot.LICENSE.txt"],
];

const version = async (name) => JSON.parse(await readFile(new URL(`${name}/package.json`, from), "utf8")).version;

await rm(to, { recursive: true, force: true });
await mkdir(to, { recursive: true });
for (const [source, name] of files) {
  const text = await readFile(new URL(source, from), "utf8");
  const whole = text.replace(/^\/\/# sourceMappingURL=.*$/gm, "").replace(/\s+$/, "") + "\n";
  await writeFile(new URL(name, to), whole);
  console.log(`${name}: ${whole.length} bytes, ${gzipSync(whole, { level: 9 }).length} compressed`);
}
const said = ["MapLibre GL JS", await version("maplibre-gl"), "uPlot", await version("uplot")];
await writeFile(new URL("VERSIONS.txt", to), `${said[0]} ${said[1]}\n${said[2]} ${said[3]}\n`);
