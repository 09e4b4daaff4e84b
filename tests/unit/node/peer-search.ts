import type { Address } from "../../../modules/node/node.js";
import { PeerSearch } from "../../../modules/node/peer-search.js";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

const here: Address = { host: "10.0.0.1", port: 5683 };
const elsewhere: Address = { host: "10.0.0.9", port: 5683 };

/** A search among peers all of whom were last seen `here`; `answers`: where those that answer say that they are. */
function setUp(answers: { readonly [peer: string]: Address } = {}) {
	const clock = new VirtualClock();
	const sought: { readonly peer: string; readonly at: number }[] = [];
	const found: string[] = [];
	const places = new Map<string, Address>();
	const search = new PeerSearch({
		clock,
		random: count => new Uint8Array(count),
		peers: { addressOf: peer => (peer === "nobody" ? undefined : (places.get(peer) ?? here)) },
		locate: (peer, done) => {
			sought.push({ peer, at: clock.now() });
			clock.after(10, () => done(answers[peer]));
		},
		onFound: peer => found.push(peer)
	});
	return { clock, places, search, sought, found };
}

export default suite("searching for peers", {
	"one that does not answer is searched for at once, and told of where it is elsewhere": () => {
		const { clock, search, sought, found } = setUp({ door: elsewhere, lamp: here });
		search.missed("door");
		equal(sought, [{ peer: "door", at: 0 }]);
		clock.advance(10);
		equal(found, ["door"]);
		clock.advance(10_000);
		search.missed("lamp");
		search.missed("nobody");
		clock.advance(10_000);
		equal(
			sought.map(({ peer }) => peer),
			["door", "lamp"]
		);
		equal(found, ["door"]);
	},
	"one that is not found is searched for again after 2 s, then 4 s and so on to a minute": () => {
		const { clock, search, sought } = setUp();
		for (let second = 0; second < 400; second += 1) {
			search.missed("door");
			clock.advance(1_000);
		}
		equal(
			sought.map(({ at }) => at / 1_000),
			[0, 2, 6, 14, 30, 62, 122, 182, 242, 302, 362]
		);
		equal(clock.pending, 0);
	},
	"who says that it is that is no reason to search more often, but where it has shown to be is": () => {
		const { clock, places, search, sought } = setUp({ door: elsewhere });
		const spend = (seconds: number) => {
			for (let second = 0; second < seconds; second += 1) {
				search.missed("door");
				clock.advance(1_000);
			}
		};
		spend(10);
		places.set("door", elsewhere);
		spend(5);
		equal(
			sought.map(({ at }) => at / 1_000),
			[0, 2, 6, 10, 12]
		);
	},
	"one that was not missed for two minutes is searched for as if for the first time": () => {
		const { clock, search, sought } = setUp();
		for (const wait of [2_000, 4_000, 120_001, 2_000, 4_000]) {
			search.missed("door");
			clock.advance(wait);
		}
		equal(sought.length, 5);
	},
	"many are searched for one after the other, whom one waits for now first": () => {
		const { clock, search, sought } = setUp();
		const all = Array.from({ length: 20 }, (_, index) => `peer ${index}`);
		for (const peer of all) search.missed(peer);
		for (const peer of all) search.missed(peer);
		clock.advance(20_000);
		equal(
			sought.map(({ peer }) => peer),
			["peer 0", ...all.slice(1).reverse()]
		);
		ok(
			sought.every(({ at }, index) => index === 0 || at - (sought[index - 1]?.at ?? 0) >= 250),
			"not all at once"
		);
	}
});
