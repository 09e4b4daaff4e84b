import { compareBytes } from "../../../modules/bytes/bytes.js";
import { type CborValue, decode, encode } from "../../../modules/cbor/cbor.js";
import {
	Block,
	BlockError,
	type BlockFault,
	type Body,
	baseBlockLimit,
	blockLimit,
	Kind,
	longBlockLimit,
	nodeIdOf,
	signBlock
} from "../../../modules/chain/chain.js";
import { sha256, signCose } from "../../../modules/crypto/crypto.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { addBody, testGenesis, testNode } from "../../harness/blocks.js";
import { suite } from "../../harness/suite.js";

const founder = testNode("founder");
const joiner = testNode("joiner");
const genesis = testGenesis(founder);
const era = genesis.hash.slice(0, 16);
const previous = era;
const fields = { era, previous, author: founder.id, turn: 2, sequence: 1, time: 5 };
const types = Uint8Array.of(1, 2);
const hash = new Uint8Array(32).fill(7);
const half = new Uint8Array(16).fill(8);
const signature = new Uint8Array(64).fill(9);
const tag = new Uint8Array(8).fill(1);

/** A body of each kind, as the format has it. */
const bodies: readonly Body[] = [
	addBody(era, joiner, "gate", { sponsor: founder.id }),
	{ ...addBody(era, joiner, "gate", { sponsor: founder.id }), sponsor: joiner.id },
	{ kind: Kind.remove, taking: 4, ids: [founder.id, joiner.id].sort(compareBytes) },
	{ kind: Kind.rotate, key: joiner.key, proof: signature, base: half, number: 3, lastTaking: 2 },
	{ kind: Kind.grant, id: joiner.id, action: 255, node: null, device: null, limits: null, counted: null },
	{
		kind: Kind.grant,
		id: joiner.id,
		action: 5,
		node: founder.id,
		device: 7,
		limits: { times: 3, notBefore: 1, notAfter: 0xffff_ffff, weekdays: 127, minutes: [0, 1440] },
		counted: half
	},
	{ kind: Kind.withdraw, taking: 1, id: joiner.id, action: 5, node: founder.id, device: null },
	{ kind: Kind.checkpoint, era: 0, opening: hash, number: 3, hash },
	{ kind: Kind.confirm, id: joiner.id, guards: 255 },
	{ kind: Kind.describe, name: "gate", types },
	{ kind: Kind.demand, taking: 0xffff_ffff, node: joiner.id, device: null, asksTwo: true, autoLock: 86_400 },
	{ kind: Kind.waive, node: joiner.id, device: 0, asksTwo: false, autoLock: true },
	{ kind: Kind.opening, era: 1, hash, owners: [{ id: founder.id, key: founder.key, turn: 2 }] },
	{ kind: undefined, number: 77, value: ["of the future", 1] }
];

/** The payload of a good describe, with one field replaced. */
function payloadWith(index: number, value: CborValue): Uint8Array {
	const payload: CborValue[] = [1, era, previous, founder.id, 0, 1, 5, Kind.describe, ["gate", types]];
	payload[index] = value;
	return encode(payload);
}

function refused(cose: Uint8Array, reason: BlockFault, text = ""): void {
	equal(throws(() => new Block(cose), BlockError, text).reason, reason);
}

function refusedPayload(payload: Uint8Array, reason: BlockFault, text = ""): void {
	refused(signCose(founder.privateKey, payload), reason, text);
}

