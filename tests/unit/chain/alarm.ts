import { Records } from "../../../modules/bytes/bytes.js";
import { plainRow, Roster } from "../../../modules/chain/roster.js";
import type { Table } from "../../../modules/chain/table.js";
import { equal, hex, ok } from "../../harness/assert.js";
import { testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { forgedBase } from "../../harness/forged-base.js";
import { suite } from "../../harness/suite.js";

/** A home of two owners at its fifth base, with a new key, and a removal, the lamp's first, which is covered. */
function setUp() {
	const story = new Story();
	const chain = story.withOwners(["door"], ["desk", "oven"]);
	story.remove(chain, "lamp", "oven");
	story.rotate(chain, "desk", "desk's new key");
	for (let number = 0; number < 4; number += 1) story.checkpoint(chain);
	/** Whether a node calls for help when the door's checkpoint comes. */
	const alarms = (self: string, change?: (table: Table) => Partial<Table>, number?: number) => {
		const node = story.copy(chain, self);
		const said = { signer: "door", ...(change && { change }), ...(number === undefined ? {} : { number }) };
		ok(node.adopt(forgedBase(story, chain, said)) !== undefined);
		return node.alarm;
	};
	/** Of the lamp's takings another number is covered. */
	const covering = (taking: number) => (table: Table) => {
		const lamp = hex(story.node("lamp").id);
		return { covers: table.covers.map(cover => (hex(cover.id) === lamp ? { ...cover, taking } : cover)) };
	};
	return { alarms, covering };
}

export default suite("chain: the alarm", {
	"is given where a base leaves numbers out, not where all is as it should be": () => {
		const { alarms } = setUp();
		equal([alarms("desk"), alarms("desk", undefined, 6)], [false, true]);
	},
	"is given where somebody who was removed is forgotten": () => {
		const { alarms } = setUp();
		equal(
			alarms("desk", () => ({ removed: new Records(16) })),
			true
		);
	},
	"is given where a key is another without a new turn": () => {
		const { alarms } = setUp();
		const { key } = testNode("another key");
		const change = ({ members }: Table) => {
			const changed = new Roster();
			for (const row of members) changed.put(row.turn === 1 ? { ...plainRow(row), key } : plainRow(row));
			return { members: changed };
		};
		equal(alarms("desk", change), true);
	},
	"is given by a node that has another name, other types or another key there, and by no other": () => {
		const { alarms } = setUp();
		const { key } = testNode("another key");
		const changes = [{ name: "oven" }, { types: Uint8Array.of(3) }, { key, turn: 2 }, { guards: 5 }];
		const found = changes.map(change => {
			const changing = ({ members }: Table) => {
				const changed = new Roster();
				for (const row of members)
					changed.put(row.turn === 1 ? { ...plainRow(row), ...change } : plainRow(row));
				return { members: changed };
			};
			return [alarms("desk", changing), alarms("lamp", changing)];
		});
		equal(found, [
			[true, false],
			[true, false],
			[true, false],
			[false, false]
		]);
	},
	"is given where a table has another sponsor than the one before, not where an owner has confirmed a member, or its sponsor is gone":
		() => {
			const story = new Story();
			const chain = story.withOwners(["door"], ["desk"]);
			for (const name of ["oven", "fan", "kettle"]) story.add(chain, "desk", name);
			const node = story.copy(chain, "desk");
			const next = (change?: (table: Table) => Partial<Table>) => {
				ok(node.adopt(forgedBase(story, chain, { signer: "door", ...(change && { change }) })) !== undefined);
				return node.alarm;
			};
			const follow = () => {
				if (!node.alarm) story.merge(chain, node);
				story.merge(node, chain);
			};
			equal(next(), false);
			follow();
			story.confirm(chain, "lamp", "oven");
			follow();
			equal(next(), false, "confirmed");
			follow();
			story.confirm(chain, "door", "fan");
			story.remove(chain, "lamp", "kettle");
			follow();
			equal(next(), false, "another one removed");
			follow();
			const { id: door } = story.node("door");
			const { id: oven } = story.node("oven");
			for (const sponsor of [door, null]) {
				const forged = ({ members }: Table) => {
					const changed = new Roster();
					for (const row of members)
						changed.put(hex(row.id) === hex(oven) ? { ...plainRow(row), sponsor } : plainRow(row));
					return { members: changed };
				};
				const other = story.copy(chain, "desk");
				ok(other.adopt(forgedBase(story, chain, { signer: "door", change: forged })) !== undefined);
				equal(other.alarm, true);
			}
			story.remove(chain, "lamp", "desk");
			const witness = story.copy(chain, "oven");
			ok(witness.adopt(forgedBase(story, chain, { signer: "door" })) !== undefined);
			equal([witness.alarm, witness.members.get(oven)?.sponsor ?? null], [false, null]);
		},
	"is given where less of an owner's takings is covered than before, or more than there can have been":
		() => {
			const { alarms, covering } = setUp();
			const found = [0, 1, 49, 50].map(taking => [taking, alarms("desk", covering(taking))]);
			equal(found, [
				[0, true],
				[1, false],
				[49, false],
				[50, true]
			]);
		},
	"is given by an owner's node where another counts more than it took": () => {
		const { alarms, covering } = setUp();
		equal([alarms("lamp", covering(1)), alarms("lamp", covering(2))], [false, true]);
	}
});
