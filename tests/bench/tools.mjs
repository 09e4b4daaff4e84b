/** The C programs that measure, and what runs beside them. */
import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, "../..");
export const folder = path.join(root, "build/bench");

/** Most milliseconds that one program has. */
const patience = 20_000;

/** The build that parses its modules, so that it runs the bench's own as well. */
export const ownProgram = path.join(root, "build/linux/release/verifichain");

export const tool = name => path.join(folder, name);

/** Compiles the C programs that are older than their source. */
export async function compile() {
	mkdirSync(folder, { recursive: true });
	for (const name of ["echo", "asker", "starter"]) {
		const source = path.join(here, `${name}.c`);
		const made = statSync(tool(name), { throwIfNoEntry: false });
		if (made !== undefined && made.mtimeMs > statSync(source).mtimeMs) continue;
		await run("cc", ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", source, "-o", tool(name)]);
	}
}

/** Puts this process, and so all that it starts, on one CPU; undefined where that cannot be had. */
export function useOneCpu() {
	const asked = spawnSync("taskset", ["-cp", String(process.pid)], { encoding: "utf8" });
	const cpu = /(\d+)\s*$/.exec(asked.stdout ?? "")?.[1];
	if (cpu === undefined) return undefined;
	const set = spawnSync("taskset", ["-acp", cpu, String(process.pid)], { encoding: "utf8" });
	return set.status === 0 ? Number(cpu) : undefined;
}

/**
 * Sends `count` requests made of the templates in turn and waits for each reply. The replies to the templates,
 * `first` before them, and the microseconds of each round trip. `from`: the port that they come from.
 */
export async function ask({ port, from = 0, count, templates, first, id = -1, token = -1, tokenLength = 0 }) {
	const head = [`${port}:${from}`, count, id, token, tokenLength].map(String);
	const before = first === undefined ? [] : ["--first", first.toString("hex")];
	const { stdout } = await run(
		tool("asker"),
		[...head, ...before, ...templates.map(each => each.toString("hex"))],
		{ timeout: patience, maxBuffer: 1 << 26 }
	);
	return results(stdout);
}

/** Sends the requests of a file, each once, and waits for each reply. Every `every`th reply, and the microseconds. */
export async function askList({ port, file, every }) {
	const args = [String(port), "--list", file, String(every)];
	const { stdout } = await run(tool("asker"), args, { timeout: patience, maxBuffer: 1 << 26 });
	return results(stdout);
}

function results(stdout) {
	const replies = [];
	const times = [];
	for (const line of stdout.trimEnd().split("\n")) {
		if (line.startsWith("reply ")) replies.push(Buffer.from(line.slice(6), "hex"));
		else times.push(Number(line) / 1000);
	}
	return { replies, times };
}

/** Starts a program `count` times: the milliseconds to its line "ready", and its memory in MB then. */
export async function starts(count, program, args = []) {
	const { stdout } = await run(tool("starter"), [String(count), program, ...args], { timeout: patience });
	const rows = stdout
		.trimEnd()
		.split("\n")
		.map(line => line.split(" ").map(Number));
	return { times: rows.map(([time]) => time / 1e6), sizes: rows.map(([, size]) => size / 1024) };
}

/** The C echo; `stop` ends it. */
export async function echo() {
	const child = spawn(tool("echo"), { stdio: ["pipe", "pipe", "inherit"] });
	const port = await new Promise((resolve, reject) => {
		child.once("error", reject);
		child.stdout.once("data", text => resolve(Number(/ready (\d+)/.exec(text)?.[1])));
	});
	return { port, stop: () => child.stdin.end() };
}
