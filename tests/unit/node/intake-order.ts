import { toHex } from "../../../modules/bytes/bytes.js";
import type { Chain } from "../../../modules/chain/chain.js";
import { Code } from "../../../modules/coap/coap.js";
import type { Outcome } from "../../../modules/node/exchange-run.js";
import { IntakeOrder, turnKept } from "../../../modules/node/intake-order.js";
import { MessageError } from "../../../modules/node/node.js";
import { secureNotation } from "../../../modules/secure/secure-notation.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { ExchangingHouse } from "../../harness/exchanging-house.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

function blocksOf(chain: Chain): Uint8Array[] {
	return Array.from({ length: chain.length }, (_, number) => chain.blockAt(number).cose);
}

const nothing = (): void => undefined;

/** A door that is flooded by `flooders`, and a member that has a block which the door lacks. */
function setUp(bringer: string, flooders: readonly string[]) {
	const house = new ExchangingHouse();
	const { story } = house;
	const chain = story.withOwners(["shed"], ["door", "knob", "desk", "attic", "cellar", "loft"]);
	const theirs = story.copy(chain);
	if (bringer === "lamp") story.remove(theirs, "lamp", "knob");
	else story.rotate(theirs, bringer, "another key", false);
	const door = house.member("door", chain);
	const other = house.member(bringer, theirs);
	const counts = flooders.map(name => house.flood(name, house.id("door"), blocksOf(chain)));
	house.clock.advance(200);
	const isSame = () => toHex(chain.digest) === toHex(theirs.digest);
	equal(isSame(), false);
	return { house, chain, theirs, door, other, counts, isSame };
}

