import { toHex } from "../../../modules/bytes/bytes.js";
import { type Finding, Freshness } from "../../../modules/node/freshness.js";
import { Peers } from "../../../modules/node/peers.js";
import { Store } from "../../../modules/store/store.js";
import { equal } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** What the door finds who waits for an owner that was telling something as it died, and after how many milliseconds. */
function foundOut(asker: string): readonly [Finding | undefined, number] {
	const story = new Story();
	const chain = story.withMembers("door", "knob");
	const clock = new VirtualClock();
	const id = (name: string) => toHex(story.node(name).id);
	const peers = new Peers(new Store({ preference: new MemoryPreference(), domain: "test" }));
	const freshness = new Freshness({
		clock,
		chain,
		peers,
		exchange: {
			start: () => undefined,
			whenCaughtUp: () => undefined,
			learnsFrom: isMeant => isMeant(id("lamp"))
		},
		knock: () => undefined,
		self: id("door")
	});
	const start = clock.now();
	let found: Finding | undefined;
	let took = 0;
	freshness.before(id(asker), finding => {
		found = finding;
		took = clock.now() - start;
	});
	clock.advance(20_000);
	return [found, took];
}

export default suite("the wait for what an owner tells", {
	"ends too late for a command that waits": () => equal(foundOut("knob"), ["late", 10_000]),
	"ends in time for who is to be admitted, where this node is to sign": () =>
		equal(foundOut("door"), ["late", 5_000])
});
