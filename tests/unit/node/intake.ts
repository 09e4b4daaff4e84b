import { compareBytes } from "../../../modules/bytes/bytes.js";
import { type Block, BlockError, type Body, Chain, Kind } from "../../../modules/chain/chain.js";
import { BlockIntake, type Taken } from "../../../modules/node/block-intake.js";
import { WriteShares } from "../../../modules/node/node.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { MemoryStorage } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

function blocksIn(chain: Chain): Uint8Array[] {
	return Array.from({ length: chain.length }, (_, number) => chain.blockAt(number).cose);
}

/** A home's first blocks, and an empty chain that takes them in. */
function setUp(onBlock: () => void = () => undefined) {
	const story = new Story();
	const full = story.withMembers("door", "knob");
	const blocks = [story.genesis.cose, ...blocksIn(full)];
	const clock = new VirtualClock();
	const chain = new Chain({ storage: new MemoryStorage(), home: story.home });
	let news = 0;
	const seen: boolean[] = [];
	const intake: BlockIntake = new BlockIntake({
		chain,
		clock,
		report: () => undefined,
		onBlock: () => {
			seen.push(intake.isBusy);
			onBlock();
		}
	});
	chain.onChanged(() => {
		news += 1;
	});
	const results: Taken[] = [];
	const take = (which: readonly Uint8Array[]) => intake.take("peer", which, taken => results.push(taken));
	return { story, full, intake, clock, chain, blocks, take, results, seen, news: () => news };
}

