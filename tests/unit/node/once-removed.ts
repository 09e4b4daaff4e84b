import { compareBytes } from "../../../modules/bytes/bytes.js";
import { type Block, Chain, Kind } from "../../../modules/chain/chain.js";
import { OnceRemoved } from "../../../modules/node/once-removed.js";
import { Store } from "../../../modules/store/store.js";
import { equal } from "../../harness/assert.js";
import { MemoryStorage, testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";

/** A lock's chain that has heard the lamp remove the knob, and the thief's rotate, which names the time before that. */
function setUp() {
	const story = new Story();
	const home = story.withMembers("door", "knob");
	story.checkpoint(home);
	const door = story.copy(home, "door");
	const thief = story.copy(home);
	const preference = new MemoryPreference();
	const store = new Store({ preference, domain: "test" });
	const reports: string[] = [];
	const memory = () => new OnceRemoved({ store, chain: door, report: text => reports.push(text) });
	const rotate = (): Block => story.issue(thief, "lamp", story.rotateBody(thief, "lamp", "the thief's"));
	const { id } = story.node("knob");
	return { story, door, store, preference, memory, rotate, id, reports };
}

export default suite("whom a lock has known as removed", {
	"stays so where the power is cut while the chain forgets it": () => {
		const { story, door, memory, rotate, id } = setUp();
		const before = memory();
		let isOn = true;
		door.onChanged(() => {
			if (isOn) before.look();
		});
		story.remove(door, "lamp", "knob");
		isOn = false;
		// The block is in the flash, and the lock's program ends before it hears of the change.
		door.add(rotate().cose);
		equal(
			[door.members.isRemoved(id), door.members.get(id) !== undefined, memory().has(id)],
			[false, true, true]
		);
	},
	"is written as the node starts, where the chain shows it and no record does": () => {
		const { story, door, memory, rotate, id } = setUp();
		story.remove(door, "lamp", "knob");
		memory();
		door.add(rotate().cose);
		equal([door.members.isRemoved(id), memory().has(id)], [false, true]);
	},
	"is written again where the flash refused once": () => {
		const { story, door, store, preference, memory, id, reports } = setUp();
		const before = memory();
		door.onChanged(() => before.look());
		preference.failFrom = 0;
		story.remove(door, "lamp", "knob");
		const isKept = () => store.names().includes("once-removed");
		equal([before.has(id), isKept(), reports.length], [true, false, 1]);
		preference.failFrom = Number.POSITIVE_INFINITY;
		story.remove(door, "lamp", "nobody");
		equal([memory().has(id), isKept()], [true, true]);
	},
	"ends with the era": () => {
		const { story, door, memory, id } = setUp();
		const before = memory();
		door.onChanged(() => before.look());
		story.remove(door, "lamp", "knob");
		equal(before.has(id), true);
		story.recover(door, ["lamp"], ["door"]);
		equal([before.has(id), memory().has(id)], [false, false]);
	},
	"is not written over while the chain is damaged, whatever era it shows then": () => {
		const { story, door, store, memory, id } = setUp();
		const before = memory();
		door.onChanged(() => before.look());
		story.remove(door, "lamp", "knob");
		const kept = store.get("once-removed");
		Object.defineProperty(door, "isDamaged", { value: true });
		story.recover(door, ["lamp"], ["door"]);
		story.remove(door, "lamp", "door");
		equal([store.get("once-removed"), memory().has(id)], [kept, false]);
	},
	"is not pushed out by ids that a thief invents": () => {
		const { story, door, memory, rotate, id } = setUp();
		const before = memory();
		door.onChanged(() => before.look());
		story.remove(door, "lamp", "knob");
		let number = 0;
		for (let block = 0; block < 10; block += 1) {
			const ids = Array.from({ length: 8 }, () => testNode(`nobody ${number++}`).id).sort(compareBytes);
			const taking = door.nextTaking(story.node("lamp").id);
			story.issue(door, "lamp", { kind: Kind.remove, taking, ids });
		}
		equal(door.members.removedIds.count, 81);
		door.add(rotate().cose);
		before.look();
		equal(
			[door.members.isRemoved(id), door.members.get(id) !== undefined, before.has(id)],
			[false, true, true]
		);
		equal(memory().has(id), true);
	},
	"stays so where the base was damaged at a start, and comes back": () => {
		const { story, door, store, memory, rotate, id } = setUp();
		const before = memory();
		door.onChanged(() => before.look());
		story.remove(door, "lamp", "knob");
		door.add(rotate().cose);
		const empty = new Chain({ storage: new MemoryStorage(), home: story.home });
		const again = new OnceRemoved({ store, chain: empty, report: () => undefined });
		equal(again.has(id), false, "of which era nobody can say");
		empty.add(story.genesis.cose);
		again.look();
		equal([again.has(id), memory().has(id)], [true, true]);
	},
	"is one also who was removed before the lock knew it as a member": () => {
		const story = new Story();
		const home = story.withMembers("door");
		story.checkpoint(home);
		const door = story.copy(home, "door");
		const far = story.copy(home);
		const thief = story.copy(home);
		const store = new Store({ preference: new MemoryPreference(), domain: "test" });
		const kept = new OnceRemoved({
			store,
			chain: door,
			report: text => {
				throw new Error(text);
			}
		});
		door.onChanged(() => kept.look());
		story.add(far, "lamp", "knob");
		const { id } = story.node("knob");
		door.add(story.remove(far, "lamp", "knob").cose);
		equal(door.members.isRemoved(id), true);
		door.add(story.rotate(thief, "lamp", "the thief's").cose);
		story.add(door, "lamp", "knob");
		equal(
			[door.members.isRemoved(id), door.members.get(id) !== undefined, kept.has(id)],
			[false, true, true]
		);
	}
});
