import { equalBytes, toHex } from "../../../modules/bytes/bytes.js";
import { Code } from "../../../modules/coap/coap.js";
import { BlockExchange, blocksPath } from "../../../modules/node/block-exchange.js";
import { BlockIntake } from "../../../modules/node/block-intake.js";
import { type Address, type LinkHandler, type PeerPlace, WriteShares } from "../../../modules/node/node.js";
import { Peers } from "../../../modules/node/peers.js";
import { secureNotation } from "../../../modules/secure/secure-notation.js";
import { Store } from "../../../modules/store/store.js";
import { equal } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** A member that has met its founder, and a peer that compares with it and says where others are. */
function setUp() {
	const story = new Story();
	const chain = story.withMembers("door", "knob", "desk");
	const store = new Store({ preference: new MemoryPreference(), domain: "test" });
	const clock = new VirtualClock();
	const shares = new WriteShares(clock);
	const peers = new Peers(store, id => shares.takes(id));
	let fetched: LinkHandler = () => undefined;
	const nothing = () => undefined;
	const ownPlaces: Address[] = [];
	new BlockExchange({
		chain,
		peers,
		clock,
		notation: secureNotation,
		self: toHex(story.node("door").id),
		intake: new BlockIntake({ chain, clock, onBlock: nothing, report: nothing }),
		report: nothing,
		onSameAuthority: nothing,
		onSelf: address => ownPlaces.push(address),
		link: {
			request: () => ({ cancel: nothing }),
			serve: (path, handlers) => {
				const handler = handlers[Code.Fetch];
				if (path === blocksPath && handler !== undefined) fetched = handler;
				return nothing;
			}
		}
	});
	const place = (name: string, last: number): PeerPlace => ({
		id: story.node(name).id,
		address: { host: `10.0.0.${last}`, port: 5683 }
	});
	const compare = (...places: PeerPlace[]) => {
		const member = chain.members.get(story.node("knob").id);
		if (member === undefined) throw new Error("no member");
		const payload = secureNotation.blocksQuery.write({ digest: chain.digest, peers: places });
		fetched(member, payload, { reply: nothing, refuse: nothing, challenge: nothing }, undefined);
	};
	const where = (name: string) => peers.addressOf(toHex(story.node(name).id))?.host;
	return { story, store, peers, place, compare, where, ownPlaces };
}

export default suite("hearsay", {
	"of who is a member no more nothing stays, nor an address": () => {
		const { story, peers, where } = setUp();
		for (const [last, name] of ["lamp", "knob", "desk"].entries())
			peers.learn(toHex(story.node(name).id), { host: `10.0.0.${last}`, port: 5683 });
		const gone = [story.node("lamp").id, story.node("desk").id];
		peers.keep(id => !gone.some(other => equalBytes(id, other)));
		equal([where("lamp"), where("knob"), where("desk")], [undefined, "10.0.0.1", undefined]);
		equal(peers.all, [toHex(story.node("knob").id)]);
	},
	"about this node is looked at only where one node can be: nobody has it call out to all": () => {
		const { place, compare, ownPlaces } = setUp();
		const { id, address } = place("door", 5);
		const { host } = address;
		for (const nobody of ["255.255.255.255", "224.0.1.187", "0.0.0.0"])
			compare({ id, address: { host: nobody, port: 5683 } });
		compare({ id, address: { host, port: 0 } });
		equal(ownPlaces, []);
		compare({ id, address });
		equal(ownPlaces, [address]);
	},
	"about who is no member is nothing, and takes no member's place": () => {
		const { story, peers, place, compare, where } = setUp();
		peers.learn(toHex(story.node("lamp").id), { host: "10.0.0.1", port: 5683 });
		compare(place("nobody", 1), place("stranger", 2));
		equal([where("lamp"), where("nobody"), where("stranger")], ["10.0.0.1", undefined, undefined]);
	},
	"about a member is taken where nothing else is known, and never about this node": () => {
		const { story, peers, place, compare, where } = setUp();
		peers.learn(toHex(story.node("lamp").id), { host: "10.0.0.1", port: 5683 });
		compare(place("lamp", 66), place("desk", 4), place("door", 5));
		equal([where("lamp"), where("desk"), where("door")], ["10.0.0.1", "10.0.0.4", undefined]);
		compare(place("knob", 1));
		equal([where("lamp"), where("knob")], ["10.0.0.1", undefined], "another is seen there");
	},
	"at a member's address takes nothing from it, whoever may have said so, and whenever it is seen again":
		() => {
			const { story, peers, place } = setUp();
			const { id, address } = place("lamp", 1);
			const lamp = toHex(id);
			peers.learn(lamp, address);
			peers.learn(toHex(story.node("knob").id), address, false);
			equal(peers.at(address), lamp);
			peers.learn(toHex(story.node("desk").id), { host: "10.0.0.3", port: 5683 });
			peers.learn(lamp, address);
			equal(peers.at(address), lamp, "once more");
		},
	"of one message costs one write": () => {
		const { store, place, compare } = setUp();
		compare(...["lamp", "knob", "desk"].map((name, number) => place(name, number + 1)));
		equal(store.writes, 1);
		const strangers = Array.from({ length: 60 }, (_, number) => place(`nobody ${number}`, number + 10));
		compare(...strangers);
		equal(store.writes, 1);
	},
	"without end costs no more writes than its teller's share": () => {
		const { story, store, peers, place, compare, where } = setUp();
		for (let last = 1; last <= 100; last += 1) {
			compare(place("desk", last));
			equal(where("desk"), `10.0.0.${last}`);
			// The teller moves there: nobody else is there then, and what is heard next is news again.
			peers.learn(toHex(story.node("knob").id), place("knob", last).address);
		}
		equal(store.writes, 16);
	}
});
