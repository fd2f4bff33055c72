// Bundles the project's own css and js, with the few packages they use, into static/dist.
// Every file in static/js becomes one bundle of the same name.
import { rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { build } from "esbuild";

// Browsers of parents' and teachers' phones. The floor is Chrome 70, the system WebView of an Android 9 that was never
// brought up to date (WeChat's own is Chrome 79), and Safari 13.1 on old iPhones.
const shared = {
  bundle: true,
  minify: true,
  target: ["es2019", "chrome70", "safari13.1"],
  supported: { destructuring: true },
  outdir: "static/dist",
  legalComments: "linked",
  logLevel: "warning",
};

rmSync("static/dist", { recursive: true, force: true });
const scripts = (await readdir("static/js")).filter((name) => name.endsWith(".js"));
await build({ ...shared, entryPoints: scripts.map((name) => `static/js/${name}`) });
// Bootstrap first, the theme over it. Not a file in static/, where collectstatic would look for the package beside it.
await build({
  ...shared,
  stdin: {
    contents: '@import "bootstrap/dist/css/bootstrap.min.css"; @import "./static/css/theme.css"; @import "./static/css/pieces.css";',
    loader: "css",
    resolveDir: ".",
    sourcefile: "app.css",
  },
  outdir: undefined,
  outfile: "static/dist/app.css",
});
