import { Kind } from "../../../modules/chain/chain.js";
import { RemovalNotice } from "../../../modules/node/removal-notice.js";
import { Store } from "../../../modules/store/store.js";
import { equal, hex, ok } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";
import { TurnByTurn } from "../../harness/turn-by-turn.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** A spy whom the door admitted, and the lamp, an owner; the spy hears nothing of the chain by itself. */
function setUp() {
	const story = new Story();
	const lamp = story.withMembers("door", "knob");
	const add = story.add(lamp, "door", "spy");
	const chain = story.copy(lamp, "spy");
	const store = new Store({ preference: new MemoryPreference(), domain: "test" });
	const { id } = story.node("spy");
	const clock = new VirtualClock();
	const report = (text: string) => {
		throw new Error(text);
	};
	const notice = () => new RemovalNotice({ store, chain, id, clock, report });
	const first = notice();
	const told = (of: RemovalNotice = first) => [of.isRemoved, of.goneSponsor && hex(of.goneSponsor)];
	const door = hex(story.node("door").id);
	const proof = () => lamp.proofOfRemoval(story.node("door").id);
	/** Shows a proof; returns how often an answer came. */
	const show = (shown: readonly Uint8Array[], to: RemovalNotice = first) => {
		let judged = 0;
		to.hear(shown, () => {
			judged += 1;
		});
		clock.advance(1000);
		return judged;
	};
	return { story, lamp, add, chain, store, clock, notice, first, told, door, proof, show };
}

const isIn = [false, undefined];

export default suite("a node that is out of the home", {
	"with its sponsor is shown so by who knows of an owner's removal, also under a checkpoint, and after a restart":
		() => {
			for (const isCovered of [false, true]) {
				const { story, lamp, store, notice, first, told, door, proof, show } = setUp();
				story.remove(lamp, "lamp", "door");
				if (isCovered) story.checkpoint(lamp, "lamp");
				show(proof());
				equal(told(), [false, door]);
				equal(told(notice()), [false, door]);
				// Who shows it again and again wears no flash.
				const { writes } = store;
				for (let again = 0; again < 3; again += 1) show(proof());
				first.look();
				show(proof(), notice());
				equal(store.writes - writes, 0);
			}
		},
	"is not made to believe it by a stranger, by its sponsor's own word, or by the removal of another": () => {
		const { story, lamp, store, told, proof, chain, show } = setUp();
		const ids = [story.node("door").id];
		const remove = { kind: Kind.remove, taking: 1, ids } as const;
		for (const author of ["door", "knob", "mallory"])
			show([story.forge(author, { body: remove, sequence: 1 }).cose]);
		// A removal that bears an owner's name and a stranger's signature.
		const { id } = story.node("lamp");
		show([story.forge("mallory", { author: id, body: remove, sequence: 3 }).cose]);
		for (const nothing of [[], [new Uint8Array(0)], [new Uint8Array(200)], [chain.blockAt(0).cose]])
			show(nothing);
		story.remove(lamp, "lamp", "knob");
		show(lamp.proofOfRemoval(story.node("knob").id));
		show(proof());
		equal(told(), isIn);
		equal(store.writes, 0);
	},
	"with its sponsor is in as soon as it hears that an owner confirmed it, and for good": () => {
		const { story, lamp, add, chain, store, notice, first, told, door, proof, show } = setUp();
		const confirm = story.confirmNew(lamp, "lamp", add);
		story.remove(lamp, "lamp", "door");
		// The removed sponsor shows its removal and keeps the confirmation back.
		show(proof());
		equal(told(), [false, door]);
		chain.add(confirm.cose);
		first.look();
		equal(told(), isIn);
		equal(store.names(), []);
		const { writes } = store;
		story.merge(chain, lamp);
		for (const one of [first, notice()]) {
			one.look();
			show(proof(), one);
			equal(told(one), isIn);
		}
		equal(store.writes - writes, 0);
	},
	"by its own chain knows so after a restart": () => {
		const { story, lamp, chain, notice, first, told, door } = setUp();
		chain.add(story.remove(lamp, "lamp", "door").cose);
		first.look();
		equal(told(), [false, door]);
		equal(told(notice()), [false, door]);
	},
	"does not take the paper's removal of its sponsor for its own: there it may be a member": () => {
		const { story, lamp, chain, first, told, proof, show } = setUp();
		story.recover(lamp, ["lamp"], ["knob", "spy"]);
		show(proof());
		equal(told(), isIn);
		story.merge(chain, lamp);
		first.look();
		equal(told(), isIn);
	},
	"is in where the paper brings it back while it is shown its removal in the era before": () => {
		let turns = 0;
		for (let isThrough = false; !isThrough; turns += 1) {
			const { story, lamp, chain, store } = setUp();
			const far = story.copy(lamp);
			story.recover(far, ["lamp"], ["door", "knob", "spy"]);
			story.remove(lamp, "lamp", "spy");
			const { id } = story.node("spy");
			const clock = new TurnByTurn();
			const report = (text: string) => {
				throw new Error(text);
			};
			const notice = new RemovalNotice({ store, chain, id, clock, report });
			let judged = 0;
			notice.hear(lamp.proofOfRemoval(id), () => {
				judged += 1;
			});
			for (let turn = 0; turn < turns; turn += 1) isThrough = !clock.turn();
			if (isThrough) equal(notice.isRemoved, true);
			story.merge(chain, far);
			notice.look();
			while (clock.turn());
			equal([judged, notice.isRemoved, notice.goneSponsor], [1, false, undefined], `after ${turns} turns`);
			equal(new RemovalNotice({ store, chain, id, clock, report }).isRemoved, false);
		}
		ok(turns > 1, `${turns} turns`);
	},
	"was removed itself, whatever it was told of its sponsor before": () => {
		const { story, lamp, told, notice, proof, show } = setUp();
		story.remove(lamp, "lamp", "door");
		show(proof());
		story.remove(lamp, "lamp", "spy");
		show(lamp.proofOfRemoval(story.node("spy").id));
		equal(told(), [true, undefined]);
		equal(told(notice()), [true, undefined]);
	}
});
