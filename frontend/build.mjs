/**
 * Build the browser's files: frontend/src and a few packages into frontend/dist.
 *
 * Run by `npm run build`; `collectstatic` takes dist from there. Nothing third-party is
 * committed: the lock file pins it, and THIRD_PARTY_NOTICES.txt says what went in.
 */
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { towns } from "./src/towns.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const SRC = join(HERE, "src");
const DIST = join(HERE, "dist");
/** Files are written here first: who reads dist meanwhile finds it whole. */
const DRAFT = join(HERE, "node_modules", `.dist-${process.pid}`);
const FIXTURES = join(HERE, "..", "fixtures");
const ICON_FOLDERS = ["@mapbox/maki/icons", "@ideditor/temaki/icons"];

/** Phones of 2020 still in use; older ones get the pages without scripts. */
const TARGET = ["es2020", "chrome80", "firefox78", "safari14.1"];

const MODULES = [
  "favourites_page.js",
  "page.js",
  "home_page.js",
  "region_page.js",
  "local.js",
  "keep_regions.js",
  "map.js",
  "coverage_page.js",
  "coverage_map.js",
  "what_if_page.js",
  "what_if_map.js",
  "pmtiles_layer.js",
];

/** What the map labels: the towns of the gazetteer, chosen once here and not in each phone. */
const townsPlugin = {
  name: "towns",
  setup(step) {
    step.onResolve({ filter: /^virtual:towns$/ }, () => ({ path: "towns", namespace: "towns" }));
    step.onLoad({ filter: /.*/, namespace: "towns" }, async () => ({
      contents: JSON.stringify(
        towns(await readFile(join(FIXTURES, "areas", "municipalities.csv"), "utf8")),
      ),
      loader: "json",
    }));
  },
};

/** One style sheet of all pages: the pages' own, then the map's. */
const SHEETS = [
  "app.css",
  "search.css",
  "stops.css",
  "hours.css",
  "keep.css",
  "care.css",
  "share.css",
  "map.css",
  "print.css",
];

/** What only pages for planners load besides: a worker's phone never fetches it. */
const PLANNER_SHEETS = ["sections.css", "coverage.css", "coverage_lists.css", "coverage_plans.css"];

/** What pages of the network load besides. */
const NETWORK_SHEETS = [
  "sections.css",
  "coverage_lists.css",
  "network.css",
  "accounts.css",
  "referrals.css",
  "find.css",
  "network_listing.css",
];

/** Several sheets in one file. */
function buildSheet(common, sheets, name) {
  return build({
    ...common,
    stdin: {
      contents: sheets.map((sheet) => `@import "./${sheet}";`).join("\n"),
      loader: "css",
      resolveDir: SRC,
    },
    outdir: undefined,
    outfile: join(DRAFT, name),
  });
}

async function buildScripts() {
  const common = {
    bundle: true,
    minify: true,
    target: TARGET,
    legalComments: "none",
    charset: "utf8",
    outdir: DRAFT,
    metafile: true,
    plugins: [townsPlugin],
    logLevel: "warning",
  };
  const entries = (names) => names.map((name) => join(SRC, name));
  const results = await Promise.all([
    build({ ...common, entryPoints: entries(MODULES), format: "esm" }),
    // The admin's widget prints a classic <script>; older browsers want one as service worker.
    build({
      ...common,
      entryPoints: entries(["admin_basemap.js", "admin_stops.js", "service_worker.js"]),
      format: "iife",
    }),
    buildSheet(common, SHEETS, "app.css"),
    buildSheet(common, PLANNER_SHEETS, "coverage.css"),
    buildSheet(common, NETWORK_SHEETS, "network.css"),
  ]);
  return results.flatMap((result) => Object.keys(result.metafile.inputs));
}

/** The picture of an icon, from the first set that has it. */
async function iconFile(name) {
  for (const folder of ICON_FOLDERS) {
    const file = join(HERE, "node_modules", folder, `${name}.svg`);
    const svg = await readFile(file, "utf8").catch(() => null);
    if (svg) return { file, svg };
  }
  throw new Error(`No icon "${name}" in maki or temaki; fixtures/needs.json names it.`);
}

/** The icons that the needs name, one file each. */
async function buildIcons() {
  const { terms } = JSON.parse(await readFile(join(FIXTURES, "needs.json"), "utf8"));
  const names = new Set(terms.map((term) => term.icon).filter(Boolean));
  await mkdir(join(DRAFT, "icons"), { recursive: true });
  const files = [];
  for (const name of names) {
    const { file, svg } = await iconFile(name);
    const viewBox = /viewBox="([^"]+)"/.exec(svg)[1];
    const shapes = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)[1].trim();
    files.push(file);
    await writeFile(
      join(DRAFT, "icons", `${name}.svg`),
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}">${shapes}</svg>\n`,
    );
  }
  return files;
}

async function copyBasemap() {
  const source = join(HERE, "basemap", "basemap.topojson");
  await copyFile(source, join(DRAFT, "basemap.topojson")).catch((error) => {
    if (error.code !== "ENOENT") throw error;
    throw new Error(
      "frontend/basemap/basemap.topojson is absent: the map has no ground without it.",
    );
  });
}

/** The licence of every package of which a file went into the build. */
async function writeNotices(inputs) {
  const names = new Set();
  for (const input of inputs) {
    const match = /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(input);
    if (match) names.add(match[1].replace("\\", "/"));
  }
  const notices = [];
  for (const name of [...names].sort()) {
    const folder = join(HERE, "node_modules", name);
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file ? await readFile(join(folder, file), "utf8") : "";
    notices.push(`${name} ${about.version} (${about.license})\n\n${text.trim()}\n`);
  }
  await writeFile(join(DRAFT, "THIRD_PARTY_NOTICES.txt"), notices.join(`\n${"-".repeat(72)}\n\n`));
}

async function printSizes() {
  for (const name of (await readdir(DIST)).sort()) {
    if (!/\.(js|css|svg|topojson)$/.test(name)) continue;
    const bytes = await readFile(join(DIST, name));
    const packed = brotliCompressSync(bytes).length;
    console.log(`${name.padEnd(20)} ${bytes.length} bytes, ${packed} with brotli`);
  }
}

try {
  await mkdir(DRAFT, { recursive: true });
  await copyBasemap();
  const inputs = [...(await buildScripts()), ...(await buildIcons())];
  await writeNotices(inputs);
  await rm(DIST, { recursive: true, force: true });
  await rename(DRAFT, DIST);
  await printSizes();
} catch (error) {
  console.error(`The build stopped. ${error.message}`);
  process.exitCode = 1;
} finally {
  await rm(DRAFT, { recursive: true, force: true });
}
