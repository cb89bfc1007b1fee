// Builds what the pages load: static/ and the npm packages in, static/dist/ out
// (hashed names, manifest.json: source name -> file). Run: node tools/frontend.mjs
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "static");
const target = join(source, "dist");
const fresh = join(source, "dist.new");
const packages = join(root, "node_modules");

const entries = [
  "css/public.css",
  "css/manage.css",
  "css/door.css",
  "js/public.js",
  "js/manage.js",
  ...(await appEntries()),
];

/** Every folder in static/js is an app: main.js, its workers and its service worker. */
async function appEntries() {
  const folders = (await readdir(join(source, "js"), { withFileTypes: true })).filter((e) => e.isDirectory());
  return folders
    .flatMap((folder) => ["main.js", "scanner.js", "sw.js"].map((name) => `js/${folder.name}/${name}`))
    .filter((path) => existsSync(join(source, path)))
    .sort();
}

function hashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const dot = name.lastIndexOf(".");
  return `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
}

async function place(manifest, name, content) {
  manifest[name] = hashed(name.replaceAll("/", "-"), content);
  await writeFile(join(fresh, manifest[name]), content);
}

/** Stylesheets, scripts and the fonts that they name. */
async function bundle(manifest) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: entries.map((path) => ({ in: join(source, path), out: path.replace(/\.\w+$/, "").replaceAll("/", "-") })),
    outdir: fresh,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    publicPath: "/assets/",
    loader: { ".woff2": "file", ".wasm": "file" },
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome109", "firefox115", "safari15.4"],
    metafile: true,
    legalComments: "eof",
    logLevel: "warning",
  });
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    const inputs = Object.keys(output.inputs);
    const name = output.entryPoint ? relative("static", output.entryPoint) : inputs.length === 1 && basename(inputs[0]);
    if (name) manifest[name] = basename(file);
  }
}

/** One sprite with the icons named in icons.json, each in the manifest as "icons.svg#name"; bold ones end in "-bold". */
async function sprite(manifest) {
  const wanted = JSON.parse(await readFile(join(source, "icons.json"), "utf8"));
  const symbols = [];
  for (const [weight, names] of Object.entries(wanted)) {
    for (const name of names) {
      const file = weight === "regular" ? `${name}.svg` : `${name}-${weight}.svg`;
      const svg = await readFile(join(packages, "@phosphor-icons/core/assets", weight, file), "utf8");
      const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
      symbols.push(`<symbol id="${file.slice(0, -4)}" viewBox="0 0 256 256">${shapes}</symbol>`);
    }
  }
  const names = symbols.map((symbol) => symbol.match(/id="([^"]+)"/)[1]);
  await place(manifest, "icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
  for (const name of names) manifest[`icons.svg#${name}`] = `${manifest["icons.svg"]}#${name}`;
}

async function images(manifest) {
  for (const name of (await readdir(join(source, "images"))).sort()) {
    await place(manifest, `images/${name}`, await readFile(join(source, "images", name)));
  }
}

/** The code reader's program, loaded by the scanner from our own origin. */
async function reader(manifest) {
  const file = join(packages, "zxing-wasm/dist/reader/zxing_reader.wasm");
  manifest["zxing_reader.wasm"] ??= hashed("zxing_reader.wasm", await readFile(file));
  await copyFile(file, join(fresh, manifest["zxing_reader.wasm"]));
}

if (!existsSync(join(packages, "esbuild"))) {
  console.error("The front-end packages are missing. Run: npm ci");
  process.exit(1);
}
await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const manifest = {};
await bundle(manifest);
await sprite(manifest);
await images(manifest);
await reader(manifest);
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
await rm(target, { recursive: true, force: true });
await rename(fresh, target);
console.log(`static/dist: ${new Set(Object.values(sorted).map((file) => file.split("#")[0])).size} files`);
