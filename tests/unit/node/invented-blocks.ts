import { toHex } from "../../../modules/bytes/bytes.js";
import { Kind } from "../../../modules/chain/chain.js";
import { sha256 } from "../../../modules/crypto/crypto.js";
import { BlockExchange, type Outcome } from "../../../modules/node/block-exchange.js";
import { BlockIntake } from "../../../modules/node/block-intake.js";
import { summaryOf } from "../../../modules/node/chain-summary.js";
import { Peers } from "../../../modules/node/peers.js";
import { Prefixes } from "../../../modules/node/prefixes.js";
import { secureNotation } from "../../../modules/secure/secure-notation.js";
import { Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { ExchangingHouse } from "../../harness/exchanging-house.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

const { blocksQuery, comparison, hashes, delivery } = secureNotation;

export default suite("blocks that nobody has made", {
	"are asked for in bounds, however many a member says that it has": () => {
		const story = new Story();
		const chain = story.withMembers("door", "spy");
		const clock = new VirtualClock();
		const nothing = () => undefined;
		let [requests, invented] = [0, 0];
		const summary = summaryOf(chain);
		const [first] = summary.authors;
		ok(first !== undefined);
		const changed = { ...summary, authors: [{ ...first, count: 512, digest: new Uint8Array(16) }] };
		/** What the spy answers. */
		const answer = (payload: Uint8Array): Uint8Array => {
			const query = blocksQuery.read(payload);
			if ("want" in query) return delivery.write([]);
			if ("authors" in query) {
				const names = Array.from({ length: 512 }, () => sha256(Uint8Array.of(invented >> 8, invented++)));
				return hashes.write(Prefixes.of(names));
			}
			const digest = new Uint8Array(32);
			const [covered, peers] = [Prefixes.of([]), []];
			return comparison.write({ digest, authority: digest, summary: changed, covered, peers });
		};
		const exchange = new BlockExchange({
			chain,
			clock,
			peers: new Peers(new Store({ preference: new MemoryPreference(), domain: "door" })),
			notation: secureNotation,
			self: toHex(story.node("door").id),
			intake: new BlockIntake({ chain, clock, onBlock: nothing, report: nothing }),
			report: nothing,
			onSameAuthority: nothing,
			onSelf: nothing,
			link: {
				request: ({ payload, onReply }) => {
					requests += 1;
					clock.after(5, () => onReply(answer(payload)));
					return { cancel: nothing };
				},
				serve: () => nothing
			}
		});
		let outcome: Outcome | undefined;
		exchange.start(toHex(story.node("spy").id), ended => {
			outcome = ended;
		});
		clock.advance(60_000);
		equal(outcome?.same, false);
		ok(requests <= 40, `${requests} requests`);
	},
	"are told of in a line in five seconds, however many a member brings": () => {
		const house = new ExchangingHouse();
		const { story, clock, reports } = house;
		const chain = story.withMembers("door", "spy");
		const body = { kind: Kind.describe, name: "spy", types: Uint8Array.of(1) };
		const { cose } = story.forge("spy", { body, sequence: 5, turn: 0 });
		house.member("door", chain);
		const taken = house.flood("spy", house.id("door"), [cose]);
		clock.advance(20_000);
		ok(taken() > 100, `${taken()} deliveries`);
		const told = reports.filter(text => text.includes("was refused"));
		ok(told.length > 0 && told.length <= 5, `${told.length} lines`);
	}
});
