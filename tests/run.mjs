/** Runs every test with node's own runner: `node tests/run.mjs [FOLDER]...`, all folders of tests/ by default. */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const tests = path.dirname(fileURLToPath(import.meta.url));
const chosen = process.argv.slice(2);
const folders = readdirSync(tests, { withFileTypes: true }).filter(entry => entry.isDirectory());
const files = folders
	.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
	.flatMap(({ name }) => readdirSync(path.join(tests, name)).map(file => path.join(tests, name, file)))
	.filter(file => file.endsWith(".test.mjs"));

const loader = new URL("./node/register.mjs", import.meta.url).href;
const args = ["--enable-source-maps", "--import", loader, "--test", "--test-concurrency=2", ...files];
const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
child.on("close", (code, signal) => {
	process.exitCode = signal === null ? code : 1;
});
