// Bundles what the pages load. Called by eng/rw/assets.sh with the folder for the result, beside the npm packages.
// Names hold a hash of the content, so that browsers may keep a file for ever; manifest.json says which name is which.
import { build } from "./node_modules/esbuild/lib/main.js";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const out = process.argv[2];
const here = dirname(fileURLToPath(import.meta.url));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const { metafile } = await build({
  entryPoints: ["site.css", "site.js", "chart.js"].map(name => join(here, name)),
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox120", "safari17.5"],
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file" },
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
  manifest[basename(entryPoint ?? Object.keys(inputs)[0])] = basename(path);
}

const icon = readFileSync(join(here, "icon.svg"));
manifest["icon.svg"] = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
writeFileSync(join(out, manifest["icon.svg"]), icon);

// A font is packed already.
for (const name of readdirSync(out).filter(name => !name.endsWith(".woff2"))) {
  const bytes = readFileSync(join(out, name));
  writeFileSync(join(out, name + ".gz"), gzipSync(bytes, { level: 9 }));
  writeFileSync(join(out, name + ".br"), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}

writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
