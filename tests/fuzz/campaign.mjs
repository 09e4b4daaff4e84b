/**
 * A home of real processes, one of which, built with the sanitizers, gets datagrams of all kinds from strangers and as
 * if from members. After every so many it must be as it was: see `#calm`.
 */
import assert from "node:assert/strict";
import dgram from "node:dgram";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { generate, parse } from "coap-packet";
import { Dice, sleep } from "../faults/dice.mjs";
import { Relay } from "../faults/relay.mjs";
import { Home, pin } from "../scenarios/home.mjs";
import { Datagrams } from "./datagrams.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The build with the sanitizers. */
export const target = `${root}build/linux/sanitize/verifichain`;

/** Sources of strangers at once: sockets with addresses of their own. */
const strangerCount = 24;
/** Datagrams after which the node is waited for: what the kernel drops would prove nothing. */
const burst = 48;
/** The latest datagrams, which are written down when something fails. */
const kept = 4000;
/** Milliseconds that the node may take to answer anything at all, on a busy machine. */
const patience = 60_000;
/** Kilobytes of XS's memory that a node of this home may come to, of the 64 MB that it would get. */
const memoryLimit = 3_500;
/** Kilobytes that may be left of it, when all is over: collections come when they come. */
const memoryKept = 700;
/** Promised answers that may stay out: a stranger's repetition can be promised what another one got. */
const promisedLimit = 3;
/** Bytes on the console for each check, and writes to the flash for each second and check, beside the honest ones. */
const outputLimit = 20_000;
const writesLimit = { second: 0.2, check: 40 };
const good = { loss: 0, duplication: 0, delay: 0, alter: bytes => bytes };
const strange = /[^\n\x20-\x7e]/;

export class Campaign {
	sent = 0;
	answered = 0;
	checks = 0;
	seed;
	datagrams;
	#home;
	#lamp;
	#knob;
	#door;
	/** Who does not know the password, and tries. */
	#guest;
	/** A member that is starting anew, if any. */
	#starting;
	#dice;
	#strangers = [];
	#probe;
	#recent = [];
	/** How much of each node's output was looked at. */
	#looked = new Map();
	#writes = 0;
	#memory = { first: 0, most: 0, last: 0 };
	#drops = 0;
	#began = 0;
	#at = 0;
	#turn = 0;

	/** `test`: has `after`, as node:test's context has. */
	static async open(test, seed) {
		const campaign = new Campaign();
		campaign.seed = seed;
		campaign.#dice = new Dice(seed);
		const relay = new Relay({ seed });
		const home = await Home.open(test, 4, relay);
		campaign.#home = home;
		const heard = [];
		relay.tap = datagram =>
			campaign.datagrams === undefined ? heard.push(datagram) : campaign.datagrams.hear(datagram);
		const lamp = await home.found("lamp", "light", undefined, target);
		campaign.#lamp = lamp;
		campaign.#knob = await home.join("knob", "switch", lamp, { patience });
		campaign.#door = await home.join("door", "lock", lamp, { patience });
		await campaign.#knob.until("task lamp on", /lamp: on\n/, patience);
		await campaign.#door.until("task lamp off", /lamp: off\n/, patience);
		const ids = home.nodes.map(node => /ready ([0-9a-f]{32})/.exec(node.output)[1]);
		campaign.datagrams = new Datagrams(
			campaign.#dice,
			ids.map(id => Buffer.from(id, "hex"))
		);
		campaign.#guest = home.node("guest", lamp);
		campaign.#guest.start("n", "guest", "light", "wrong horse", pin);
		for (const datagram of heard) campaign.datagrams.hear(datagram);
		await campaign.#openStrangers(test);
		campaign.#began = campaign.#at = Date.now();
		await campaign.#calm();
		campaign.#memory.first = campaign.#memory.last;
		return campaign;
	}

	/** Sends `count` datagrams and then looks whether the node is as it was. */
	async run(count) {
		try {
			for (let left = count; left > 0; left -= burst) {
				for (let each = Math.min(burst, left); each > 0; each -= 1) this.#send();
				await this.#barrier();
				this.#live();
			}
			await this.#calm();
		} catch (error) {
			await this.#write(error);
			throw error;
		}
	}

	/** All that the node has printed. */
	get output() {
		return this.#lamp.output;
	}