export default suite("the intake of blocks", {
	"takes one in a turn of the loop, and tells of each": () => {
		const { intake, clock, chain, blocks, take, results, seen, news } = setUp();
		take(blocks);
		equal([chain.length, intake.isBusy, news()], [0, true, 1]);
		clock.advance(10);
		equal([chain.length, intake.isBusy, news()], [2, false, 3]);
		equal(seen, [true, true, true]);
		equal(results, [{ count: 3, lie: undefined, refusal: undefined }]);
		take(blocks);
		clock.advance(10);
		equal([news(), results[1]?.count], [3, 0], "the same again is no news");
	},
	"has so many blocks of each author stored in a row, then one a minute, and an owner's whatever comes":
		() => {
			const { story, full } = setUp();
			const clock = new VirtualClock();
			const chain = story.copy(full);
			const guarded = new Chain({
				storage: new MemoryStorage(),
				home: story.home,
				shares: new WriteShares(clock)
			});
			for (const cose of [story.genesis.cose, ...blocksIn(chain)]) guarded.add(cose);
			// Each comes before all that were brought before it.
			const tries = (name: string, body: Body) => {
				const made = Array.from({ length: 40 }, (_, time) => story.forge(name, { body, sequence: 0, time }));
				return made.sort((a, b) => compareBytes(b.hash, a.hash));
			};
			const bring = (which: readonly Block[]) => which.map(block => story.refusal(guarded, block));
			const doors = tries("door", { kind: Kind.describe, name: "door", types: Uint8Array.of(1) });
			const told = bring(doors);
			equal(told.slice(0, 16), Array(16).fill(undefined));
			equal(told.slice(16), Array(24).fill("often"));
			const asked = throws(() => guarded.prepare(doors[20]?.cose ?? story.genesis), BlockError);
			equal(asked.reason, "often", "before its signature is checked");
			clock.advance(60_000);
			equal(bring(doors.slice(38)), [undefined, "often"]);
			// Nobody uses up another's.
			const knobs = tries("knob", { kind: Kind.describe, name: "knob", types: Uint8Array.of(1) });
			for (const { cose } of knobs) {
				const forged = cose.map((byte, at) => (at < cose.length - 1 ? byte : byte ^ 1));
				equal(throws(() => guarded.add(forged), BlockError).reason, "signature");
			}
			equal(bring(knobs.slice(0, 1)), [undefined]);
			const taken = Array.from({ length: 40 }, (_, taking) =>
				story.forge("lamp", { body: story.removeBody(taking + 1, `nobody ${taking}`), sequence: 0 })
			);
			ok(!bring(taken).includes("often"), "an owner's");
			equal(bring([story.forge("lamp", { body: story.removeBody(1, "door"), sequence: 0 })]), [undefined]);
			ok(!story.members(guarded).includes("door"));
		},
	"who waits for it to be free is called once, and at once where it is": () => {
		const { intake, clock, blocks, take } = setUp();
		const called: number[] = [];
		take(blocks);
		for (const number of [1, 2]) intake.whenFree(() => called.push(number));
		equal(called, []);
		clock.advance(10);
		equal(called, [1, 2]);
		intake.whenFree(() => called.push(3));
		equal(called, [1, 2, 3]);
		take(blocks);
		clock.advance(10);
		equal(called, [1, 2, 3]);
	},
	"of bases one is judged at a time, whoever brings others meanwhile, and each is told of": () => {
		const { story, full, clock, results } = setUp();
		const chain = story.withMembers();
		const bundles = ["door", "knob"].map(name => {
			const copy = story.copy(full);
			story.describe(copy, name, { name: `${name} 2`, types: Uint8Array.of(1) });
			story.checkpoint(copy);
			if (name === "knob") story.checkpoint(copy);
			return copy.bundle;
		});
		let [judging, most] = [0, 0];
		const judge = chain.judgeBase.bind(chain);
		const counted: Chain["judgeBase"] = function* (offer) {
			judging += 1;
			most = Math.max(most, judging);
			try {
				return yield* judge(offer);
			} finally {
				judging -= 1;
			}
		};
		// Where classes lie in ROM, nothing can be assigned over what they have.
		Object.defineProperty(chain, "judgeBase", { value: counted });
		const nothing = () => undefined;
		const busy = new BlockIntake({ chain, clock, report: nothing, onBlock: nothing });
		for (let count = 0; count < 3; count += 1)
			for (const bundle of bundles) {
				ok(bundle !== undefined);
				busy.adopt("peer", bundle, taken => results.push(taken));
			}
		clock.advance(10);
		equal([results.length, most, busy.isBusy, chain.checkpoint], [6, 1, false, 2]);
	},
	"a lie ends a delivery, and the intake goes on with the next": () => {
		const { intake, clock, blocks, take, results } = setUp();
		const [genesis = new Uint8Array(0)] = blocks;
		const forged = genesis.slice();
		forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
		take([forged]);
		equal([intake.isBusy, results[0]?.lie !== undefined], [false, true]);
		take(blocks);
		clock.advance(10);
		equal([intake.isBusy, results[1]?.count], [false, 3]);
	},
	"a lie that waited for a block is not laid to who brings that block": () => {
		const { story, full, intake, clock, chain, blocks, take, results } = setUp();
		const [genesis = new Uint8Array(0), ...others] = blocks;
		take([genesis]);
		clock.advance(10);
		// It rests on what is not here yet, so that who it is by cannot be looked at.
		const forged = story.add(full, "lamp", "desk").cose.slice();
		forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
		take([forged]);
		clock.advance(10);
		equal([intake.isBusy, results[1]?.count, results[1]?.lie], [false, 0, undefined]);
		take(others);
		clock.advance(10);
		equal(results[2], { count: 2, lie: undefined, refusal: undefined });
		equal([intake.isBusy, chain.length], [false, 2]);
	},
	"a fault of the node's own ends a delivery only": () => {
		let isFaulty = true;
		const { intake, clock, blocks, take, results } = setUp(() => {
			if (isFaulty) throw new TypeError("a fault");
		});
		throws(() => take(blocks), TypeError, "a fault");
		equal([intake.isBusy, results.length], [false, 1], "who waited for it hears so");
		ok(results[0]?.refusal !== undefined);
		isFaulty = false;
		take(blocks);
		clock.advance(10);
		equal([intake.isBusy, results[1]?.count], [false, 2], "genesis was in already");
	},
	"nor does one that comes as a base is told of": () => {
		const { story, full, clock, results } = setUp();
		const chain = story.withMembers();
		const copy = story.copy(full);
		story.checkpoint(copy);
		const { bundle } = copy;
		ok(bundle !== undefined);
		const onBlock = () => {
			throw new TypeError("a fault");
		};
		const intake = new BlockIntake({ chain, clock, report: () => undefined, onBlock });
		intake.adopt("peer", bundle, taken => results.push(taken));
		throws(() => clock.advance(100), TypeError, "a fault");
		clock.advance(100);
		equal([chain.checkpoint, intake.isBusy, results.length], [1, false, 1]);
	}
});
