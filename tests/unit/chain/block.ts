import { compareBytes } from "../../../modules/bytes/bytes.js";
import { type CborValue, decode, encode } from "../../../modules/cbor/cbor.js";
import {
	Block,
	BlockError,
	type BlockFault,
	type Body,
	blockLimit,
	Kind,
	nameFault,
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
const home = genesis.hash.slice(0, 8);
const fields = { home, parents: [genesis.hash], author: founder.id, sequence: 1, time: 5 };

/** The payload of a good add block, with one field replaced. */
function payloadWith(index: number, value: CborValue): Uint8Array {
	const payload: CborValue[] = [1, home, [genesis.hash], founder.id, 1, 5, 1, ["lock", 1, joiner.key]];
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
		const block = new Block(signBlock({ ...fields, body: addBody(joiner, "lock") }, founder.privateKey).cose);
		equal(block.home, home);
		equal(block.parents, [genesis.hash]);
		equal(block.author, founder.id);
		equal(block.sequence, 1);
		equal(block.time, 5);
		equal(block.body, addBody(joiner, "lock"));
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
		const message = sha256(bytes("68656c6c6f"));
		const body = ["lamp", 0, founder.key, 0, 1000, null];
		equal(decode(payload), [1, new Uint8Array(0), [message], founder.id, 0, 1_700_000_000, 0, body]);
		equal(founder.id, nodeIdOf(founder.key));
		equal(hex(founder.id), hex(sha256(founder.key)).slice(0, 16));
	},
	"comes out the same each time, so that a retry makes no second block": () => {
		equal(testGenesis(founder).cose, genesis.cose);
	},
	"carries every kind of body there and back": () => {
		const bodies: Body[] = [
			{ kind: Kind.remove, ids: [founder.id, joiner.id].sort(compareBytes) },
			{ kind: Kind.rotate, key: joiner.key, proof: new Uint8Array(64).fill(9) },
			{ kind: Kind.grant, id: joiner.id, action: 255, device: null, granted: true },
			{ kind: Kind.grant, id: joiner.id, action: 5, device: founder.id, granted: false },
			{ kind: Kind.checkpoint, number: 3, hash: new Uint8Array(32).fill(1) },
			{ kind: undefined, number: 77, value: ["of the future", 1] }
		];
		for (const body of bodies) {
			equal(new Block(signBlock({ ...fields, body }, founder.privateKey).cose).body, body);
		}
	},
	"refuses another version as such": () => {
		refusedPayload(payloadWith(0, 2), "version", "version 2");
		refusedPayload(encode([2]), "version");
	},
	"refuses fields that are not as the design says": () => {
		const wrong: [number, CborValue][] = [
			[0, "1"],
			[1, new Uint8Array(0)],
			[1, new Uint8Array(7)],
			[1, null],
			[2, []],
			[2, [new Uint8Array(31)]],
			[2, [genesis.hash, genesis.hash]],
			[2, [bytes("ff".repeat(32)), bytes("00".repeat(32))]],
			[2, Array.from({ length: 9 }, (_, i) => new Uint8Array(32).fill(i))],
			[3, new Uint8Array(9)],
			[4, -1],
			[4, "1"],
			[5, -1],
			[5, "now"],
			[6, -1],
			[6, null],
			[7, []],
			[7, null],
			[7, ["lock", 1]],
			[7, ["lock", 1, joiner.key, 0]],
			[7, ["", 1, joiner.key]],
			[7, ["a\u0007", 1, joiner.key]],
			[7, ["x".repeat(25), 1, joiner.key]],
			[7, ["lock", 256, joiner.key]],
			[7, ["lock", -1, joiner.key]],
			[7, ["lock", 1, joiner.key.subarray(1)]],
			[7, [5, 1, joiner.key]]
		];
		for (const [index, value] of wrong) refusedPayload(payloadWith(index, value), "malformed");
	},
	"refuses bodies of the other kinds that are not as the design says": () => {
		const wrong: [number, CborValue][] = [
			[Kind.remove, [[]]],
			[Kind.remove, [Array.from({ length: 25 }, () => joiner.id)]],
			[Kind.remove, [[new Uint8Array(7)]]],
			[Kind.rotate, [joiner.key, new Uint8Array(63)]],
			[Kind.grant, [joiner.id, 5, null, 1]],
			[Kind.grant, [joiner.id, 256, null, true]],
			[Kind.grant, [joiner.id, 5, new Uint8Array(4), true]],
			[Kind.checkpoint, [-1, new Uint8Array(32)]],
			[Kind.checkpoint, [1, new Uint8Array(16)]],
			[Kind.genesis, ["lamp", 0, founder.key, 0, 1000, null]]
		];
		for (const [kind, body] of wrong) {
			const payload = encode([1, home, [genesis.hash], founder.id, 1, 5, kind, body]);
			refusedPayload(payload, "malformed");
		}
	},
	"refuses a genesis block that does not stand on its own": () => {
		const parent = new Uint8Array(32);
		const good: CborValue[] = [1, new Uint8Array(0), [parent], founder.id, 0, null, 0];
		const body: CborValue[] = ["lamp", 0, founder.key, 0, 1000, joiner.key];
		ok(new Block(signCose(founder.privateKey, encode([...good, body]))));
		const changed = (index: number, value: CborValue) =>
			good.map((field, at) => (at === index ? value : field));
		refusedPayload(encode([...changed(3, joiner.id), body]), "malformed", "author");
		refusedPayload(encode([...changed(4, 1), body]), "malformed", "sequence 0");
		refusedPayload(
			encode([...changed(2, [parent, bytes("01".repeat(32))]), body]),
			"malformed",
			"one parent"
		);
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
		const good = payloadWith(5, 5);
		refusedPayload(Uint8Array.of(...good, 0), "malformed");
		refused(Uint8Array.of(...genesis.cose, 0), "malformed");
		for (let length = 0; length < genesis.cose.length; length += 1) {
			refused(genesis.cose.subarray(0, length), "malformed");
		}
		const room = { kind: undefined, number: 9, value: new Uint8Array(800) } as const;
		ok(signBlock({ ...fields, body: room }, founder.privateKey).cose.length <= blockLimit);
		const long = { kind: undefined, number: 9, value: new Uint8Array(blockLimit) } as const;
		throws(() => signBlock({ ...fields, body: long }, founder.privateKey), BlockError, "at most 1020");
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
	"names have 1 to 24 bytes and no control characters": () => {
		for (const name of ["a", "Lampe Küche", "灯".repeat(8), "x".repeat(24)])
			equal(nameFault(name), undefined);
		for (const name of ["", "x".repeat(25), "灯".repeat(9), "a\nb", "\u007f", "\u0085", "\ud800"]) {
			ok(nameFault(name) !== undefined, JSON.stringify(name));
		}
	}
});