export default suite("block", {
	"says what was signed": () => {
		const body = addBody(era, joiner, "gate", { sponsor: founder.id });
		const block = new Block(signBlock({ ...fields, body }, founder.privateKey).cose);
		const { author, turn, sequence, time } = block;
		equal({ era: block.era, previous: block.previous, author, turn, sequence, time }, fields);
		equal(block.body, body);
		ok(block.isSignedBy(founder.key));
		ok(!block.isSignedBy(joiner.key));
	},
	"is a COSE_Sign1 with the protected header {1: -7} over the payload that the design gives": () => {
		const cose = decode(genesis.cose);
		ok(Array.isArray(cose));
		equal(cose[0], bytes("a10126"));
		equal(cose[1], new Map());
		const payload = cose[2];
		ok(payload instanceof Uint8Array);
		equal(genesis.hash, sha256(payload));
		const message = sha256(bytes("68656c6c6f")).slice(0, 16);
		const body = ["lamp", Uint8Array.of(0), founder.key, 0, 1000, null];
		equal(decode(payload), [1, new Uint8Array(0), message, founder.id, 0, 0, 1_700_000_000, 0, body]);
		equal(founder.id, nodeIdOf(founder.key));
		equal(hex(founder.id), hex(sha256(founder.key)).slice(0, 32));
	},
	"comes out the same each time, so that a retry makes no second block": () => {
		equal(testGenesis(founder).cose, genesis.cose);
	},
	"carries every kind of body there and back": () => {
		for (const body of bodies) {
			equal(new Block(signBlock({ ...fields, body }, founder.privateKey).cose).body, body);
		}
	},
	"no longer than a flash has room for": () => {
		const name = "x".repeat(24);
		const eight = new Uint8Array(8).fill(255);
		const ids = Array.from({ length: 8 }, (_, number) => new Uint8Array(16).fill(number));
		const header = { ...fields, turn: 0xffff, sequence: 0xffff, time: 0xffff_ffff };
		const statement = { number: 0xffff_ffff, tag, name, types: eight, key: joiner.key };
		const lengthOf = (body: Body) => signBlock({ ...header, body }, founder.privateKey).cose.length;
		const add = lengthOf({ kind: Kind.add, ...statement, sponsor: joiner.id, signature });
		const remove = lengthOf({ kind: Kind.remove, taking: 0xffff_ffff, ids });
		const last = { number: 0xffff_ffff, lastTaking: 0xffff_ffff };
		const rotate = lengthOf({ kind: Kind.rotate, key: joiner.key, proof: signature, base: half, ...last });
		ok(Math.max(add, remove, rotate) <= longBlockLimit, `${add} ${remove} ${rotate}`);
		const limits = {
			times: 65_535,
			notBefore: 0xffff_ffff,
			notAfter: 0xffff_ffff,
			weekdays: 127,
			minutes: [1439, 1440] as const
		};
		const grant = { id: joiner.id, action: 255, node: founder.id, device: 7, limits, counted: half };
		const short = Math.max(
			lengthOf({ kind: Kind.grant, ...grant }),
			lengthOf({ kind: Kind.describe, name, types: eight })
		);
		ok(short <= blockLimit, `${short}`);
		const owners = ids.slice(0, 3).map(id => ({ id, key: joiner.key, turn: 0xffff }));
		const opening = lengthOf({ kind: Kind.opening, era: 0xffff_ffff, hash, owners });
		ok(opening <= baseBlockLimit, `${opening}`);
	},
	"refuses another version as such": () => {
		refusedPayload(payloadWith(0, 2), "version", "version 2");
		refusedPayload(encode([2]), "version");
	},
	"refuses fields that are not as the design says": () => {
		const wrong: [number, CborValue][] = [
			[0, "1"],
			[1, new Uint8Array(0)],
			[1, new Uint8Array(15)],
			[1, hash],
			[1, null],
			[2, hash],
			[2, [previous]],
			[2, null],
			[3, new Uint8Array(9)],
			[3, founder.id.subarray(0, 8)],
			[4, -1],
			[4, 0x1_0000],
			[4, "1"],
			[5, -1],
			[5, 0x1_0000],
			[5, null],
			[6, -1],
			[6, "now"],
			[7, -1],
			[7, null],
			[8, []],
			[8, null],
			[8, ["gate"]],
			[8, ["gate", types, 0]],
			[8, ["", types]],
			[8, ["a\u0007", types]],
			[8, ["x".repeat(25), types]],
			[8, ["gate", 1]],
			[8, ["gate", new Uint8Array(0)]],
			[8, ["gate", new Uint8Array(9)]],
			[8, [5, types]]
		];
		for (const [index, value] of wrong) refusedPayload(payloadWith(index, value), "malformed");
	},
	"refuses bodies of the other kinds that are not as the design says": () => {
		const { key } = joiner;
		const wrong: [number, CborValue][] = [
			[Kind.add, [0, tag, "gate", types, key, null, new Uint8Array(63)]],
			[Kind.add, [-1, tag, "gate", types, key, null, signature]],
			[Kind.add, [0, tag, "gate", types, key.subarray(1), null, signature]],
			[Kind.add, [0, tag, "gate", types, key, half.subarray(1), signature]],
			[Kind.add, [0, tag.subarray(1), "gate", types, key, null, signature]],
			[Kind.add, [0, tag, "", types, key, null, signature]],
			[Kind.remove, [1, []]],
			[Kind.remove, [0, [joiner.id]]],
			[Kind.remove, [2 ** 32, [joiner.id]]],
			[Kind.remove, [1, Array.from({ length: 9 }, (_, number) => new Uint8Array(16).fill(number))]],
			[Kind.remove, [1, [joiner.id, joiner.id]]],
			[Kind.remove, [1, [joiner.id.subarray(0, 8)]]],
			[Kind.rotate, [key, new Uint8Array(63), half, 0, 0]],
			[Kind.rotate, [key, signature, hash, 0, 0]],
			[Kind.rotate, [key, signature, half, -1, 0]],
			[Kind.rotate, [key, signature, half, 0, 2 ** 32]],
			[Kind.grant, [joiner.id, 256, null, null, null, null]],
			[Kind.grant, [joiner.id, 5, null, 1, null, null]],
			[Kind.grant, [joiner.id, 5, founder.id, 8, null, null]],
			[Kind.grant, [joiner.id, 5, null, null, [null, null, null, null, null], null]],
			[Kind.grant, [joiner.id, 5, null, null, [0, null, null, null, null], null]],
			[Kind.grant, [joiner.id, 5, null, null, [1, null, null, 128, null], null]],
			[Kind.grant, [joiner.id, 5, null, null, [1, null, null, null, [1440, 1440]], null]],
			[Kind.grant, [joiner.id, 5, null, null, null, hash]],
			[Kind.withdraw, [0, joiner.id, 5, null, null]],
			[Kind.checkpoint, [0, hash, 0, hash]],
			[Kind.checkpoint, [0, hash, 2 ** 28 + 1, hash]],
			[Kind.checkpoint, [0, half, 1, hash]],
			[Kind.confirm, [joiner.id, 256]],
			[Kind.demand, [1, joiner.id, null, 1, null]],
			[Kind.demand, [1, joiner.id, null, true, 0]],
			[Kind.demand, [1, joiner.id, null, true, 86_401]],
			[Kind.demand, [1, null, null, true, null]],
			[Kind.waive, [joiner.id, 8, true, true]],
			[Kind.waive, [joiner.id, 0, true, 1]],
			[Kind.opening, [0, hash, [[joiner.id, key, 0]]]],
			[Kind.opening, [1, hash, []]],
			[Kind.opening, [1, hash, [[joiner.id, key]]]],
			[Kind.opening, [1, hash, [[joiner.id, key, 0x1_0000]]]],
			[Kind.genesis, ["lamp", types, key, 0, 1000, null]]
		];
		for (const [kind, body] of wrong)
			refusedPayload(encode([1, era, previous, founder.id, 0, 1, 5, kind, body]), "malformed");
	},
	"refuses a genesis block that does not stand on its own": () => {
		const good: CborValue[] = [1, new Uint8Array(0), half, founder.id, 0, 0, null, 0];
		const body: CborValue[] = ["lamp", types, founder.key, 0, 1000, joiner.key];
		ok(new Block(signCose(founder.privateKey, encode([...good, body]))));
		const changed = (index: number, value: CborValue) =>
			good.map((field, at) => (at === index ? value : field));
		refusedPayload(encode([...changed(1, era), body]), "malformed", "era");
		refusedPayload(encode([...changed(3, joiner.id), body]), "malformed", "author");
		refusedPayload(encode([...changed(4, 1), body]), "malformed", "turn 0");
		refusedPayload(encode([...changed(5, 1), body]), "malformed", "sequence 0");
		for (const [index, value] of [
			[4, 999],
			[4, 65_537],
			[5, new Uint8Array(32)],
			[3, 256]
		] as const) {
			const wrong = body.map((field, at) => (at === index ? value : field));
			refusedPayload(encode([...good, wrong]), "malformed");
		}
	},
	"refuses trailing bytes, a long block, and every truncation": () => {
		const good = payloadWith(6, 5);
		refusedPayload(Uint8Array.of(...good, 0), "malformed");
		refused(Uint8Array.of(...genesis.cose, 0), "malformed");
		for (let length = 0; length < genesis.cose.length; length += 1) {
			refused(genesis.cose.subarray(0, length), "malformed");
		}
		const room = { kind: undefined, number: 99, value: new Uint8Array(120) } as const;
		ok(signBlock({ ...fields, body: room }, founder.privateKey).cose.length <= blockLimit);
		const isSigned = (length: number) =>
			signBlock({ ...fields, body: { ...room, value: new Uint8Array(length) } }, founder.privateKey);
		const rest = blockLimit - isSigned(120).cose.length;
		equal(isSigned(120 + rest).cose.length, blockLimit);
		for (const length of [121 + rest, longBlockLimit, baseBlockLimit])
			throws(() => isSigned(length), BlockError, "at most");
	},
	"with any bit flipped is refused or not signed by its author": () => {
		for (let bit = 0; bit < genesis.cose.length * 8; bit += 7) {
			const cose = genesis.cose.slice();
			cose[bit >> 3] = (cose[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			try {
				ok(!new Block(cose).isSignedBy(founder.key), `bit ${bit}`);
			} catch (error) {
				ok(error instanceof BlockError, `bit ${bit}: ${error}`);
			}
		}
	},
	"that gives a name which breaks the rule of form is malformed": () => {
		const names = [
			"all",
			"lights",
			"a~b",
			"lаmp",
			" lamp",
			"deadbeef",
			"e\u0301",
			"a\u200bb",
			"x".repeat(25)
		];
		for (const name of names) {
			refusedPayload(payloadWith(8, [name, types]), "malformed");
			const body = addBody(era, joiner, name, { sponsor: founder.id });
			throws(() => signBlock({ ...fields, body }, founder.privateKey), BlockError);
		}
	}
});
