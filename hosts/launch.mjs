/**
 * The program of this project's sources, built where that was not done yet: `node hosts/launch.mjs` prints its path.
 *
 * Each state of the sources has a folder of its own below build/start, named by what they hold, and comes there in one step: a
 * node that starts, or runs, never sees a half of another build. One builds at a time; who waited finds what it needs.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(import.meta.url);
const root = path.resolve(path.dirname(script), "..");
const place = path.join(root, "build/start");
/** Of how many states of the sources the program is kept. */
const kept = 3;

/** What the program is made of, from the top of the project. */
const sources = [
	"main.ts",
	"modules",
	"hosts/bulk",
	"hosts/linux",
	"hosts/types",
	"hosts/launch.mjs",
	"tsconfig.json",
	"package-lock.json"
];

/** Why there is no program; the message is for the person who waits. */
export class BuildError extends Error {}

/** All files of a list of files and folders, from the top of the project. */
function files(names) {
	return names.flatMap(name => {
		const entry = path.join(root, name);
		if (!statSync(entry).isDirectory()) return [name];
		return files(
			readdirSync(entry)
				.sort()
				.map(each => path.join(name, each))
		);
	});
}

/** A name for what the sources hold. */
function stateOfSources() {
	const hash = createHash("sha256");
	for (const name of files(sources)) {
		const content = readFileSync(path.join(root, name));
		hash.update(`${name}\0${content.length}\0`).update(content);
	}
	return hash.digest("hex").slice(0, 16);
}

function programOf(folder) {
	return path.join(folder, "linux/release/verifichain");
}

/** Runs a step of the build; what it says is for the person who waits, and standard output is for the path. */
function run(command, ...args) {
	const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
	if (error !== undefined) throw new BuildError(`${command}: ${error.message}`);
	if (status !== 0) throw new BuildError(`${path.basename(command)} failed`);
}

function build(state) {
	const fresh = path.join(place, "next");
	rmSync(fresh, { recursive: true, force: true });
	run("sh", "hosts/linux/check.sh");
	console.error("Building the program; the first time takes a minute ...");
	const js = path.join(fresh, "js");
	run(path.join(root, "node_modules/.bin/tsc"), "-p", "hosts/linux", "--outDir", js);
	run(
		"make",
		"-s",
		"-C",
		"hosts/linux",
		"-j2",
		"GOAL=release",
		"SCRIPTS=../../build/start/next/js/hosts/linux"
	);
	mkdirSync(path.dirname(programOf(fresh)), { recursive: true });
	cpSync(path.join(root, "build/linux/release/verifichain"), programOf(fresh));
	if (stateOfSources() !== state) throw new BuildError("the sources were changed meanwhile; start again");
	renameSync(fresh, path.join(place, state));
	forgetOld();
}

function forgetOld() {
	const folders = readdirSync(place)
		.filter(name => /^[0-9a-f]{16}$/.test(name))
		.map(name => path.join(place, name))
		.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
	for (const folder of folders.slice(kept)) rmSync(folder, { recursive: true, force: true });
}

/** The path of the program of the sources as they are. Throws a BuildError. */
export function launchable() {
	if (!existsSync(path.join(root, "node_modules/.bin/tsc"))) throw new BuildError('run "npm ci" first');
	const program = programOf(path.join(place, stateOfSources()));
	if (existsSync(program)) return program;
	mkdirSync(place, { recursive: true });
	// The lock goes with the process that holds it, however that ends. Node cannot take one itself.
	run("flock", path.join(root, "build/lock"), process.execPath, script, "--locked");
	const built = programOf(path.join(place, stateOfSources()));
	if (!existsSync(built)) throw new BuildError("the sources were changed meanwhile; start again");
	return built;
}

if (process.argv[1] === script) {
	try {
		if (process.argv[2] === "--locked") {
			const state = stateOfSources();
			if (!existsSync(programOf(path.join(place, state)))) build(state);
		} else console.log(launchable());
	} catch (error) {
		if (!(error instanceof BuildError)) throw error;
		if (process.argv[2] !== "--locked") console.error(`verifichain: ${error.message}.`);
		else console.error(error.message);
		process.exitCode = 1;
	}
}
