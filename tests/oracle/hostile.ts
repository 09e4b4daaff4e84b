import fc from "fast-check";
import { type CborValue, decode, encode } from "../../modules/cbor/cbor.js";
import { BlockError, type Bundle, type Chain } from "../../modules/chain/chain.js";
import { hashOfTable, partsOfTable } from "../../modules/chain/table.js";
import { decodeTable } from "../../modules/chain/table-reader.js";
import { sha256, signCose } from "../../modules/crypto/crypto.js";
import { hex, ok } from "../harness/assert.js";
import { Story } from "../harness/chain-story.js";
import { suite } from "../harness/suite.js";

/** How many of each. */
const numRuns = 150;

/** A home with a bit of everything. */
function home() {
	const story = new Story();
	const chain = story.withOwners(["door"], ["desk", "oven"]);
	story.grant(chain, "lamp", "desk", 5, "door");
	story.demand(chain, "lamp", "door", { asksTwo: true, autoLock: 30 });
	story.remove(chain, "door", "oven");
	story.add(chain, "desk", "attic");
	story.rotate(chain, "lamp", "lamp's new key");
	story.checkpoint(chain);
	story.describe(chain, "desk", { name: "desk", types: Uint8Array.of(1, 3) });
	return { story, chain };
}

/** Anything that CBOR can say, extreme numbers among it. */
const value = fc.letrec<{ any: CborValue }>(tie => ({
	any: fc.oneof(
		{ depthSize: "small" },
		fc.constantFrom<CborValue>(
			null,
			true,
			false,
			0,
			1,
			255,
			65_535,
			65_536,
			2 ** 32 - 1,
			2 ** 32,
			Number.MAX_SAFE_INTEGER,
			-1
		),
		fc.integer(),
		fc.string({ maxLength: 30 }),
		fc.uint8Array({ maxLength: 40 }),
		fc.constantFrom(16, 32, 33, 64).map(length => new Uint8Array(length).fill(length)),
		fc.array(tie("any"), { maxLength: 6 })
	)
})).any;

/** The paths to all places in a value. */
function pathsIn(whole: CborValue, path: readonly number[] = []): (readonly number[])[] {
	if (!Array.isArray(whole)) return [path];
	return [path, ...whole.flatMap((part: CborValue, at) => pathsIn(part, [...path, at]))];
}

function replaced(whole: CborValue, [at, ...rest]: readonly number[], by: CborValue): CborValue {
	if (at === undefined) return by;
	if (!Array.isArray(whole)) return whole;
	return whole.map((part: CborValue, index) => (index === at ? replaced(part, rest, by) : part));
}

/** The chain refuses it, or takes it; nothing else happens, and a start comes to the same. */
function isSurvived({ story, chain }: ReturnType<typeof home>, work: (chain: Chain) => unknown): void {
	try {
		work(chain);
	} catch (error) {
		if (!(error instanceof BlockError)) throw error;
	}
	chain.dropStaged();
	ok(hex(chain.digest).length > 0);
	void chain.duties;
	story.members(chain);
}

export default suite("chain: what anybody may send", {
	"a block with any field replaced by anything, signed by whoever": () => {
		const world = home();
		const { story, chain } = world;
		const others = new Story().withOwners(["door"], ["desk", "oven"]);
		const blocks = [...Array(chain.length).keys()].map(number => chain.blockAt(number));
		for (let number = 0; number < others.length; number += 1) blocks.push(others.blockAt(number));
		const payloads = blocks.map(({ cose }) => {
			const parts = decode(cose);
			ok(Array.isArray(parts) && parts[2] instanceof Uint8Array);
			return decode(parts[2]);
		});
		const signer = fc.constantFrom("lamp", "door", "desk");
		fc.assert(
			fc.property(fc.constantFrom(...payloads), fc.nat(), value, signer, (payload, at, by, who) => {
				const paths = pathsIn(payload);
				const path = paths[at % paths.length] ?? [];
				const cose = signCose(story.node(who).privateKey, encode(replaced(payload, path, by)));
				isSurvived(world, one => one.add(cose));
			}),
			{ numRuns }
		);
	},
	"bytes that are no block, and blocks with bytes changed": () => {
		const world = home();
		const { cose } = world.chain.blockAt(0);
		fc.assert(
			fc.property(
				fc.uint8Array({ maxLength: 400 }),
				fc.nat(cose.length - 1),
				fc.nat(255),
				(bytes, at, byte) => {
					isSurvived(world, one => one.add(bytes));
					const changed = cose.slice();
					changed[at] = byte;
					isSurvived(world, one => one.stage(changed));
					isSurvived(world, one => one.prepare(changed));
				}
			),
			{ numRuns }
		);
	},
	"a table with anything in it, under an owner's signature": () => {
		const world = home();
		const { story, chain } = world;
		const { bundle } = chain;
		ok(bundle !== undefined);
		const whole = decode(bundle.table);
		const paths = pathsIn(whole);
		fc.assert(
			fc.property(fc.nat(), value, (at, by) => {
				const table = encode(replaced(whole, paths[at % paths.length] ?? [], by));
				isSurvived(world, one => one.adopt(forged(story, bundle, table)));
			}),
			{ numRuns }
		);
	},
	"a bundle with parts of another, missing, or twice": () => {
		const world = home();
		const { bundle } = world.chain;
		ok(bundle !== undefined);
		const part = fc.constantFrom(bundle.checkpoint, bundle.table, ...bundle.anchors, new Uint8Array(0));
		const anchors = fc.array(part, { maxLength: 25 });
		fc.assert(
			fc.property(part, part, anchors, (checkpoint, table, all) => {
				isSurvived(world, one => one.adopt({ checkpoint, table, anchors: all }));
				isSurvived(world, one =>
					one.isProofOfRemoval([checkpoint, table, ...all], world.story.node("desk").id)
				);
			}),
			{ numRuns }
		);
	}
});

/** The bundle with another table, under an owner's signature. */
function forged(story: Story, bundle: Bundle, table: Uint8Array): Bundle {
	const parts = decode(bundle.checkpoint);
	ok(Array.isArray(parts) && parts[2] instanceof Uint8Array);
	const payload = decode(parts[2]);
	const hash = hashOf(table);
	const paths = pathsIn(payload).filter(path => path.length === 2 && path[0] === 8 && path[1] === 3);
	const signed = replaced(replaced(payload, paths[0] ?? [], hash), [8, 2], 2);
	return { ...bundle, table, checkpoint: signCose(story.node("lamp").privateKey, encode(signed)) };
}

/** What its block says of a table, also of one that is none. */
function hashOf(table: Uint8Array): Uint8Array {
	try {
		return hashOfTable(partsOfTable(table, decodeTable(table)));
	} catch (error) {
		if (!(error instanceof BlockError)) throw error;
		return sha256(sha256(table));
	}
}
