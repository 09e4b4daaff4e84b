/** What nodes export is verified by a program that shares no code with them, and what was tampered with is not. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { encode } from "cborg";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";
import { ExportError, verifyExport } from "./verify-export.mjs";

const verifier = fileURLToPath(new URL("verify-export.mjs", import.meta.url));
const secrets = ["correct horse", "2580"];

/** The verifier as a stranger would run it. */
function run(entries) {
	const input = JSON.stringify(entries);
	return spawnSync(process.execPath, [verifier, "-"], { input, encoding: "utf8" });
}

function refused(entries, reason) {
	assert.throws(
		() => verifyExport(JSON.stringify(entries)),
		error => error instanceof ExportError && reason.test(error.message)
	);
}

/** A copy without one entry, or with two swapped, numbered as if nothing had happened. */
function renumbered(entries) {
	return entries.map((entry, number) => ({ ...entry, number }));
}

describe("the export of a chain with two branches", () => {
	let folder;
	let entries;
	const nodes = [];

	before(async () => {
		folder = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
		const ports = await freePorts(5);
		const node = (name, via) => {
			const made = new NodeProcess({
				data: path.join(folder, name),
				port: ports[nodes.length],
				peers: via === undefined ? [] : [`127.0.0.1:${via.port}`],
				settings: ["rounds=1000"]
			});
			nodes.push(made);
			return made;
		};
		const join = async (name, type, via) => {
			await via.ask("invite", /Inviting/);
			const joiner = node(name, via).start("n", name, type, ...secrets);
			await joiner.waitFor(/ready [0-9a-f]{16} /);
			return joiner;
		};
		const lamp = node("lamp").start("y", "lamp", "light", ...secrets, "Grüße, home");
		await lamp.waitFor(/ready [0-9a-f]{16} /);
		const door = await join("döor ❤", "lock", lamp);
		// Each admits a node while the other is away.
		await lamp.kill();
		const window = await join("window", "sensor", door);
		await door.kill();
		await window.kill();
		lamp.start();
		await lamp.waitFor(/ready [0-9a-f]{16} /);
		await join("knob", "switch", lamp);
		door.start();
		await door.waitFor(/ready [0-9a-f]{16} /);
		for (const each of [lamp, door]) await each.until("status", /chain +4 blocks/);
		await join("last", "light", door);
		const [line] = await door.ask("export", /\[\{.*\}\]\n/);
		entries = JSON.parse(line);
	});

	after(async () => {
		await Promise.all(nodes.map(each => (each.isRunning ? each.stop() : undefined)));
		await rm(folder, { recursive: true, force: true });
	});

	test("is verified", () => {
		const { status, stdout, stderr } = run(entries);
		assert.equal(stderr, "");
		assert.match(stdout, /\n5 blocks verified\n$/);
		assert.equal(status, 0);
		assert.equal(entries.at(-1).parents.length, 2, "the last block rests on both branches");
	});

	test("is refused by its exit code, with the block and the fault named", () => {
		entries[2].sequence += 1;
		const { status, stderr } = run(entries);
		entries[2].sequence -= 1;
		assert.match(stderr, /^block 2: "sequence" is not what was signed\n$/);
		assert.equal(status, 1);
	});

	test("is refused with any one character of any block's COSE changed", () => {
		for (const [number, entry] of entries.entries()) {
			const { cose } = entry;
			for (let at = 0; at < cose.length; at += 1) {
				const digit = Number.parseInt(cose[at], 16);
				entry.cose = cose.slice(0, at) + (digit ^ (1 << (at % 4))).toString(16) + cose.slice(at + 1);
				refused(entries, new RegExp(`^block ${number}: `));
			}
			entry.cose = cose;
		}
		verifyExport(JSON.stringify(entries));
	});

	test("is refused with a COSE that goes on, stops short, or is tagged", () => {
		const [genesis, ...others] = entries;
		for (const cose of [`${genesis.cose}00`, genesis.cose.slice(0, -2), `d2${genesis.cose}`]) {
			refused([{ ...genesis, cose }, ...others], /^block 0: /);
		}
	});

	test("is refused with its digits in capitals", () => {
		refused(entries.with(1, { ...entries[1], cose: entries[1].cose.toUpperCase() }), /lower-case/);
	});

	test("is refused with two entries swapped", () => {
		for (let at = 0; at + 1 < entries.length; at += 1) {
			const swapped = [...entries];
			[swapped[at], swapped[at + 1]] = [swapped[at + 1], swapped[at]];
			refused(swapped, /its number is|not a genesis block/);
			refused(renumbered(swapped), /wrong place|no block before it|not a genesis block/);
		}
	});

	test("is refused with an entry taken out of it", () => {
		for (let at = 0; at + 1 < entries.length; at += 1) {
			const shorter = entries.toSpliced(at, 1);
			refused(shorter, /its number is|not a genesis block/);
			refused(renumbered(shorter), /no block before it|not a genesis block/);
		}
	});

	test("is refused with an entry put in twice", () => {
		refused(renumbered(entries.toSpliced(1, 0, entries[1])), /wrong place/);
		refused(renumbered(entries.toSpliced(1, 0, entries[0])), /second genesis/);
	});

	test("is refused with another name in a body", () => {
		for (const [number, entry] of entries.entries()) {
			const changed = entries.with(number, { ...entry, body: entry.body.with(0, "thief") });
			refused(changed, new RegExp(`^block ${number}: "body" is not what was signed`));
		}
	});

	test("is refused with any other field changed", () => {
		const changes = { hash: "00".repeat(32), parents: [], home: "00", author: "00", time: -1, kind: 9 };
		for (const [field, value] of Object.entries(changes)) {
			refused(entries.with(1, { ...entries[1], [field]: value }), /^block 1: /);
		}
		refused(entries.with(1, { ...entries[1], more: 1 }), /^block 1: its fields/);
	});

	test("is refused when it is no chain at all", () => {
		for (const text of ["", "{}", "[]", "[null]", "[1]", '[{"kind":0}]']) {
			assert.throws(() => verifyExport(text), ExportError);
		}
	});
});

