import assert from "node:assert/strict";
import { addMemoryOfC, agree, answer, assertCalm, openHouse, powerOn, ready } from "./home.mjs";

const phases = ["before", "middle", "after"];
/** How many cuts of each kind are tried; with `EMULATOR_CUTS=all` every operation, in each of its phases. */
const sample = process.env.EMULATOR_CUTS === "all" ? Number.POSITIVE_INFINITY : 4;

/** Every cut that is possible in so many operations; of more than `sample` some, spread evenly over them and the phases. */
function cutsOf(operations) {
	if (operations * phases.length <= sample) {
		return Array.from({ length: operations }, (_, at) => phases.map(phase => ({ at, phase }))).flat();
	}
	return Array.from({ length: sample }, (_, i) => ({
		at: Math.floor(((i + 0.5) * operations) / sample),
		phase: phases[(i + 1) % phases.length]
	}));
}

/**
 * A lamp admits a door; `cut` is who loses its power, and when. Whoever did is switched on again a second later, and
 * the person at the door answers what it asks. Ends with one home of two members, each known once. Returns how many
 * flash operations each of them needed.
 */
async function join(founded, figures, { who, at, phase } = {}) {
	const house = openHouse();
	const lamp = powerOn(house, "lamp", { flash: founded.copy() });
	const door = powerOn(house, "door");
	const victim = { lamp, door }[who];
	await lamp.waitFor(ready);
	await lamp.ask("invite", /Inviting|at any time/);
	const before = { lamp: lamp.flash.operations, door: door.flash.operations };
	victim?.flash.cutAt(at, phase);
	const isCut = () => victim?.cut !== undefined;
	// What is typed goes nowhere once the power is gone.
	await answer(door, { name: "door", type: "lock", isGone: isCut });
	const used = { lamp: lamp.flash.operations - before.lamp, door: door.flash.operations - before.door };
	if (victim !== undefined) {
		assert.ok(isCut(), `${who} did not reach operation ${at}`);
		await house.run(1_000);
		victim.powerOn();
		await lamp.until("status", /chain/);
		if (who === "lamp") await lamp.ask("invite", /Inviting|at any time/);
		await answer(door, { name: "door", type: "lock", milliseconds: 120_000 });
	}
	await agree([lamp, door], 2);
	for (const board of [lamp, door]) {
		const [members] = await board.ask("members", /[\s\S]*door[^\n]*\n/);
		assert.equal(members.match(/\bdoor\b/g).length, 1, members);
	}
	assertCalm([lamp, door]);
	await lamp.ask("task door read", /door: locked/);
	addMemoryOfC(figures, [lamp, door]);
	return used;
}

/** Cuts the power of the joiner, and of its sponsor, at flash operations of a join. */
export async function powerCuts(context, figures) {
	const house = openHouse();
	const founder = powerOn(house, "lamp");
	await answer(founder, { isFirst: true, name: "lamp", type: "light" });
	await house.run(1_000);
	const founded = founder.flash;
	const used = await join(founded, figures);
	for (const who of ["door", "lamp"]) {
		const cuts = cutsOf(used[who]);
		const role = who === "door" ? "joiner" : "sponsor";
		for (const cut of cuts) {
			await context.test(`${role}: ${cut.phase} flash operation ${cut.at} of ${used[who]}`, () =>
				join(founded, figures, { who, ...cut })
			);
		}
		figures.add(`power cuts tried at the ${role}, of ${used[who] * phases.length}`, cuts.length);
	}
}
