/** The lamp under test, with a switch as the other member of its home. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { freePorts, program } from "../../hosts/house/node-process.mjs";
import { Code, offsets, parse, request, tokenLength } from "./coap.mjs";
import { copyOf, inviting, joinerOf, password, pin } from "./home.mjs";
import { Member } from "./member.mjs";
import { homeKey, vigenere } from "./paper.mjs";
import { ask, askList } from "./tools.mjs";

/** Asks from a port until a challenge comes (RFC 9175), and returns it. */
async function challengeOf(port, from, get) {
	const socket = createSocket("udp4");
	try {
		await new Promise(resolve => socket.bind(from, "127.0.0.1", resolve));
		for (let id = 0; id < 100; id += 1) {
			const asked = Buffer.from(get);
			asked.writeUInt16BE(id, offsets.id);
			const answer = new Promise(resolve => socket.once("message", resolve));
			socket.send(asked, port, "127.0.0.1");
			const { echo } = parse(await answer);
			if (echo !== undefined) return echo;
		}
	} finally {
		socket.close();
	}
	throw new Error("no challenge");
}

class Lamp {
	port;
	/** The switch: its port and data, and its process in a home where it runs on. */
	knob;
	#data;
	#process;

	/** Has the switch join a copy of a home of one lamp. The chain then, as exported. */
	async admit(home) {
		const [port, knobPort] = await freePorts(2);
		this.port = port;
		this.#data = copyOf(home.data, "measured");
		const lamp = await inviting(this.#data, port);
		this.knob = joinerOf(home, "knob", knobPort, port);
		this.knob.start("n", "knob", "switch", password, pin);
		await this.knob.waitFor(/ready [0-9a-f]{32} knob/);
		const [line] = await lamp.ask("export", /\[\{.*\}\]\n/);
		await lamp.stop();
		return JSON.parse(line);
	}

	/** Its lines go to a file, so that nobody competes for the CPU by reading them. */
	async restart() {
		const file = `${this.#data}.out`;
		const output = openSync(file, "w");
		const args = ["--data", this.#data, "--port", String(this.port)];
		this.#process = spawn(program, args, { stdio: ["pipe", output, output] });
		closeSync(output);
		for (let tries = 0; !/^ready /m.test(readFileSync(file, "utf8")); tries += 1) {
			if (tries === 200) throw new Error(`the lamp does not start: ${readFileSync(file, "utf8")}`);
			await wait(25);
		}
		// It looks at its peers' chains now; measured is a node at rest.
		await wait(500);
	}

	/** `GET /.well-known/core`: microseconds, and the bytes of a request and its reply. */
	async announcements(count) {
		const get = request(Code.get, "/.well-known/core");
		const [from] = await freePorts(1);
		// Who asks so often has to show where it is.
		const echo = await challengeOf(this.port, from, get);
		const template = request(Code.get, "/.well-known/core", "", echo);
		const { times, replies } = await ask({
			port: this.port,
			from,
			count,
			templates: [template],
			...offsets,
			tokenLength
		});
		const { code, payload } = parse(replies[0]);
		if (code !== Code.content || !/rt="?verifichain/.test(payload))
			throw new Error(`not an announcement: ${payload}`);
		return { times, bytes: { request: get.length, reply: replies[0].length } };
	}

	/** Resident memory in MB. */
	get size() {
		const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
		return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]) / 1024;
	}

	async stop() {
		this.#process?.stdin.end();
		if (this.knob?.isRunning) await this.knob.stop();
	}
}

/** In a home of the paper's suite; a client in C poses as the switch. */
export class PaperLamp extends Lamp {
	#key;
	#authentication;
	#tasks;

	async start(home) {
		const [genesis, add] = await this.admit(home);
		const id = genesis.hash.slice(0, 16);
		this.#key = homeKey({ password, pin, home: id, rounds: genesis.body[4] });
		const knob = createHash("sha256").update(Buffer.from(add.body[4], "hex")).digest("hex").slice(0, 32);
		const hashes = createHash("sha256").update(Buffer.from(genesis.hash + add.hash.slice(0, 32), "hex"));
		const hint = hashes.digest("hex").slice(0, 8);
		const sealed = message => vigenere(JSON.stringify(message), this.#key);
		this.#authentication = request(Code.post, "/auth", sealed({ request: "authentication", node: knob }));
		this.#tasks = ["on", "off"].map(action =>
			request(Code.post, "/tasks", sealed({ request: "task", action, chain: hint }))
		);
		await this.restart();
	}

	/** Authenticates, then asks for `on` and `off` in turn: microseconds, and the bytes of a request and its reply. */
	async tasks(count) {
		const { times, replies } = await this.#ask(count, this.#tasks, this.#authentication);
		const [authenticated, ...done] = replies.map(parse);
		if (authenticated.code !== Code.changed) throw new Error("the lamp did not authenticate the client");
		for (const [i, state] of ["on", "off"].entries()) {
			const message = JSON.parse(vigenere(done[i].payload, this.#key, -1));
			if (done[i].code !== Code.content || message.state !== state)
				throw new Error(`the lamp is not ${state}: ${JSON.stringify(message)}`);
		}
		return { times, bytes: { request: this.#tasks[0].length, reply: replies[1].length } };
	}

	#ask(count, templates, first) {
		return ask({ port: this.port, count, templates, first, ...offsets, tokenLength });
	}
}

/** One reply in so many is opened. */
const sampled = 50;

/** In a secure home; the switch's place is taken by a member that can be told what to ask and when. */
export class SecureLamp extends Lamp {
	#member;
	#folder;

	/** `folder`: for the requests that were sealed ahead. */
	async start(home, folder) {
		this.#folder = folder;
		await this.admit(home);
		await this.knob.stop();
		this.#member = new Member(this.knob);
		await this.#member.start();
		await this.restart();
	}

	get member() {
		return this.#member;
	}

	/**
	 * Tasks that were sealed ahead, sent one by one from C: microseconds, the bytes of the first, and the request
	 * itself. The bytes are those of a sequence number below 256 when the session is new.
	 */
	async tasks(count) {
		const { file, first } = await this.#member.seal(count, this.#folder);
		const { times, replies } = await askList({ port: this.port, file, every: sampled });
		for (const [i, reply] of replies.entries()) {
			const state = await this.#member.open(i * sampled, reply);
			if (state !== ((i * sampled) % 2 === 0 ? "on" : "off"))
				throw new Error(`reply ${i * sampled} says ${state}`);
		}
		return { times, request: first, bytes: { request: first.length, reply: replies[0].length } };
	}

	async stop() {
		await this.#member?.stop();
		await super.stop();
	}
}
