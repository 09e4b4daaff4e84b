/** The paper's node re-made in Python, where it lies beside this project. */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import dgram from "node:dgram";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { freePorts } from "../../hosts/house/node-process.mjs";
import { vigenere } from "./paper.mjs";
import { ask, root } from "./tools.mjs";

const program = path.resolve(root, "../shared/baseline/verifichain_like.py");
const key = "VerifiChain";

export const isPresent = existsSync(program);

const sha = text => createHash("sha256").update(text).digest("hex");

function datagram(message) {
	return Buffer.from(vigenere(message, key));
}

/** Asks until somebody answers, five seconds long. */
async function reply(port, message) {
	const socket = dgram.createSocket("udp4");
	const answered = new Promise(resolve => socket.once("message", resolve));
	try {
		for (let tries = 0; tries < 50; tries += 1) {
			socket.send(datagram(message), port, "127.0.0.1");
			const bytes = await Promise.race([answered, new Promise(resolve => setTimeout(resolve, 100))]);
			if (bytes !== undefined) return JSON.parse(vigenere(bytes.toString(), key, -1));
		}
	} finally {
		socket.close();
	}
	throw new Error("the baseline does not answer");
}

/** One node of the baseline, running. */
export class Baseline {
	#child;
	#port;
	#target;

	async start() {
		[this.#port] = await freePorts(1);
		this.#child = spawn("python3", [program, String(this.#port), "first"], { stdio: "ignore" });
		this.#child.on("error", () => {});
		const { blocks } = await reply(this.#port, '{"type": "block", "blocks": []}');
		this.#target = blocks[0].node.id;
	}

	/** Its own benchmark, whose client is in Python too: its JSON. */
	async bench(count) {
		const args = [program, "bench", String(this.#port), String(count)];
		const { stdout } = await promisify(execFile)("python3", args, { timeout: 30_000 });
		return JSON.parse(stdout);
	}

	/** The same tasks from the client that asks our nodes: microseconds. */
	async tasks(count) {
		const from = sha("a switch").slice(0, 16);
		const templates = ["on", "off"].map(state =>
			datagram(`{"type": "task", "to": "${this.#target}", "set": "${state}", "from": "${from}"}`)
		);
		const { times, replies } = await ask({ port: this.#port, count, templates });
		for (const [i, state] of ["on", "off"].entries()) {
			const message = JSON.parse(vigenere(replies[i].toString(), key, -1));
			if (message.state !== state) throw new Error("the baseline did not do its task");
		}
		return times;
	}

	stop() {
		this.#child?.kill();
	}
}
