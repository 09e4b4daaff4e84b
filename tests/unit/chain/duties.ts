import { Chain, Kind } from "../../../modules/chain/chain.js";
import { equal, hex, ok } from "../../harness/assert.js";
import { MemoryStorage } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

const unlock = 5;

/** Takes over the base of another copy, and none of its blocks. */
function adopt(chain: Chain, { bundle }: Chain): void {
	ok(bundle !== undefined && chain.adopt(bundle) !== undefined);
}

/** A remove that no log here has, as an owner's copy of another line would show it. */
function removalAlone(story: Story, { era }: Chain, taking: number, name: string) {
	const previous = new Uint8Array(16).fill(7);
	return story.forge("lamp", { era, previous, sequence: 9, body: story.removeBody(taking, name) });
}

export default suite("chain: what a node does by itself", {
	"an owner's covers what another took under the base before": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const lamp = story.copy(home, "lamp");
		const withdraw = story.withdraw(home, "door", "desk", unlock, "lamp");
		story.checkpoint(lamp);
		equal(lamp.duties.covers, false);
		lamp.add(withdraw.cose);
		equal(lamp.duties.covers, true);
		story.checkpoint(lamp);
		equal(lamp.duties.covers, false);
	},
	"an owner's removes whom a line of checkpoints removed that it left: row, grant, and whom it sponsored":
		() => {
			const story = new Story();
			const home = story.withOwners(["door"], ["desk", "oven"]);
			story.add(home, "desk", "guest");
			for (const name of ["desk", "oven"]) story.grant(home, "lamp", name, unlock, "door");
			story.checkpoint(home);
			const storage = new MemoryStorage();
			const lamp = story.chain(storage, "lamp");
			story.merge(lamp, home);
			const other = story.copy(home);
			story.remove(home, "door", "desk");
			story.checkpoint(home, "door");
			adopt(lamp, home);
			equal([lamp.duties.covers, story.members(lamp)], [false, ["door", "lamp", "oven"]]);
			for (let number = 0; number < 2; number += 1) story.checkpoint(other, "door");
			adopt(lamp, other);
			equal([lamp.duties.covers, story.members(lamp)], [true, ["desk", "door", "guest", "lamp", "oven"]]);
			const self = story.node("lamp").id;
			const again = new Chain({ storage: storage.copy(), home: story.home, self });
			again.load();
			equal(again.duties.covers, true, "after a start");
			story.checkpoint(lamp);
			equal([lamp.duties.covers, story.members(lamp)], [false, ["door", "lamp", "oven"]]);
			equal(lamp.base?.table.members.size, 3);
			ok(lamp.base !== undefined && lamp.base.table.removed.find(story.node("desk").id) >= 0);
			equal(
				[...(lamp.base?.table.members.grants ?? [])].map(({ id }) => lamp.members.get(id)?.name),
				["oven"]
			);
		},
	"an owner's lets a line that it left rest once the recovery key has opened another era": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const lamp = story.copy(home, "lamp");
		const other = story.copy(home);
		story.remove(home, "door", "desk");
		story.checkpoint(home, "door");
		adopt(lamp, home);
		for (let number = 0; number < 2; number += 1) story.checkpoint(other, "door");
		adopt(lamp, other);
		story.recover(other, ["door", "lamp"], ["desk"]);
		adopt(lamp, other);
		equal([lamp.duties.covers, story.members(lamp)], [false, ["desk", "door", "lamp"]]);
	},
	"an owner's covers a removal that the table counts and does not show, unless it is full of others and nobody has that id":
		() => {
			const story = new Story();
			const lamp = story.copy(story.withMembers("door"), "lamp");
			story.remove(lamp, "lamp", "nobody");
			story.checkpoint(lamp);
			equal(story.refusal(lamp, removalAlone(story, lamp, 1, "somebody")), undefined);
			equal(lamp.duties.covers, true);
			story.checkpoint(lamp);
			equal(lamp.duties.covers, false);
			for (let number = 0; number < 16; number += 1) {
				if (number % 8 === 7) story.checkpoint(lamp);
				story.remove(lamp, "lamp", ...Array.from({ length: 8 }, (_, at) => `gone ${number} ${at}`));
			}
			story.checkpoint(lamp);
			equal(lamp.base?.table.removed.count, 128);
			equal(story.refusal(lamp, removalAlone(story, lamp, 1, "who else")), undefined);
			equal(lamp.duties.covers, false);
			equal(story.refusal(lamp, removalAlone(story, lamp, 1, "door")), undefined);
			equal(lamp.duties.covers, true);
		},
	"an owner's confirms again a member's devices that another's base does not have as seen": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const lamp = story.copy(home, "lamp");
		for (const guards of [1, 4]) story.confirm(lamp, "lamp", "desk", guards);
		story.confirm(home, "door", "desk", 1);
		story.checkpoint(home, "door");
		adopt(lamp, home);
		equal(
			lamp.duties.again.map(body => body.kind === Kind.confirm && body.guards),
			[4]
		);
	},
	"an owner's says again what it gave, but for its last two places": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const lamp = story.copy(home, "lamp");
		for (let number = 0; number < 10; number += 1) story.add(lamp, "lamp", `guest ${number}`);
		story.checkpoint(home, "door");
		adopt(lamp, home);
		equal(lamp.duties.again.length, 10);
		for (let action = 1; action <= 3; action += 1) story.grant(lamp, "lamp", "desk", action, "door");
		equal(lamp.duties.again.length, 7);
	},
	"an owner's makes a checkpoint before what finds no place: a give after ten, a taking after twelve": () => {
		const story = new Story();
		const lamp = story.copy(story.withMembers("door"), "lamp");
		story.checkpoint(lamp);
		const { id } = story.node("lamp");
		const [give, taking] = [story.grantBody("door", unlock, null), story.removeBody(1, "nobody")];
		const needs = () => [give, taking].map(body => lamp.needsCheckpoint(id, body));
		for (let action = 1; action <= 10; action += 1) {
			equal(needs(), [false, false]);
			story.grant(lamp, "lamp", "door", action, null);
		}
		for (let number = 0; number < 2; number += 1) {
			equal(needs(), [true, false]);
			story.remove(lamp, "lamp", `nobody ${number}`);
		}
		equal(needs(), [true, true]);
	},
	"an owner's makes a checkpoint before a taking with a higher number than there can be": () => {
		for (const [taking, isNeeded] of [
			[11, false],
			[12, true]
		] as const) {
			const story = new Story();
			const lamp = story.copy(story.withMembers("door"), "lamp");
			// It was restored from a backup.
			equal(story.refusal(lamp, removalAlone(story, lamp, taking, "nobody")), undefined);
			const next = lamp.nextTaking(story.node("lamp").id);
			equal(next, taking + 1);
			equal(lamp.needsCheckpoint(story.node("lamp").id, story.removeBody(next, "door")), isNeeded);
		}
	},
	"an owner's makes a checkpoint before it takes a new key, while what it took stands alone": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const lamp = story.copy(home, "lamp");
		const { id } = story.node("lamp");
		const isNeeded = () => lamp.needsCheckpoint(id, story.rotateBody(lamp, "lamp", "another key"));
		story.withdraw(lamp, "lamp", "desk", unlock, "door");
		equal(isNeeded(), false);
		story.checkpoint(home, "door");
		adopt(lamp, home);
		equal(isNeeded(), true);
		story.checkpoint(lamp);
		equal(isNeeded(), false);
	},
	"an owner's makes a checkpoint before it gives what another took back, not what it took back itself":
		() => {
			const story = new Story();
			const home = story.withOwners(["door"], ["desk"]);
			const lamp = story.copy(home, "lamp");
			const { id } = story.node("lamp");
			const isNeeded = () => lamp.needsCheckpoint(id, story.grantBody("desk", unlock, "door"));
			story.withdraw(lamp, "lamp", "desk", unlock, "door");
			equal(isNeeded(), false);
			lamp.add(story.withdraw(home, "door", "desk", unlock, "door").cose);
			equal(isNeeded(), true);
			story.checkpoint(lamp);
			equal(isNeeded(), false);
		},
	"tidies where three quarters of somebody's places are taken, or somebody has a new key": () => {
		const story = new Story();
		const chain = story.withMembers("desk", "door");
		story.checkpoint(chain);
		for (let count = 1; count <= 6; count += 1) {
			equal(chain.duties.tidies, false);
			story.describe(chain, "desk", { name: `desk ${count}`, types: Uint8Array.of(1) });
		}
		equal(chain.duties.tidies, true);
		for (const name of ["door", "lamp"]) {
			story.checkpoint(chain);
			equal(chain.duties.tidies, false);
			story.rotate(chain, name, `${name}'s new key`);
			equal(chain.duties.tidies, true);
		}
		story.checkpoint(chain);
		equal(chain.duties.tidies, false, "an owner's stays, and is no reason any more");
	},
	"settles where an owner has admitted somebody since the base, until the next one": () => {
		const story = new Story();
		const chain = story.withMembers("desk");
		equal(chain.duties.settles, true);
		story.checkpoint(chain);
		equal(chain.duties.settles, false);
		story.add(chain, "desk", "attic");
		equal(chain.duties.settles, false, "a member's hangs on its sponsor until an owner confirms it");
		story.add(chain, "lamp", "door");
		equal(chain.duties.settles, true);
	},
	"goes on after the branch in which it took most, however long another is": () => {
		const story = new Story();
		const lamp = story.copy(story.withMembers("door"), "lamp");
		const backup = story.copy(lamp);
		const removal = story.remove(lamp, "lamp", "nobody");
		for (let action = 1; action <= 3; action += 1) story.grant(backup, "lamp", "door", action, null);
		story.merge(lamp, backup);
		equal(hex(story.grant(lamp, "lamp", "door", 9, null).previous), hex(removal.hash.slice(0, 16)));
	},
	"an owner's does not take back what was given since it heard again what it had taken and lost": () => {
		const story = new Story();
		const home = story.withMembers("desk", "door");
		story.grant(home, "lamp", "desk", unlock, "door");
		story.checkpoint(home);
		const lamp = story.copy(home, "lamp");
		const withdraw = story.withdraw(home, "lamp", "desk", unlock, "door");
		story.checkpoint(home);
		adopt(lamp, home);
		equal(story.refusal(lamp, withdraw), undefined);
		equal(lamp.duties.again, []);
		story.grant(lamp, "lamp", "desk", unlock, "door");
		equal([lamp.duties.again, story.may(lamp, "desk", unlock, "door")], [[], true]);
	},
	"an owner's remembers a removal that it had lost, though the base before covers it too": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const lamp = story.copy(home, "lamp");
		const other = story.copy(home);
		const removal = story.remove(home, "lamp", "desk");
		for (let number = 0; number < 2; number += 1) {
			story.checkpoint(home);
			adopt(lamp, home);
		}
		equal(story.refusal(lamp, removal), undefined);
		for (let number = 0; number < 3; number += 1) story.checkpoint(other, "door");
		adopt(lamp, other);
		equal(story.members(lamp), ["door", "lamp"]);
	},
	"an owner's remembers a withdrawal that it had lost, though a base that fell covers it too": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const lamp = story.copy(home, "lamp");
		const withdraw = story.withdraw(home, "lamp", "desk", unlock, "door");
		story.checkpoint(home);
		adopt(lamp, home);
		const thief = story.copy(home);
		story.checkpoint(thief, "door");
		adopt(lamp, thief);
		equal(lamp.checkpoint, 2);
		lamp.add(story.rotate(home, "door", "door's new key").cose);
		equal([lamp.checkpoint, story.refusal(lamp, withdraw)], [1, undefined]);
		ok(lamp.find(withdraw.hash) >= 0);
	},
	"an owner's removes again with its new key whom it removed with the old one, where a bad table counts that and forgets it":
		() => {
			const story = new Story();
			const home = story.withOwners(["door"], ["desk"]);
			const lamp = story.copy(home, "lamp");
			story.remove(home, "lamp", "nobody");
			story.checkpoint(home, "door");
			story.remove(lamp, "lamp", "desk");
			story.rotate(lamp, "lamp", "lamp's new key");
			adopt(lamp, home);
			equal(
				[lamp.duties.again, story.members(lamp)],
				[[story.removeBody(2, "desk")], ["desk", "door", "lamp"]]
			);
		}
});
