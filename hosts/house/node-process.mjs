import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import dgram from "node:dgram";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expiry, limitText } from "./patience.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** The node program; `VERIFICHAIN` names another build of it, for example one that mcconfig made. */
export const program = process.env.VERIFICHAIN ?? path.join(root, "build/linux/release/verifichain");

/** A node as its own process, driven through its console. */
export class NodeProcess {
	/** Everything it has printed since it was last started. */
	output = "";
	/** What it showed when it founded a home. */
	recoveryKey;
	/** Whether what a founder is asked of the recovery key is answered at once. */
	readsPaper = true;
	/** Variables of its environment, besides those of this process. */
	env = {};
	#child;
	#cursor = 0;
	#waiting = new Set();
	#exit;

	/**
	 * `data`: its folder. `peers`: "ADDRESS:PORT" texts. `settings`: further `name=value` texts. `build`: the program.
	 * `record`: told of all that it prints, is told, and of its starts and ends, a line each.
	 */
	constructor({
		data,
		port,
		peers = [],
		settings = [],
		onLine = () => {},
		record = () => {},
		build = program
	}) {
		this.build = build;
		this.data = data;
		this.port = port;
		this.peers = peers;
		this.settings = settings;
		this.onLine = onLine;
		this.record = record;
	}

	get pid() {
		return this.#child.pid;
	}

	get isRunning() {
		return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
	}

	/** Starts the process and types `lines`. */
	start(...lines) {
		const child = this.#spawn("pipe");
		this.record(`! started, process ${child.pid}, port ${this.port}`);
		this.output = "";
		this.#cursor = 0;
		this.#child = child;
		let partial = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding("utf8");
			stream.on("data", text => {
				this.output += text;
				partial += text;
				const whole = partial.split("\n");
				partial = whole.pop();
				for (const line of whole) {
					this.record(`  ${line}`);
					this.#read(line);
					this.onLine(line);
				}
				for (const look of this.#waiting) look();
			});
		}
		child.stdin.on("error", () => {});
		this.#exit = new Promise(resolve => {
			child.on("close", (code, signal) => {
				this.record(`! ended: ${signal ?? code}${partial === "" ? "" : `, after "${partial}"`}`);
				resolve({ code, signal });
				for (const look of this.#waiting) look();
			});
		});
		for (const line of lines) this.type(line);
		return this;
	}

	#spawn(stdio) {
		const peers = this.peers.flatMap(peer => ["--peer", peer]);
		const settings = this.settings.flatMap(setting => ["--set", setting]);
		const args = ["--data", this.data, "--port", String(this.port), ...peers, ...settings];
		return spawn(this.build, args, { stdio, env: { ...process.env, ...this.env } });
	}

	/** Starts the process at the terminal of this one, where a person types; its exit code, once it has ended. */
	runAtTerminal() {
		const child = this.#spawn("inherit");
		this.#child = child;
		this.#exit = new Promise(resolve => {
			child.on("close", (code, signal) => resolve({ code, signal }));
		});
		return this.ended();
	}

	/** Something else was shown at its terminal: it shows again what is being typed. */
	redraw() {
		if (this.isRunning) this.#child.kill("SIGWINCH");
	}

	/** A person who founds a home has the recovery key on paper, and is asked for a part of it. */
	#read(line) {
		if (/^[0-9A-Z]{5}( [0-9A-Z]{5}){10}$/.test(line)) this.recoveryKey = line;
		const [, group] = /^Type group (\d+) of it/.exec(line) ?? [];
		if (group !== undefined && this.readsPaper) this.type(this.recoveryKey.split(" ")[group - 1]);
	}

	type(line) {
		this.record(`> ${line}`);
		this.#child.stdin.write(`${line}\n`);
	}

	/**
	 * The first match of `pattern` in what it prints after the last match; throws when it does not come. All limits are those of a
	 * quiet machine, longer by as much as this one is busy.
	 */
	async waitFor(pattern, milliseconds = 20_000) {
		return new Promise((resolve, reject) => {
			const end = settle => {
				calm();
				this.#waiting.delete(look);
				settle();
			};
			const look = () => {
				const match = pattern.exec(this.output.slice(this.#cursor));
				if (match !== null) {
					this.#cursor += match.index + match[0].length;
					end(() => resolve(match));
				} else if (!this.isRunning) {
					end(() => reject(new Error(`ended before it printed ${pattern}:\n${this.output}`)));
				}
			};
			const calm = expiry(milliseconds, () => {
				const text = `did not print ${pattern} (${limitText(milliseconds)}):\n${this.output}`;
				end(() => reject(new Error(text)));
			});
			this.#waiting.add(look);
			look();
		});
	}

	/** Types a command and waits for what it prints. */
	async ask(command, pattern, milliseconds) {
		this.#cursor = this.output.length;
		this.type(command);
		return this.waitFor(pattern, milliseconds);
	}

	/** Types a command and waits for all that it prints, in any order. */
	async answers(command, patterns, milliseconds) {
		const start = this.output.length;
		this.type(command);
		for (const pattern of patterns) {
			this.#cursor = start;
			await this.waitFor(pattern, milliseconds);
		}
	}

	/** Asks again until `pattern` shows, since some things take their time; throws when it does not in time. */
	async until(command, pattern, milliseconds = 20_000) {
		let isOver = false;
		const calm = expiry(milliseconds, () => {
			isOver = true;
		});
		for (;;) {
			try {
				const match = await this.ask(command, pattern, 500);
				calm();
				return match;
			} catch (error) {
				if (this.isRunning && !isOver) continue;
				calm();
				throw error;
			}
		}
	}

	/** Ends it as if the power was cut, or by another signal. */
	async kill(signal = "SIGKILL") {
		this.#child.kill(signal);
		return this.#exit;
	}

	/** Ends it by the end of its input; kills it after five seconds. Its exit code. */
	async stop() {
		if (!this.isRunning) return this.ended();
		if (this.#child.stdin === null) this.#child.kill("SIGTERM");
		else this.#child.stdin.end();
		const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
		const { code } = await this.#exit;
		clearTimeout(timer);
		return code;
	}

	/** Its exit code, once it has ended. */
	async ended() {
		return (await this.#exit)?.code;
	}
}

/**
 * Ports below those that systems give to whoever binds none: they stay free while a node is down. Each process has a block
 * of its own, as good as always, since a port that is chosen is not bound before its node starts: two that run beside
 * each other would choose the same now and then.
 */
const blocks = 80;
const ports = Object.freeze({ first: 10_000 + (process.pid % blocks) * 250, count: 250 });
/** They are given out one after the other, so that homes within one process do not choose the same either. */
let next = randomInt(ports.count);

/** `count` UDP ports that nobody uses at the moment, the `wanted` ones where they are free. */
export async function freePorts(count, wanted = []) {
	const sockets = [];
	for (let index = 0; index < count; index += 1) {
		let socket = await bound(wanted[index]);
		while (socket === undefined) {
			socket = await bound(ports.first + next);
			next = (next + 1) % ports.count;
		}
		sockets.push(socket);
	}
	const found = sockets.map(socket => socket.address().port);
	await Promise.all(sockets.map(socket => new Promise(resolve => socket.close(resolve))));
	return found;
}

function bound(port) {
	if (port === undefined) return undefined;
	return new Promise(resolve => {
		const socket = dgram.createSocket("udp4");
		socket.once("error", () => resolve(undefined));
		socket.bind(port, () => resolve(socket));
	});
}
