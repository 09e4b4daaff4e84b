/**
 * Runs every test with node's own runner: `node tests/run.mjs [FOLDER or FILE]...`, all folders of tests/ by default. What is
 * shown is short (report.mjs); all of it is in build/test.log, or in the file that TEST_LOG names.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const tests = path.dirname(fileURLToPath(import.meta.url));
const chosen = process.argv.slice(2);
const isFile = name => name.endsWith(".test.mjs");
const folders = readdirSync(tests, { withFileTypes: true }).filter(entry => entry.isDirectory());
const files = folders
	.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
	.flatMap(({ name }) => readdirSync(path.join(tests, name)).map(file => path.join(tests, name, file)))
	.filter(isFile)
	.concat(chosen.filter(isFile).map(file => path.resolve(file)));
const unknown = chosen.filter(name => !isFile(name) && !folders.some(folder => folder.name === name));
if (unknown.length > 0) {
	console.error(
		`There is no folder of tests ${unknown.join(", ")}: ${folders.map(({ name }) => name).join(", ")}`
	);
	process.exit(64);
}

const log = path.resolve(process.env.TEST_LOG ?? path.join(tests, "../build/test.log"));
mkdirSync(path.dirname(log), { recursive: true });
const loader = new URL("./node/register.mjs", import.meta.url).href;
const args = ["--enable-source-maps", "--import", loader, "--test", "--test-concurrency=2"];
args.push(
	`--test-reporter=${new URL("./report.mjs", import.meta.url).href}`,
	"--test-reporter-destination=stdout"
);
args.push("--test-reporter=spec", `--test-reporter-destination=${log}`);
const child = spawn(process.execPath, [...args, ...files], {
	stdio: ["ignore", "inherit", "inherit"],
	env: { ...process.env, TEST_LOG: log }
});
child.on("close", (code, signal) => {
	process.exitCode = signal === null ? code : 1;
});