	get summary() {
		const { first, most, last } = this.#memory;
		return `${this.sent} datagrams, ${this.answered} answers, ${this.checks} checks; XS's memory ${first} KB at first, ${last} KB now, ${most} KB at most; ${this.#writes} writes to the flash`;
	}

	/** The time in milliseconds since the fuzzing began. */
	get time() {
		return Date.now() - this.#began;
	}

	async #openStrangers(test) {
		test.after(() => {
			for (const { socket } of this.#strangers) socket.close();
			this.#probe?.close();
		});
		for (let index = 0; index < strangerCount; index += 1) {
			const socket = await opened(`127.${this.#below(256)}.${this.#below(256)}.${1 + this.#below(250)}`);
			const stranger = new Stranger(socket);
			socket.on("message", bytes => {
				this.answered += 1;
				stranger.received(bytes);
				this.datagrams.learn(bytes, index);
			});
			this.#strangers.push(stranger);
		}
		this.#probe = await opened("127.0.0.1");
	}

	#send() {
		const { port } = this.#lamp;
		const { bytes, from, stranger } = this.datagrams.next(port, strangerCount);
		this.#recent[this.sent % kept] = { bytes, from: from ?? stranger, isMember: from !== undefined };
		this.sent += 1;
		if (from !== undefined && from !== port) this.#home.relay.inject({ bytes, from, to: port });
		else this.#strangers[stranger ?? 0].send(bytes, port);
	}

	/**
	 * Members talk meanwhile, over a network that is not always good and that changes what they say; now and then one of
	 * them starts anew, without its sessions even; and somebody tries passwords.
	 */
	#live() {
		if (this.#below(25) > 0) return;
		const isBad = this.#below(3) === 0;
		Object.assign(this.#home.relay, isBad ? this.#bad : good);
		const [who, what] = this.#dice.pick([
			[this.#knob, "task lamp toggle"],
			[this.#door, "task lamp read"],
			[this.#lamp, "task door read"],
			[this.#lamp, "task all read"],
			[this.#knob, "watch lamp"],
			[this.#knob, "unwatch"],
			[this.#guest, `wrong horse\n${pin}`]
		]);
		if (who.isRunning) who.type(what);
		const isNew = this.#below(8) === 0;
		if (!isNew || this.#starting !== undefined) return;
		this.#starting = this.#restart(this.#dice.pick([this.#knob, this.#door]));
		// It is awaited later on.
		this.#starting.catch(() => {});
	}

	get #bad() {
		return { loss: 0.1, duplication: 0.2, delay: 30, alter: bytes => this.datagrams.spoilt(bytes) };
	}

	/** Waits until the node has read all that was sent: it answers a ping (RFC 7252 section 4.3). */
	async #barrier() {
		const id = this.#turn++ & 0xffff;
		const ping = Buffer.from([0x40, 0, id >> 8, id & 255]);
		await this.#exchange(
			ping,
			bytes => bytes.length === 4 && bytes[0] === 0x70 && bytes.readUInt16BE(2) === id
		);
	}

	/** Sends from a source of its own until something comes that `fits`; throws when nothing does. */
	async #exchange(bytes, fits, socket = this.#probe) {
		const deadline = Date.now() + patience;
		let wait = 500;
		while (Date.now() < deadline) {
			const come = answer(socket, fits, wait);
			socket.send(bytes, this.#lamp.port, "127.0.0.1", () => {});
			const found = await come;
			if (found !== undefined) return found;
			if (!this.#lamp.isRunning) break;
			wait = Math.min(8_000, wait * 2);
		}
		throw new Error(
			`no answer to ${bytes.toString("hex")}; the node said:\n${this.#lamp.output.slice(-4000)}`
		);
	}

	/**
	 * What must hold once it is quiet: the process is the same one; each request of a stranger gets its answer; a member's
	 * task is done; nothing on the console but printable text, and not much of it; no error that nobody expected; no more
	 * memory and flash than before; the chain as it was.
	 */
	async #calm() {
		const [lamp, knob] = [this.#lamp, this.#knob];
		Object.assign(this.#home.relay, good);
		await this.#barrier();
		assert.equal(
			await drops(lamp.port),
			this.#drops,
			"the kernel dropped datagrams: nothing is known of them"
		);
		for (const request of probes) await this.#ask(request);
		await this.#kept();
		await this.#starting;
		this.#starting = undefined;
		const state = this.checks % 2 === 0 ? "on" : "off";
		await knob.until(`task lamp ${state}`, new RegExp(`lamp: ${state}\n`), patience);
		await lamp.until("task door read", /door: locked\n/, patience);
		for (const node of this.#home.nodes) this.#look(node);
		// An invitation ends after five wrong guesses: so joining goes on being tried.
		await lamp.ask("invite 3600", /Inviting/, patience);
		await this.#status();
		this.#at = Date.now();
		this.checks += 1;
	}

	async #restart(node) {
		await node.kill();
		const folder = path.join(node.data, "verifichain");
		const secrets = (await readdir(folder)).filter(name => /^s[0-9a-f]{14}$/.test(name));
		if (this.#below(2) === 0) for (const name of secrets) await rm(path.join(folder, name));
		node.start();
		await node.waitFor(/ready /, patience);
	}

	/**
	 * Lets so much time pass that nothing of what was sent is remembered (RFC 7252's EXCHANGE_LIFETIME is 247 s): the
	 * memory is as at first. Then ends the node, whose sanitizer looks for leaks.
	 */
	async finish(milliseconds = 300_000) {
		try {
			await sleep(milliseconds);
			await this.#calm();
			const { first, last } = this.#memory;
			assert.ok(last <= first + memoryKept, `${last} KB of memory after it, ${first} KB before`);
			assert.equal(await this.#lamp.stop(), 0, this.#lamp.output.slice(-4000));
		} catch (error) {
			await this.#write(error);
			throw error;
		}
	}

	/** What the node has promised strangers, by an empty acknowledgement, it has given them. */
	async #kept() {
		const deadline = Date.now() + patience;
		const open = () => this.#strangers.flatMap(({ promised }) => [...promised]);
		while (open().length > promisedLimit && Date.now() < deadline) await sleep(100);
		assert.ok(
			open().length <= promisedLimit,
			`requests of these tokens were never answered: ${open().join(" ")}`
		);
		for (const { promised } of this.#strangers) promised.clear();
	}

	/** What a node has printed since the last time. */
	#look(node) {
		assert.ok(node.isRunning, `${path.basename(node.data)} ended:\n${node.output.slice(-4000)}`);
		const { output } = node;
		const last = this.#looked.get(node) ?? 0;
		// One that was restarted begins anew.
		const text = output.slice(output.length < last ? 0 : last);
		this.#looked.set(node, output.length);
		assert.ok(!strange.test(text), `not printable: ${JSON.stringify(text.slice(-4000))}`);
		assert.ok(text.length < outputLimit, `${text.length} bytes on the console:\n${text.slice(-4000)}`);
	}

	/** A stranger's request from a new source: it gets an answer of whatever kind. */
	async #ask({ code, path: segments, payload }) {
		const socket = await opened(`127.${this.#below(256)}.${this.#below(256)}.${1 + this.#below(250)}`);
		const messageId = this.#below(65_536);
		const token = Buffer.from([1, 2, 3, this.#below(256)]);
		const options = segments.map(segment => ({ name: "11", value: Buffer.from(segment) }));
		const bytes = generate({ code, confirmable: true, messageId, token, options, payload });
		const isAnswer = found => found.length > 4 && parse(found).token.equals(token);
		try {
			await this.#exchange(bytes, isAnswer, socket);
		} finally {
			socket.close();
		}
	}

	async #status() {
		const lamp = this.#lamp;
		const [text] = await lamp.ask("status", /node [\s\S]*flash .*\n/, patience);
		assert.match(text, /chain +3 blocks/);
		assert.match(text, /members +3;/);
		assert.doesNotMatch(text, /faults/);
		const [slots, chunks] = [/slots (\d+) of/, /chunks (\d+) of/].map(pattern =>
			Number(pattern.exec(text)[1])
		);
		const memory = slots + chunks;
		this.#memory.last = memory;
		this.#memory.most = Math.max(this.#memory.most, memory);
		assert.ok(memory < memoryLimit, `${memory} KB of memory`);
		const writes = Number(/(\d+) writes since/.exec(text)[1]);
		const seconds = (Date.now() - this.#at) / 1000;
		const allowed = writesLimit.check + seconds * writesLimit.second;
		assert.ok(
			writes - this.#writes <= allowed,
			`${writes - this.#writes} writes in ${Math.round(seconds)} s`
		);
		this.#writes = writes;
	}

	/** What was sent last and what the nodes said, to be looked at. */
	async #write(error) {
		const folder = `${root}build/fuzz`;
		for (const node of this.#home.nodes) {
			if (!node.isRunning) continue;
			node.type("status");
			node.type("members");
		}
		await sleep(2_000);
		await mkdir(folder, { recursive: true });
		const start = this.sent % kept;
		const recent = [...this.#recent.slice(start), ...this.#recent.slice(0, start)].filter(Boolean);
		const lines = recent.map(
			({ bytes, from, isMember }) => `${isMember ? "member" : "stranger"} ${from} ${bytes.toString("hex")}`
		);
		const said = this.#home.nodes.map(node => `${path.basename(node.data)}:\n${node.output.slice(-50_000)}`);
		const file = `${folder}/failure-${this.seed}.txt`;
		await writeFile(
			file,
			[error.stack, ...said, `datagram ${this.sent - recent.length} and on:`, ...lines, ""].join("\n")
		);
		error.message += `\n(seed ${this.seed}, datagram ${this.sent}; the last ones are in ${file})`;
	}

	#below(limit) {
		return Math.floor(this.#dice.roll() * limit);
	}
}

/** A source of datagrams, and what it has been promised: an answer after an acknowledgement (RFC 7252 section 5.2.2). */
class Stranger {
	socket;
	/** Tokens of requests that were acknowledged and not answered yet. */
	promised = new Set();
	/** The tokens of the latest confirmable requests, by their message ids. */
	#asked = new Map();

	constructor(socket) {
		this.socket = socket;
	}

	send(bytes, port) {
		const [first = 0, code = 0] = bytes;
		const length = first & 15;
		const isRequest = first >> 4 === 4 && length < 9 && bytes.length >= 4 + length && code > 0 && code < 32;
		if (isRequest) {
			this.#asked.set(bytes.readUInt16BE(2), bytes.toString("hex", 4, 4 + length));
			if (this.#asked.size > 200) this.#asked.delete(this.#asked.keys().next().value);
		}
		this.socket.send(bytes, port, "127.0.0.1", () => {});
	}

	received(bytes) {
		const [first, code] = bytes;
		const token =
			code === 0 ? this.#asked.get(bytes.readUInt16BE(2)) : bytes.toString("hex", 4, 4 + (first & 15));
		if (code === 0 && first === 0x60 && token !== undefined) this.promised.add(token);
		if (code >= 64) this.promised.delete(token);
	}
}

/** Requests of strangers that get an answer. */
const probes = [
	{ code: "0.01", path: [".well-known", "core"] },
	{ code: "0.02", path: ["sync"], payload: Buffer.from("8100", "hex") },
	{ code: "0.02", path: [".well-known", "edhoc"], payload: Buffer.from("f500", "hex") },
	{ code: "0.05", path: ["blocks"], payload: Buffer.from("80", "hex") },
	{ code: "0.02", path: ["tasks"], payload: Buffer.from("01", "hex") }
];

/** How many datagrams to a port the kernel had no room for. */
async function drops(port) {
	const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	const lines = (await readFile("/proc/net/udp", "utf8")).split("\n");
	const fields = lines.map(line => line.trim().split(/\s+/)).filter(([, local]) => local?.endsWith(wanted));
	return fields.reduce((sum, line) => sum + Number(line.at(-1)), 0);
}

async function opened(address) {
	const socket = dgram.createSocket("udp4");
	socket.on("error", () => {});
	await new Promise(resolve => socket.bind(0, address, resolve));
	return socket;
}

/** The first datagram that fits, or undefined after so many milliseconds. */
function answer(socket, fits, milliseconds) {
	return new Promise(resolve => {
		const end = found => {
			clearTimeout(timer);
			socket.off("message", look);
			resolve(found);
		};
		const look = bytes => {
			if (fits(bytes)) end(bytes);
		};
		const timer = setTimeout(() => end(undefined), milliseconds);
		socket.on("message", look);
	});
}
