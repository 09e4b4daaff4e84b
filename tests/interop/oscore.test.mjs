/**
 * Our CoAP and OSCORE with libcoap, under a context that both were given. LIBCOAP names a folder with its programs
 * `coap-client` and `coap-server`, built with OSCORE; run with libcoap v4.3.5-11-g92b3db23 (OpenSSL 3.0.22).
 * Skipped otherwise.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import dgram from "node:dgram";
import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SystemClock } from "../../build/js/modules/clock/system-clock.js";
import {
	Blockwise,
	Code,
	codeText,
	Endpoint,
	Observers,
	observe,
	pathOptions,
	Resources,
	stringOption
} from "../../build/js/modules/coap/coap.js";
import { echoOf, OscoreLayer, SecurityContext } from "../../build/js/modules/oscore/oscore.js";
import { freePorts } from "../../hosts/house/node-process.mjs";

const folder = process.env.LIBCOAP;
const skip = folder === undefined ? "LIBCOAP names no folder" : false;
const uriQuery = 15;

/** Its programs may have a suffix, as Debian's have. */
function program(name) {
	const file = readdirSync(folder).find(entry => entry === name || entry.startsWith(`${name}-`));
	assert.ok(file, `no ${name} in ${folder}`);
	return path.join(folder, file);
}

function text(payload) {
	return Buffer.from(payload).toString();
}

function bytes(value) {
	return Uint8Array.from(Buffer.from(value));
}

function hex(value) {
	return Buffer.from(value).toString("hex");
}

/** A secret for one test, and how each side is called. */
function shared({ idContext, masterSalt = bytes(randomBytes(8)) } = {}) {
	const [ours, theirs] = [Uint8Array.of(0x0a), Uint8Array.of(0x0b, 0x0c)];
	return { masterSecret: bytes(randomBytes(16)), masterSalt, idContext, ours, theirs };
}

/** A client sends its id context along, so that the server finds the context by it. */
function ourContext({ masterSecret, masterSalt, idContext, ours, theirs }, isClient = false) {
	return new SecurityContext({
		name: "libcoap",
		masterSecret,
		masterSalt,
		senderId: ours,
		recipientId: theirs,
		idContext,
		kidContext: isClient ? idContext : undefined
	});
}

/** As libcoap reads it. */
function theirConfiguration({ masterSecret, masterSalt, idContext, ours, theirs }, lines = []) {
	return [
		`master_secret,hex,"${hex(masterSecret)}"`,
		...(masterSalt.length > 0 ? [`master_salt,hex,"${hex(masterSalt)}"`] : []),
		...(idContext === undefined ? [] : [`id_context,hex,"${hex(idContext)}"`]),
		`sender_id,hex,"${hex(theirs)}"`,
		`recipient_id,hex,"${hex(ours)}"`,
		...lines,
		""
	].join("\n");
}

async function openFolder(context) {
	const made = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
	context.after(() => rm(made, { recursive: true, force: true }));
	return made;
}

/** Our layers over a socket of Node's: all requests of ours go under the context. */
async function open(context, security) {
	const socket = dgram.createSocket("udp4");
	await new Promise(resolve => socket.bind(0, "127.0.0.1", resolve));
	const clock = new SystemClock();
	const random = count => bytes(randomBytes(count));
	const errors = [];
	const endpoint = new Endpoint({
		clock,
		random,
		transport: { send: (address, to, datagram) => socket.send(datagram, to, address) },
		onError: error => errors.push(error)
	});
	socket.on("message", (datagram, from) => endpoint.receive(bytes(datagram), from.address, from.port));
	const contexts = {
		outbound: () => ({ context: security }),
		inbound: ({ kid }) => (hex(kid) === hex(security.recipientId) ? [{ context: security }] : [])
	};
	const oscore = new OscoreLayer({ layer: endpoint, clock, contexts });
	const layer = new Blockwise({ layer: oscore, clock, random });
	context.after(() => {
		endpoint.close();
		layer.close();
		socket.close();
		assert.deepEqual(errors, []);
	});
	return { layer, port: socket.address().port };
}

