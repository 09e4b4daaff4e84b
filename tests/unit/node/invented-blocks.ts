import { toHex } from "../../../modules/bytes/bytes.js";
import { Kind } from "../../../modules/chain/chain.js";
import { Code } from "../../../modules/coap/coap.js";
import { sha256 } from "../../../modules/crypto/crypto.js";
import { BlockExchange, type Outcome } from "../../../modules/node/block-exchange.js";
import { BlockIntake } from "../../../modules/node/block-intake.js";
import { prefixesBy, summaryOf } from "../../../modules/node/chain-summary.js";
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

const { blocksQuery, comparison, hashes, delivery, taken } = secureNotation;

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
		ok(requests <= 6, `${requests} requests`);
	},
	"are not kept without end where several bring one block of many that they announce, and an honest one is heard":
		() => {
			const house = new ExchangingHouse();
			const { story, clock } = house;
			const names = Array.from({ length: 8 }, (_, number) => `bad ${number}`);
			const chain = story.withMembers("door", "desk", ...names);
			const door = house.member("door", chain);
			const { base } = summaryOf(chain);
			const known = chain.blockAt(0).cose;
			let [asked, over] = [0, 0];
			for (const [index, name] of names.entries())
				house.serve(name, chain, {
					[Code.Fetch]: (_from, payload, answer) => {
						const query = blocksQuery.read(payload);
						if ("want" in query) {
							asked += query.want.length;
							answer.reply(delivery.write([known]));
						} else if ("authors" in query) {
							const all = Array.from({ length: 512 }, (_, number) =>
								sha256(Uint8Array.of(index, number >> 8, number))
							);
							answer.reply(hashes.write(Prefixes.of(all)));
						} else {
							const digest = new Uint8Array(32);
							const [covered, peers] = [Prefixes.of([]), []];
							answer.reply(
								comparison.write({
									digest,
									authority: digest,
									summary: { base, authors: [] },
									covered,
									peers
								})
							);
						}
					}
				});
			const copy = story.copy(chain);
			const { hash } = story.describe(copy, "desk", { name: "table", types: Uint8Array.of(1) });
			house.member("desk", copy);
			// In the time of a turn all of them have something under way.
			for (const name of names)
				door.start(house.id(name), () => {
					over += 1;
				});
			clock.advance(2_000);
			let outcome: Outcome | undefined;
			door.start(house.id("desk"), ended => {
				outcome = ended;
			});
			clock.advance(60_000);
			equal([outcome?.same, chain.find(hash.subarray(0, 16)) >= 0], [true, true]);
			ok(over >= names.length - 1, `${over} exchanges are over`);
			ok(asked < 3_000, `${asked} were asked for`);
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
	},
	"nor are those that it has no time for taken for offered again and again": () => {
		const house = new ExchangingHouse();
		const { story, clock } = house;
		const theirs = story.withMembers("door", "knob");
		const ours = story.copy(theirs);
		const { cose } = story.remove(ours, "lamp", "knob");
		let left = 12;
		house.serve("door", theirs, {
			[Code.Fetch]: (_from, payload, answer) => {
				const query = blocksQuery.read(payload);
				if ("authors" in query) answer.reply(hashes.write(prefixesBy(theirs, query.authors)));
				else {
					const { digest, authorityDigest: authority } = theirs;
					const [covered, peers] = [Prefixes.of([]), []];
					answer.reply(comparison.write({ digest, authority, summary: summaryOf(theirs), covered, peers }));
				}
			},
			[Code.Post]: (_from, _payload, answer) => {
				left -= 1;
				if (left > 0) answer.refuse(Code.ServiceUnavailable, "busy");
				else {
					theirs.add(cose);
					answer.reply(taken.write(1));
				}
			}
		});
		let outcome: Outcome | undefined;
		house.member("lamp", ours).start(house.id("door"), end => {
			outcome = end;
		});
		clock.advance(30_000);
		equal([outcome, theirs.members.isRemoved(house.id("knob"))], [{ same: true }, true]);
	},
	"are not offered for minutes to a peer that says one time that it has a block, the next that it has not":
		() => {
			const house = new ExchangingHouse();
			const { story, clock } = house;
			const chain = story.withMembers("door", "spy", "desk");
			story.describe(chain, "door", { name: "door 2", types: Uint8Array.of(1) });
			const door = house.member("door", chain);
			const { base } = summaryOf(chain);
			let number = 0;
			const late = 7_900;
			house.serve("spy", chain, {
				[Code.Fetch]: (_from, payload, answer) => {
					const query = blocksQuery.read(payload);
					if ("authors" in query) {
						number += 1;
						const all = [...prefixesBy(chain, query.authors)];
						// Another one is lacking each time.
						all.splice(number % all.length, 1);
						clock.after(late, () => answer.reply(hashes.write(Prefixes.of(all))));
						return;
					}
					const digest = new Uint8Array(32);
					const said = comparison.write({
						digest,
						authority: digest,
						summary: { base, authors: [] },
						covered: Prefixes.of([]),
						peers: []
					});
					clock.after(late, () => answer.reply(said));
				},
				[Code.Post]: (_from, _payload, answer) => {
					clock.after(late, () => answer.reply(taken.write(1)));
				}
			});
			let ended = 0;
			let outcome: Outcome | undefined;
			door.start(house.id("spy"), end => {
				outcome = end;
				ended = clock.now();
			});
			clock.advance(3_600_000);

			ok(ended > 0 && ended < 120_000, `${ended} ms`);
			equal(outcome?.same, false);
		}
});
