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

/** Whether others rest on an entry: the next of its author's, or what the node says that it admits. */
function isNeeded({ hash, kind, body }, entries) {
	const isNamed = entries.some(({ previous }) => previous === hash.slice(0, 32));
	const admitted = kind === 1 ? hex(sha256(Buffer.from(body[4], "hex"))).slice(0, 32) : undefined;
	return isNamed || entries.some(({ author }) => author === admitted);
}

describe("the export of a chain with two logs", () => {
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
			await joiner.waitFor(/ready [0-9a-f]{32} /);
			return joiner;
		};
		const lamp = node("lamp").start("y", "lamp", "light", secrets[0], ...secrets, secrets[1], "Grüße, home");
		await lamp.waitFor(/ready [0-9a-f]{32} /);
		const door = await join("döor 灯", "lock", lamp);
		// Each admits a node while the other is away.
		await lamp.kill();
		const window = await join("window", "sensor", door);
		await door.kill();
		await window.kill();
		lamp.start();
		await lamp.waitFor(/ready [0-9a-f]{32} /);
		await join("knob", "switch", lamp);
		door.start();
		await door.waitFor(/ready [0-9a-f]{32} /);
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
		const authors = new Set(entries.map(({ author }) => author));
		assert.equal(authors.size, 2, "each sponsor has a log of its own");
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
			refused(swapped, /wrong place|not a genesis block/);
		}
	});

	test("is refused with an entry taken out of it on which others rest", () => {
		const needed = entries.filter(entry => isNeeded(entry, entries));
		assert.equal(needed.length, 3, "genesis, the founder's first and the lock's first");
		for (const entry of needed) {
			const shorter = entries.filter(other => other !== entry);
			refused(shorter, /follows no block of its author|is not a member|not a genesis block/);
		}
	});

	test("is refused with an entry put in twice", () => {
		refused(entries.toSpliced(1, 0, entries[1]), /wrong place/);
		refused(entries.toSpliced(1, 0, entries[0]), /second genesis/);
	});

	test("is refused with another name in a body", () => {
		for (const [number, entry] of entries.entries()) {
			const body = entry.body.with(entry.kind === 0 ? 0 : 2, "thief");
			const changed = entries.with(number, { ...entry, body });
			refused(changed, new RegExp(`^block ${number}: "body" is not what was signed`));
		}
	});

	test("is refused with any other field changed", () => {
		const changes = {
			hash: "00".repeat(32),
			era: "00",
			previous: "00",
			author: "00",
			turn: 1,
			time: -1,
			kind: 9
		};
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
		this.id = sha256(this.key).subarray(0, 16);
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
function entryOf(signer, said, { isHigh, payload = payloadOf(said, signer) } = {}) {
	const signature = signer.sign(encode(["Signature1", header, empty, payload]), isHigh);
	const { author = signer.id, era, previous, turn, sequence, time, kind, body } = said;
	return {
		hash: hex(sha256(payload)),
		era: hex(era),
		previous: hex(previous),
		author: hex(author),
		turn,
		sequence,
		time,
		kind,
		body: asJson(body),
		cose: hex(encode([header, new Map(), payload, signature]))
	};
}

function asJson(value) {
	if (value instanceof Uint8Array) return hex(value);
	return Array.isArray(value) ? value.map(asJson) : value;
}

function payloadOf({ era, previous, author, turn, sequence, time, kind, body }, signer) {
	return encode([1, era, previous, author ?? signer.id, turn, sequence, time, kind, body]);
}

function hex(bytes) {
	return Buffer.from(bytes).toString("hex");
}

describe("the export of a home with owners, a removal, new keys, checkpoints and eras", () => {
	let folder;
	let before1;
	let after1;
	let opened;
	let after2;
	const nodes = [];

	before(async () => {
		for (let tries = 5; !(await isExported()); tries -= 1) {
			assert.ok(tries > 0, "an owner's node made a checkpoint of its own each time");
			await clear();
		}
	});

	after(clear);

	/**
	 * A home goes through all of it. False where an owner's node made a checkpoint by itself in between: that comes 1 to
	 * 11 s after somebody is removed or has a new key, for which a slow machine leaves it time.
	 */
	async function isExported() {
		folder = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
		const ports = await freePorts(4);
		const home = ["lamp", "door", "desk", "knob"].map((name, index) => {
			const peers = index === 0 ? [] : [`127.0.0.1:${ports[0]}`];
			const data = path.join(folder, name);
			return new NodeProcess({ data, port: ports[index], peers, settings: ["rounds=1000"] });
		});
		nodes.push(...home);
		const isDisturbed = () => home.some(({ output }) => /made checkpoint/.test(output));
		try {
			await live(...home);
		} catch (error) {
			if (!isDisturbed()) throw error;
		}
		return !isDisturbed();
	}

	async function live(lamp, door, desk, knob) {
		const exported = async node => JSON.parse((await node.ask("export", /\[\{.*\}\]\n/))[0]);
		lamp.start("y", "lamp", "light", secrets[0], ...secrets, secrets[1], "begun");
		await lamp.waitFor(/ready [0-9a-f]{32} /);
		for (const [node, name, type] of [
			[door, "door", "lock"],
			[desk, "desk", "light"],
			[knob, "knob", "switch"]
		]) {
			await lamp.ask("invite", /Inviting/);
			node.start("n", name, type, ...secrets);
			await node.waitFor(/ready [0-9a-f]{32} /);
		}
		await lamp.ask("grant knob unlock door", /knob may unlock door/);
		await knob.until("status", /chain +5 blocks/);
		await knob.ask("rotate", /new key/);
		await lamp.until("status", /chain +6 blocks/);
		await lamp.ask("remove desk", /\(y\/n\)/);
		await lamp.ask("y", /desk is removed/);
		lamp.type("n");
		await knob.until("status", /members +3;/);
		before1 = await exported(knob);
		await lamp.ask("rotate", /new key/);
		await lamp.ask("checkpoint", /\(y\/n\)/);
		await lamp.ask("y", /Checkpoint \d+ is made/);
		await lamp.ask("grant knob unlock all", /may unlock every lock/);
		await lamp.ask("ungrant knob unlock door", /may not/);
		await knob.until("chain", /base checkpoint \d+[\s\S]*forbade/);
		after1 = await exported(knob);
		for (const line of ["recover knob", lamp.recoveryKey, "lamp"]) knob.type(line);
		await knob.waitFor(/Are all of these yours/);
		await knob.ask("y", /Go on\? \(y\/n\)/);
		await knob.ask("y", /A new era of the home has begun/);
		knob.type("n");
		await door.until("chain", /base era 1/);
		opened = await exported(door);
		await knob.ask("checkpoint", /\(y\/n\)/);
		await knob.ask("y", /Checkpoint \d+ is made/);
		await knob.ask("rotate", /new key/);
		await door.until("chain", /base checkpoint \d+ [^\n]* of era 1[\s\S]*took a new key/);
		after2 = await exported(door);
	}

	async function clear() {
		await Promise.all(nodes.splice(0).map(each => (each.isRunning ? each.stop() : undefined)));
		await rm(folder, { recursive: true, force: true });
	}

	test("is verified before and after checkpoint and opening", () => {
		for (const entries of [before1, after1, opened, after2]) assert.equal(run(entries).stderr, "");
		const kindsOf = entries => entries.map(({ kind }) => kind);
		assert.deepEqual(kindsOf(before1).sort(), [0, 1, 1, 1, 2, 3, 4]);
		assert.deepEqual(
			kindsOf(after1),
			[0, 5, 4, 8, 3],
			"genesis, checkpoint, grant, withdraw, the owner's new key"
		);
		assert.deepEqual(kindsOf(opened), [0, 11]);
		assert.deepEqual(kindsOf(after2), [0, 11, 5, 3]);
	});

	test("is refused with another table, without it, and with a digit of any block changed", () => {
		for (const entries of [after1, opened, after2]) {
			const at = entries.findIndex(entry => entry.table !== undefined);
			const { table, ...bare } = entries[at];
			for (const other of [`${table.slice(0, -2)}00`, `${table.slice(0, 60)}00${table.slice(62)}`, ""]) {
				if (other !== table)
					refused(entries.with(at, { ...bare, table: other }), new RegExp(`^block ${at}: `));
			}
			if (at + 1 < entries.length || bare.kind === 5) refused(entries.with(at, bare), /^block \d: /);
			for (const [number, entry] of entries.entries()) {
				for (let place = 0; place < entry.cose.length; place += 7) {
					const digit = Number.parseInt(entry.cose[place], 16) ^ 1;
					const cose = entry.cose.slice(0, place) + digit.toString(16) + entry.cose.slice(place + 1);
					refused(entries.with(number, { ...entry, cose }), /^block \d+: /);
				}
			}
		}
	});

	test("is refused with the opening or the new key taken out that shows who signed", () => {
		refused(after2.toSpliced(1, 1), /another era/);
		// The checkpoint was signed with the key that the rotate before it brought.
		refused(after1.toSpliced(4, 1), /^block 1: the signature is not by/);
		refused([opened[0], ...after1.slice(1)].toSpliced(1, 1), /another home or era|follows no block/);
		refused([after1[0], opened[1], ...after1.slice(1)], /second base/);
	});
});

describe("the export of a chain that is well formed throughout", () => {
	const founder = new Signer();
	const joiner = new Signer();
	const stranger = new Signer();
	const genesisBody = ["lamp", Uint8Array.of(0), founder.key, 1, 4096, null];
	const start = { previous: sha256("begin").subarray(0, 16), turn: 0, sequence: 0, time: null };
	const beginning = { ...start, era: empty, kind: 0 };
	const genesis = entryOf(founder, { ...beginning, body: genesisBody });
	const previous = Buffer.from(genesis.hash, "hex").subarray(0, 16);
	const era = previous;
	const tag = new Uint8Array(8);
	/** What a joiner says of itself to a sponsor. */
	const stated = (sponsor = founder.id, { name = "door", key = joiner.key, named = null } = {}) => {
		const types = Uint8Array.of(1);
		const signature = joiner.sign(encode(["join", era, 0, tag, name, types, key, sponsor]));
		return [0, tag, name, types, key, named, signature];
	};
	const add = { ...start, previous, era, time: 1_700_000_000, kind: 1, body: stated() };
	const byFounder = (said, more) => entryOf(founder, { ...add, ...said }, more);
	/** The entries after genesis, as an export orders them. */
	const chainOf = (...entries) => {
		const place = ({ author, sequence, hash }) => `${author} ${String(sequence).padStart(5, "0")} ${hash}`;
		return [genesis, ...entries.sort((a, b) => (place(a) < place(b) ? -1 : 1))];
	};

	test("is verified", () => {
		assert.equal(verifyExport(JSON.stringify(chainOf(byFounder({})))).length, 2);
	});

	test("is refused with a signature whose s is high", () => {
		refused(chainOf(byFounder({}, { isHigh: true })), /^block 1: .* s is not low/);
	});

	test("is refused with a block by somebody who is no member, or who admits himself", () => {
		for (const signer of [stranger, joiner]) {
			const own = entryOf(signer, { ...add, body: stated(signer.id) });
			refused(chainOf(own), /is not a member/);
		}
	});

	test("is refused with a block that somebody signed for a member", () => {
		refused(chainOf(entryOf(stranger, { ...add, author: founder.id })), /the signature is not by/);
		refused(chainOf(byFounder({ turn: 1 })), /the signature is not by/);
	});

	test("is refused with a sequence that leaves one out, or comes again", () => {
		const first = byFounder({});
		const next = { previous: Buffer.from(first.hash, "hex").subarray(0, 16), kind: 4, body: [] };
		verifyExport(JSON.stringify(chainOf(first, byFounder({ ...next, sequence: 1 }))));
		for (const sequence of [0, 2]) {
			refused(chainOf(first, byFounder({ ...next, sequence })), /follows no block of its author/);
		}
		refused(chainOf(byFounder({ sequence: 1 })), /follows no block of its author/);
	});

	test("is refused with what follows nothing, but for what an owner takes", () => {
		const alone = { previous: sha256("elsewhere").subarray(0, 16), sequence: 3 };
		for (const kind of [2, 8, 9]) {
			const taking = { ...alone, kind, body: [1] };
			verifyExport(JSON.stringify(chainOf(byFounder({}), byFounder(taking))));
			const byJoiner = entryOf(joiner, { ...add, ...taking });
			refused(chainOf(byFounder({}), byJoiner), /follows no block of its author/);
		}
		for (const kind of [1, 4, 6, 7, 10]) {
			const gift = byFounder({ ...alone, kind, body: kind === 1 ? stated() : [1] });
			refused(chainOf(byFounder({}), gift), /follows no block of its author/);
		}
	});

	test("is refused with a statement that the joiner did not make, or made to another sponsor", () => {
		const refusedAdd = body => refused(chainOf(byFounder({ body })), /the joiner did not sign/);
		refusedAdd(stated(stranger.id));
		refusedAdd(stated(founder.id).with(2, "thief"));
		refusedAdd(stated(founder.id).with(4, stranger.key));
		// An owner who confirms shows to whom it was made.
		verifyExport(JSON.stringify(chainOf(byFounder({ body: stated(stranger.id, { named: stranger.id }) }))));
	});

	test("is refused with a new key that was not proven, or that another key signed", () => {
		const proof = (turn, signer = stranger) =>
			signer.sign(encode(["rotate", era, founder.id, turn, stranger.key]));
		const rotate = (signature, signer = founder) =>
			entryOf(signer, {
				...add,
				author: founder.id,
				turn: 1,
				kind: 3,
				body: [stranger.key, signature, previous, 0, 0]
			});
		const after = entryOf(stranger, { ...add, author: founder.id, turn: 1 });
		verifyExport(JSON.stringify(chainOf(rotate(proof(1)), after)));
		refused(chainOf(rotate(proof(2))), /the new key's proof is wrong/);
		refused(chainOf(rotate(proof(1, founder))), /the new key's proof is wrong/);
		refused(chainOf(rotate(proof(1), joiner)), /the signature is not by/);
		refused(chainOf(after), /the signature is not by/);
	});

	test("is refused with a block of another home", () => {
		refused(chainOf(byFounder({ era: stranger.id })), /of another home/);
	});

	test("is refused with a genesis block by somebody else than its founder", () => {
		refused([entryOf(stranger, { ...beginning, body: genesisBody })], /not the owner of its key/);
	});

	test("is refused with a key that is on no curve", () => {
		const key = Buffer.concat([Buffer.from([2]), Buffer.alloc(32, 0xff)]);
		refused(chainOf(byFounder({ body: stated(founder.id, { key }) })), /no point of P-256/);
	});

	test("is refused with a number written longer than it needs to be", () => {
		const payload = Buffer.concat([Buffer.from([0x89, 0x18, 0x01]), payloadOf(add, founder).subarray(2)]);
		refused(chainOf(byFounder({}, { payload })), /the payload is not/);
	});

	/** An export of a second era, of which the recovery key made two owners, with a table by one of them. */
	const underTable = (change, ...entries) => {
		const [recovery, owner, member] = [stranger, joiner, new Signer()];
		const home = entryOf(founder, { ...beginning, body: genesisBody.with(5, recovery.key) });
		const homeId = Buffer.from(home.hash, "hex").subarray(0, 16);
		const rowOf = ({ id }, name) => [id, name, Uint8Array.of(0), null, 0, 2, null, 255];
		const rows = [rowOf(founder, "lamp"), rowOf(owner, "door")];
		rows.push([null, "knob", Uint8Array.of(0), member.key, 0, 1, 0, 0]);
		const withTable = (signer, said, all) => {
			const covers = all.filter(row => row?.[5] === 2).map(() => [0, null]);
			const table = encode([1, all, covers, [], [], 0, empty, empty]);
			// Nobody was removed: the list of those, its last bytes, is empty.
			return { ...entryOf(signer, said(sha256(sha256(table)))), table: hex(table) };
		};
		const owners = [founder, owner].map(({ id, key }) => [id, key, 0]);
		const opening = { ...start, previous: homeId, era: homeId, kind: 11 };
		const opened = withTable(recovery, hash => ({ ...opening, body: [1, hash, owners] }), rows);
		const { table: _, ...bare } = opened;
		const hash = Buffer.from(opened.hash, "hex");
		const id = hash.subarray(0, 16);
		const checkpoint = { ...start, previous: id, era: id, kind: 5 };
		const base = withTable(
			founder,
			of => ({ ...checkpoint, body: [1, hash, 1, of] }),
			change(rows, { owner, member })
		);
		const basePrefix = Buffer.from(base.hash, "hex").subarray(0, 16);
		const said = { ...start, previous: basePrefix, era: id };
		return [home, bare, base, ...entries.map(make => make(said, { owner, member }))];
	};

	test("is verified with a table by one of two owners, and what a member says under it", () => {
		const describes = (said, { member }) =>
			entryOf(member, { ...said, kind: 7, body: ["knob", Uint8Array.of(0)] });
		const entries = underTable(rows => rows, describes);
		assert.equal(verifyExport(JSON.stringify(entries)).length, 4);
	});

	test("is refused with a table that gives another owner a key, or leaves it out", () => {
		const thief = new Signer();
		const asOwner = (said, { owner }) =>
			entryOf(thief, { ...said, author: owner.id, turn: 1, kind: 2, body: [1, [founder.id]] });
		for (const standing of [0, 1, 4, 6]) {
			const row = ({ owner }) => [owner.id, "door", Uint8Array.of(0), thief.key, 1, standing, null, 255];
			refused(
				underTable((rows, who) => rows.with(1, row(who)), asOwner),
				/^block 2: |other owners than/
			);
		}
		refused(
			underTable(rows => rows.toSpliced(1, 1)),
			/other owners than/
		);
	});

	test("is refused with a table that gives a member another key, as if it had never had one", () => {
		const thief = new Signer();
		const row = ({ member }) => [member.id, "knob", Uint8Array.of(0), thief.key, 0, 1, 0, 0];
		refused(
			underTable((rows, who) => rows.with(2, row(who))),
			/^block 2: a member without an id/
		);
	});

	test("is refused, and never ends the verifier, with bodies and rows that are none", () => {
		for (const body of [null, 0, [], [[[]]], "text"]) {
			for (const kind of [1, 3])
				refused(chainOf(byFounder({ kind, turn: kind === 3 ? 1 : 0, body })), /^block 1: /);
			refused(
				underTable(rows => rows.with(2, body)),
				/^block 2: /
			);
		}
	});
});
