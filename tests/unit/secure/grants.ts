import { fromHex } from "../../../modules/bytes/bytes.js";
import { type Body, Chain, Kind } from "../../../modules/chain/chain.js";
import { actions } from "../../../modules/devices/devices.js";
import { loadIdentity } from "../../../modules/node/node.js";
import { BlockFile, Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import type { SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { idOf, secureHome } from "./house.js";

/** The founder, while it is off, signs a block into its own flash, and starts with it. */
function issue(lamp: SimulatedNode, say: (taking: number) => Body): void {
	const store = new Store({ preference: lamp.preference, domain: "verifichain" });
	const identity = loadIdentity(store);
	if (identity === undefined) throw new Error("no identity");
	const chain = new Chain({ storage: new BlockFile(store), home: identity.home });
	chain.load();
	chain.issue({
		author: identity.id,
		privateKey: identity.privateKey,
		time: null,
		body: say(chain.nextTaking(identity.id))
	});
}

/** Grants the knob unlocking, or takes it back. */
function grant(lamp: SimulatedNode, knob: SimulatedNode, granted: boolean): void {
	const id = fromHex(idOf(knob));
	lamp.cut();
	const what = { id, action: actions.indexOf("unlock"), node: null, device: null };
	issue(lamp, taking =>
		granted
			? { kind: Kind.grant, ...what, limits: null, counted: null }
			: { kind: Kind.withdraw, taking, ...what }
	);
	lamp.start();
	lamp.waitFor(/ready /);
}

/** A home in which the knob may unlock, and everyone knows. */
function granted(seed = 1) {
	const home = secureHome(seed);
	const { lamp, door, knob } = home;
	grant(lamp, knob, true);
	for (const node of [lamp, door, knob]) node.until("status", /chain +4 blocks/);
	return home;
}

export default suite("grants in a secure home", {
	"who was granted it unlocks, whom it was taken from does not": () => {
		const { lamp, door, knob } = granted();
		knob.ask("task door unlock", /^door: unlocked\n/);
		equal(door.line.value, 1);
		knob.ask("task door lock", /^door: locked\n/);
		grant(lamp, knob, false);
		for (const node of [lamp, door, knob]) node.until("status", /chain +5 blocks/);
		knob.ask("task door unlock", /^door: not granted\n/);
		equal(door.line.value, 0);
	},
	"a lock that was off while a grant was taken back hears of it before it obeys": () => {
		const { network, lamp, door, knob } = granted();
		door.cut();
		grant(lamp, knob, false);
		lamp.until("status", /chain +5 blocks/);
		// The founder's first answers are lost, and the knob says nothing of what it may have heard.
		let isLate = true;
		network.reaches = (from, to) => !(isLate && from === lamp.address && to === door.address);
		network.passes = ({ from, to, bytes }) =>
			!(from === knob.address && to === door.address && bytes.length > 100);
		network.clock.after(500, () => {
			isLate = false;
		});
		door.start();
		door.waitFor(/ready /, 50);
		knob.ask("task door unlock", /(?:^|\n)door: (not granted|no answer)\n/);
		equal(door.line.value, 0);
		door.until("status", /chain +5 blocks/);
		knob.ask("task door unlock", /^door: not granted\n/);
	},
	"when nobody else answers, a lock obeys by what it knows, and says so": () => {
		const { network, lamp, door, knob } = granted();
		lamp.cut();
		door.cut();
		door.start();
		door.waitFor(/ready /, 50);
		network.clock.advance(3_000);
		const start = network.clock.now();
		knob.ask("task door unlock", /^door: unlocked\n/);
		const waited = network.clock.now() - start;
		ok(waited >= 1_900 && waited < 2_500, `${waited} ms`);
		equal(door.line.value, 1);
		ok(door.output.includes("nobody else answers: knob is judged by what this node knows"), door.output);
	},
	"who was removed is nobody, wherever the removal was seen": () => {
		const { lamp, door, knob } = granted();
		const id = fromHex(idOf(knob));
		lamp.cut();
		issue(lamp, taking => ({ kind: Kind.remove, taking, ids: [id] }));
		lamp.start();
		lamp.waitFor(/ready /);
		for (const node of [lamp, door]) node.until("status", /members +2;/);
		ok(
			lamp.preference.keys("verifichain").filter(key => /^s[0-9a-f]{14}$/.test(key)).length === 1,
			"its secret is gone"
		);
		knob.type("task door unlock");
		knob.type("task lamp on");
		knob.waitFor(
			/door: no answer\n[\s\S]*lamp: no answer\n|lamp: no answer\n[\s\S]*door: no answer\n|removed from the home/,
			30_000
		);
		equal([door.line.value, lamp.line.value], [0, 0]);
	}
});