/** A key with its compressed public half and its id. */
class Signer {
	constructor() {
		const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
		const { x, y } = publicKey.export({ format: "jwk" });
		const last = Buffer.from(y, "base64url").at(-1);
		this.privateKey = privateKey;
		this.key = Buffer.concat([Buffer.from([2 + (last & 1)]), Buffer.from(x, "base64url")]);
		this.id = sha256(this.key).subarray(0, 8);
	}

	/** r and s, with a low s, or with a high one. */
	sign(message, isHigh = false) {
		const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
		const signature = sign("sha256", message, { key: this.privateKey, dsaEncoding: "ieee-p1363" });
		const s = BigInt(`0x${signature.toString("hex", 32)}`);
		if (s > order / 2n !== isHigh) signature.write((order - s).toString(16).padStart(64, "0"), 32, "hex");
		return signature;
	}
}

function sha256(bytes) {
	return createHash("sha256").update(bytes).digest();
}

const empty = new Uint8Array(0);
const header = Uint8Array.of(0xa1, 0x01, 0x26);

/** An entry as a node exports it, of what a block says. */
function entryOf(number, signer, said, { isHigh, payload = payloadOf(said, signer) } = {}) {
	const signature = signer.sign(encode(["Signature1", header, empty, payload]), isHigh);
	const [parents, home] = [said.parents.map(hex), hex(said.home)];
	const { author = signer.id, sequence, time, kind, body } = said;
	return {
		number,
		hash: hex(sha256(payload)),
		parents,
		home,
		author: hex(author),
		sequence,
		time,
		kind,
		body: body.map(item => (item instanceof Uint8Array ? hex(item) : item)),
		cose: hex(encode([header, new Map(), payload, signature]))
	};
}

function payloadOf({ home, parents, author, sequence, time, kind, body }, signer) {
	return encode([1, home, parents, author ?? signer.id, sequence, time, kind, body]);
}

function hex(bytes) {
	return Buffer.from(bytes).toString("hex");
}