export default suite("the order of deliveries", {
	"a member that sends without end does not keep a removal out": () => {
		for (const isPull of [false, true]) {
			const { house, door, other, counts, isSame, chain } = setUp("lamp", ["knob"]);
			if (isPull) door.start(house.id("lamp"));
			else other.start(house.id("door"));
			house.clock.advance(2_000);
			ok(isSame(), isPull ? "fetched" : "brought");
			equal(chain.members.isRemoved(house.id("knob")), true);
			ok((counts[0]?.() ?? 0) > 3, "it was taken in all the same before");
		}
	},
	"an owner is known to be telling something from its first delivery until both have the same": () => {
		for (const flooders of [[], ["knob"]]) {
			const { house, door, other, isSame } = setUp("lamp", flooders);
			const isTold = () => door.learnsFrom(peer => peer === house.id("lamp"));
			equal([isTold(), door.learnsFrom(peer => peer === house.id("knob"))], [false, false]);
			other.start(house.id("door"));
			for (let waited = 0; waited < 2_000 && !isTold(); waited += 1) house.clock.advance(1);
			ok(isTold() && !isSame());
			for (let waited = 0; waited < 2_000 && !isSame(); waited += 1) {
				ok(isTold(), `${waited} ms later, beside ${flooders.length}`);
				house.clock.advance(1);
			}
			ok(isSame());
			house.clock.advance(200);
			equal(isTold(), false);
		}
	},
	"and is waited for no longer than 3 seconds where it says nothing any more": () => {
		const { house, chain, theirs, door } = setUp("lamp", []);
		const isTold = () => door.learnsFrom(peer => peer === house.id("lamp"));
		let caughtUp = 0;
		const removal = blocksOf(theirs).slice(chain.length);
		house.send("lamp", house.id("door"), Code.Post, secureNotation.delivery.write(removal), nothing, nothing);
		house.clock.advance(200);
		equal(chain.members.isRemoved(house.id("knob")), true);
		door.whenCaughtUp(() => {
			caughtUp += 1;
		});
		equal(isTold(), true);
		house.clock.advance(2_700);
		equal(isTold(), true);
		house.clock.advance(400);
		equal([isTold(), caughtUp], [false, 1]);
	},
	"and once in a minute where it brings nothing new, or what cannot be read": () => {
		for (const isReadable of [true, false]) {
			const { house, door } = setUp("lamp", []);
			const payload = isReadable ? secureNotation.delivery.write([]) : Uint8Array.of(0xff);
			let told = 0;
			for (let second = 0; second < 60; second += 1) {
				house.send("lamp", house.id("door"), Code.Post, payload, nothing, nothing);
				if (isReadable) house.clock.advance(50);
				else throws(() => house.clock.advance(50), MessageError);
				if (door.learnsFrom(() => true)) told += 1;
				house.clock.advance(950);
			}
			ok(told > 0 && told <= 4, `${told} of 60 seconds`);
		}
	},
	"an owner that is telling keeps a door waiting, also where somebody was quicker with its checkpoint":
		() => {
			const house = new ExchangingHouse();
			const { story, clock } = house;
			const ours = story.withMembers("door", "knob");
			const theirs = story.copy(ours);
			story.checkpoint(theirs);
			const { bundle } = theirs;
			story.remove(theirs, "lamp", "knob");
			const door = house.member("door", ours);
			const lamp = house.member("lamp", theirs);
			const { id } = story.node("knob");
			let isTelling = false;
			const gaps: number[] = [];
			// The knob has the checkpoint as well, and brings it just before the owner does.
			clock.after(12, () => void (bundle && ours.adopt(bundle)));
			lamp.start(house.id("door"));
			for (let time = 0; time < 3_000 && !ours.members.isRemoved(id); time += 1) {
				clock.advance(1);
				const tells = door.learnsFrom(peer => peer === house.id("lamp"));
				isTelling ||= tells;
				if (isTelling && !tells && !ours.members.isRemoved(id)) gaps.push(time);
			}
			equal([isTelling, ours.members.isRemoved(id)], [true, true]);
			equal(gaps.length, 0, `${gaps[0]} to ${gaps.at(-1)}`);
		},
	"an owner that makes a checkpoint between two answers is heard to the end all the same": () => {
		const house = new ExchangingHouse();
		const { story, clock } = house;
		const ours = story.withMembers("door", "knob");
		const theirs = story.copy(ours);
		story.describe(theirs, "knob", { name: "knob 2", types: Uint8Array.of(1) });
		const door = house.member("door", ours);
		house.member("lamp", theirs);
		const { id } = story.node("knob");
		// Its hashes are on their way here: what is asked for next is in the table by then.
		clock.after(22, () => void story.checkpoint(theirs));
		let outcome: Outcome | undefined;
		door.start(house.id("lamp"), end => {
			outcome = end;
		});
		clock.advance(1_900);
		equal([outcome?.same, ours.members.get(id)?.name], [true, "knob 2"]);
	},
	"nor do five of them, an admin among them, keep out what another member brings": () => {
		const flooders = ["knob", "attic", "cellar", "loft", "shed"];
		const { house, other, counts, isSame } = setUp("desk", flooders);
		other.start(house.id("door"));
		house.clock.advance(10_000);
		ok(isSame());
		for (const count of counts) ok(count() > 3, "nor each other");
	},
	"a turn whose owner does not come back is kept for 3 seconds": () => {
		const { intake, clock, order, called } = ordered();
		intake.isBusy = true;
		for (const peer of ["a", "b"])
			equal(
				order.enters(peer, false, () => called.push(peer)),
				false
			);
		intake.end();
		clock.advance(10);
		equal(called, ["a", "b"]);
		equal(
			order.enters("b", false, () => called.push("b again")),
			false
		);
		clock.advance(turnKept - 20);
		equal(called, ["a", "b"]);
		clock.advance(20);
		equal(called, ["a", "b", "b again"]);
		equal(
			order.enters("c", false, () => undefined),
			false
		);
		equal(
			order.enters("b", false, () => undefined),
			true
		);
		clock.advance(2 * turnKept);
		equal(
			order.enters("d", false, () => undefined),
			true
		);
		clock.advance(2 * turnKept);
		equal(clock.pending, 0);
	},
	"of what one peer brings while it has to wait, the last waits alone, whatever else is asked of it": () => {
		const { intake, clock, order, called } = ordered();
		intake.isBusy = true;
		order.enters("a", false, () => called.push("own"), true);
		for (let count = 0; count < 100; count += 1) order.enters("a", false, () => called.push(`a ${count}`));
		order.enters("b", false, () => called.push("b"));
		equal([called.length, called.at(-1)], [99, "a 98"]);
		intake.end();
		clock.advance(10);
		equal(called.slice(99), ["own", "a 99", "b"]);
	},
	"who has nothing to bring any more keeps nobody waiting": () => {
		const { intake, clock, order } = ordered();
		intake.isBusy = true;
		for (const peer of ["a", "b"]) order.enters(peer, false, () => undefined);
		intake.end();
		clock.advance(10);
		order.leaves("a");
		equal(
			order.enters("b", false, () => undefined),
			true
		);
	},
	"founders and admins come first, but every other turn is for who has waited longest": () => {
		const { intake, clock, order } = ordered();
		intake.isBusy = true;
		const isRanked = (peer: string) => peer.startsWith("admin");
		const waiting = ["knob", "desk", "admin 1", "admin 2"];
		const enters = (peer: string) => order.enters(peer, isRanked(peer), () => undefined);
		for (const peer of waiting) enters(peer);
		intake.end();
		clock.advance(10);
		const turns: (string | undefined)[] = [];
		for (let turn = 0; turn < 4; turn += 1) {
			const next = waiting.find(peer => !turns.includes(peer) && enters(peer));
			turns.push(next);
			clock.advance(10);
		}
		equal(turns, ["admin 1", "knob", "admin 2", "desk"]);
	},
	"an admin that comes need not wait for a member that has the turn": () => {
		const { intake, clock, order } = ordered();
		intake.isBusy = true;
		order.enters("knob", false, () => undefined);
		intake.end();
		clock.advance(10);
		equal(
			order.enters("lamp", true, () => undefined),
			true
		);
		equal(
			order.enters("desk", false, () => undefined),
			false
		);
		equal(
			order.enters("knob", false, () => undefined),
			true
		);
	}
});

/** The order of deliveries by itself, and an intake that is busy as a test says. */
function ordered() {
	const clock = new VirtualClock();
	const waiting: (() => void)[] = [];
	const called: string[] = [];
	const intake = {
		isBusy: false,
		whenFree(act: () => void) {
			if (this.isBusy) waiting.push(act);
			else act();
		},
		end() {
			this.isBusy = false;
			clock.advance(0);
			for (const act of waiting.splice(0)) act();
		}
	};
	return { clock, intake, called, order: new IntakeOrder({ intake, clock }) };
}