/** A resource of ours that is read, written and observed; in the clear it is refused. */
function serve(layer) {
	const observers = new Observers();
	let state = bytes("off");
	const isRefused = (request, exchange) => {
		if (!request.secured) exchange.respond({ code: Code.Unauthorized });
		return !request.secured;
	};
	const reply = () => ({ code: Code.Content, contentFormat: 0, payload: state });
	const set = value => {
		state = value;
		observers.notify(reply());
	};
	new Resources(layer).serve("/state", {
		[Code.Get](request, exchange) {
			if (!isRefused(request, exchange)) observers.answer(request, exchange, reply());
		},
		[Code.Put](request, exchange) {
			if (isRefused(request, exchange)) return;
			set(request.payload);
			exchange.respond({ code: Code.Changed });
		}
	});
	return { set, observers, get: () => text(state) };
}

describe("OSCORE: libcoap's client with our server", { skip }, () => {
	/** `run` is one client each time, which keeps its numbers in a file, and gives what it prints. */
	async function start(context, secret = shared()) {
		const { layer, port } = await open(context, ourContext(secret));
		const resource = serve(layer);
		const files = await openFolder(context);
		const configuration = path.join(files, "oscore");
		await writeFile(configuration, theirConfiguration(secret));
		const client = (...args) => {
			const child = spawn(program("coap-client"), ["-B", "5", ...args, `coap://127.0.0.1:${port}/state`]);
			let output = "";
			for (const stream of [child.stdout, child.stderr]) {
				stream.on("data", data => {
					output += data;
				});
			}
			context.after(() => child.kill());
			return new Promise(resolve => child.on("close", () => resolve(output)));
		};
		const run = (...args) => client("-E", `${configuration},${path.join(files, "sequence")}`, ...args);
		return { client, run, configuration, files, resource };
	}

	for (const [what, options] of [
		["", {}],
		[" and an id context", { idContext: bytes("home") }],
		[" and no salt", { masterSalt: new Uint8Array(0) }]
	]) {
		test(`reads and writes under a secret${what}`, async context => {
			const { run, resource } = await start(context, shared(options));
			assert.equal(await run("-m", "get"), "off\n");
			assert.equal(await run("-m", "put", "-e", "on"), "");
			assert.equal(resource.get(), "on");
			assert.equal(await run("-m", "get"), "on\n");
		});
	}

	test("reads and writes a body in blocks", async context => {
		const { run, resource, files } = await start(context);
		const body = randomBytes(2500).toString("hex");
		const [sent, received] = [path.join(files, "sent"), path.join(files, "received")];
		await writeFile(sent, body);
		for (const size of ["1024", "256", "64"]) {
			resource.set(bytes(""));
			await run("-m", "put", "-b", size, "-f", sent);
			assert.equal(resource.get(), body, size);
			await run("-m", "get", "-b", size, "-o", received);
			assert.equal(await readFile(received, "utf8"), body, size);
		}
	});

	test("observes: sees each state, and ends it", async context => {
		const { run, resource } = await start(context);
		const watching = run("-m", "get", "-s", "2", "-w");
		while (resource.observers.size === 0) await sleep(10);
		for (const state of ["one", "two", "three"]) {
			await sleep(200);
			resource.set(bytes(state));
		}
		// The request that ends it reads the state once more.
		assert.deepEqual((await watching).match(/off|one|two|three/g), ["off", "one", "two", "three", "three"]);
		assert.equal(resource.observers.size, 0);
	});

	test("without protection, or with another secret, gets 4.01 and 4.00 and changes nothing", async context => {
		const { client, resource, files } = await start(context);
		assert.match(await client("-m", "put", "-e", "on"), /4\.01/);
		const other = path.join(files, "other");
		await writeFile(other, theirConfiguration(shared()));
		assert.match(await client("-E", other, "-m", "put", "-e", "on"), /4\.00/);
		assert.equal(resource.get(), "off");
	});

	test("that begins again with the numbers it has used is not heard", async context => {
		const { client, configuration, resource } = await start(context);
		await client("-E", configuration, "-m", "put", "-e", "on");
		assert.equal(resource.get(), "on");
		await client("-E", configuration, "-B", "1", "-m", "put", "-e", "off");
		assert.equal(resource.get(), "on");
	});
});