describe("the export of a chain with ranks, a removal, a new key and a checkpoint", () => {
	let folder;
	let before1;
	let after1;
	const nodes = [];

	before(async () => {
		folder = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
		const ports = await freePorts(4);
		const [lamp, door, desk, knob] = ["lamp", "door", "desk", "knob"].map((name, index) => {
			const peers = index === 0 ? [] : [`127.0.0.1:${ports[0]}`];
			const data = path.join(folder, name);
			return new NodeProcess({ data, port: ports[index], peers, settings: ["rounds=1000"] });
		});
		nodes.push(lamp, door, desk, knob);
		lamp.start("y", "lamp", "light", ...secrets, "begun");
		await lamp.waitFor(/ready [0-9a-f]{16} /);
		for (const [node, name, type] of [
			[door, "door", "lock"],
			[desk, "desk", "light"],
			[knob, "knob", "switch"]
		]) {
			node.start("n", name, type, ...secrets);
			await node.waitFor(/ready [0-9a-f]{16} /);
		}
		await lamp.ask("grant knob admin", /knob is an admin/);
		await lamp.ask("grant knob unlock door", /knob may unlock door/);
		await knob.until("members", /knob \(switch, admin\)/);
		await knob.ask("rotate", /new key/);
		await knob.ask("remove desk", /\(y\/n\)/);
		await knob.ask("y", /desk is removed/);
		await knob.ask("n", /\n|^/);
		await lamp.until("status", /members +3;/);
		const [first] = await lamp.ask("export", /\[\{.*\}\]\n/);
		before1 = JSON.parse(first);
		await lamp.ask("rotate", /new key/);
		await lamp.ask("checkpoint", /\(y\/n\)/);
		await lamp.ask("y", /Checkpoint 1 is made/);
		await lamp.ask("grant knob unlock all", /may unlock every lock/);
		await knob.until("status", /chain +4 blocks/);
		await knob.ask("ungrant lamp unlock door", /may not/);
		await lamp.until("status", /chain +5 blocks/);
		const [second] = await lamp.ask("export", /\[\{.*\}\]\n/);
		after1 = JSON.parse(second);
	});

	after(async () => {
		await Promise.all(nodes.map(each => (each.isRunning ? each.stop() : undefined)));
		await rm(folder, { recursive: true, force: true });
	});

	test("is verified before the checkpoint and after it", () => {
		assert.equal(run(before1).stderr, "");
		assert.equal(before1.length, 8);
		assert.equal(run(after1).stderr, "");
		assert.deepEqual(
			after1.map(({ kind }) => kind),
			[0, 3, 5, 4, 4],
			"genesis, the founder's new key, the checkpoint, and two grants"
		);
	});

	test("is refused with another table, without it, and with a digit of any block changed", () => {
		const at = after1.findIndex(({ kind }) => kind === 5);
		const { table, ...bare } = after1[at];
		refused(after1.with(at, { ...bare, table: `${table.slice(0, -2)}00` }), /table is not the checkpoint's/);
		refused(after1.with(at, bare), /no block before it/);
		for (const [number, entry] of after1.entries()) {
			for (let place = 0; place < entry.cose.length; place += 7) {
				const digit = Number.parseInt(entry.cose[place], 16) ^ 1;
				const cose = entry.cose.slice(0, place) + digit.toString(16) + entry.cose.slice(place + 1);
				refused(after1.with(number, { ...entry, cose }), /./);
			}
		}
	});
});

describe("the export of a chain that is well formed throughout", () => {
	const founder = new Signer();
	const joiner = new Signer();
	const stranger = new Signer();
	const genesisBody = ["lamp", 0, founder.key, 0, 4096, null];
	const beginning = { parents: [sha256("begin")], home: empty, sequence: 0, time: null, kind: 0 };
	const genesis = entryOf(0, founder, { ...beginning, body: genesisBody });
	const parents = [Buffer.from(genesis.hash, "hex")];
	const home = parents[0].subarray(0, 8);
	const body = ["door", 1, joiner.key];
	const add = { parents, home, sequence: 1, time: 1_700_000_000, kind: 1, body };

	test("is verified", () => {
		assert.equal(verifyExport(JSON.stringify([genesis, entryOf(1, founder, add)])).length, 2);
	});

	test("is refused with a signature whose s is high", () => {
		refused([genesis, entryOf(1, founder, add, { isHigh: true })], /^block 1: .* s is not low/);
	});

	test("is refused with a block by somebody who is no member, or who admits himself", () => {
		for (const signer of [stranger, joiner]) {
			refused([genesis, entryOf(1, signer, { ...add, sequence: 0 })], /is not a member before it/);
		}
	});

	test("is refused with a block that somebody signed for a member", () => {
		refused([genesis, entryOf(1, stranger, { ...add, author: founder.id })], /the signature is not by/);
	});

	test("is refused with a sequence that leaves one out, or comes again", () => {
		for (const sequence of [0, 2])
			refused([genesis, entryOf(1, founder, { ...add, sequence })], /its author's next is 1/);
	});

	test("is refused with a block of another home", () => {
		refused([genesis, entryOf(1, founder, { ...add, home: stranger.id })], /of another home/);
	});

	test("is refused with a genesis block by somebody else than its founder", () => {
		refused([entryOf(0, stranger, { ...beginning, body: genesisBody })], /not the owner of its key/);
	});

	test("is refused with a key that is on no curve", () => {
		const key = Buffer.concat([Buffer.from([2]), Buffer.alloc(32, 0xff)]);
		refused([genesis, entryOf(1, founder, { ...add, body: ["door", 1, key] })], /no point of P-256/);
	});

	test("is refused with a number written longer than it needs to be", () => {
		const payload = Buffer.concat([Buffer.from([0x88, 0x18, 0x01]), payloadOf(add, founder).subarray(2)]);
		refused([genesis, entryOf(1, founder, add, { payload })], /the payload is not/);
	});
});