describe("OSCORE: our client with libcoap's server", { skip }, () => {
	/** `ask` sends a request and gives its answer in text. `lines`: more of their configuration. */
	async function start(context, { secret = shared(), lines = ["rfc8613_b_1_2,bool,false"] } = {}) {
		const files = await openFolder(context);
		const [port] = await freePorts(1);
		const configuration = path.join(files, "oscore");
		await writeFile(configuration, theirConfiguration(secret, lines));
		const args = ["-A", "127.0.0.1", "-p", String(port), "-d", "8", "-E", configuration];
		const child = spawn(program("coap-server"), args, { stdio: ["ignore", "inherit", "inherit"] });
		const ended = new Promise(resolve => child.on("close", resolve));
		context.after(async () => {
			child.kill();
			await ended;
		});
		const { layer } = await open(context, ourContext(secret, true));
		const base = { peer: "libcoap", address: "127.0.0.1", port, code: Code.Get, timeout: 8_000 };
		const challenges = [];
		const ask = more =>
			new Promise((resolve, reject) => {
				const send = options => {
					const onResponse = response => {
						const { code, payload } = response;
						const challenge = echoOf(response);
						if (challenge === undefined || challenges.length > 0) {
							resolve({ code, text: text(payload) });
							return;
						}
						challenges.push(challenge);
						send([...more.options, challenge]);
					};
					layer.request({ ...base, ...more, options, onResponse, onFailure: reject });
				};
				send(more.options);
			});
		return { ask, challenges, layer, base };
	}

	function isDone({ code }) {
		assert.ok(code === Code.Created || code === Code.Changed, codeText(code));
	}

	for (const [what, settings, challenged] of [
		["", {}, 0],
		[" and an id context", { secret: shared({ idContext: bytes("home") }) }, 0],
		[" and no salt", { secret: shared({ masterSalt: new Uint8Array(0) }) }, 0],
		[", asked for an Echo first (RFC 8613 appendix B.1.2)", { lines: [] }, 1]
	]) {
		test(`reads and writes under a secret${what}`, async context => {
			const { ask, challenges } = await start(context, settings);
			const options = pathOptions("/example_data");
			isDone(await ask({ code: Code.Put, options, payload: bytes("a new state") }));
			assert.deepEqual(await ask({ options }), { code: Code.Content, text: "a new state" });
			assert.equal(challenges.length, challenged);
		});
	}

	test("reads the links of its resources", async context => {
		const { ask } = await start(context);
		const { code, text: links } = await ask({ options: pathOptions("/.well-known/core") });
		assert.equal(code, Code.Content);
		assert.match(links, /<\/time>/);
	});

	test("reads and writes a body in blocks", async context => {
		const { ask } = await start(context);
		const options = pathOptions("/example_data");
		for (const length of [1000, 1025, 5000]) {
			const body = randomBytes(length).toString("base64").slice(0, length);
			isDone(await ask({ code: Code.Put, options, payload: bytes(body) }));
			assert.deepEqual(await ask({ options }), { code: Code.Content, text: body });
		}
	});

	test("observes its clock, and ends it", async context => {
		const { layer, base } = await start(context);
		const states = [];
		const failures = [];
		const take = ({ payload }) => states.push(Number(text(payload)));
		const pending = observe(layer, {
			...base,
			options: [...pathOptions("/time"), stringOption(uriQuery, "ticks")],
			onResponse: take,
			onNotification: take,
			onFailure: error => failures.push(error)
		});
		// A first request that comes before the server listens is repeated after two or three seconds.
		for (let waited = 0; waited < 10_000 && states.length < 5; waited += 100) await sleep(100);
		pending.cancel();
		assert.deepEqual(failures, []);
		assert.ok(states.length >= 5, `${states}`);
		// The first notification may come in the second of the first answer.
		for (let i = 2; i < states.length; i += 1) assert.ok(states[i] > states[i - 1], `${states}`);
		const count = states.length;
		await sleep(1500);
		assert.equal(states.length, count);
	});

	test("gets no answer under protection with another secret", async context => {
		const secret = shared();
		const { base } = await start(context, { secret });
		const wrong = ourContext({ ...secret, masterSecret: bytes(randomBytes(16)) }, true);
		const { layer } = await open(context, wrong);
		const failed = await new Promise((resolve, reject) => {
			const onResponse = () => reject(new Error("answered"));
			layer.request({ ...base, options: pathOptions("/example_data"), onResponse, onFailure: resolve });
		});
		assert.equal(failed.name, "UnprotectedError");
	});
});
