import { BlockError, Chain, Kind, prefixLength, signBlock } from "../../../modules/chain/chain.js";
import { type Cover, hashOfTable, partsOfTable } from "../../../modules/chain/table.js";
import { encodeTable } from "../../../modules/chain/table-format.js";
import { decodeTable } from "../../../modules/chain/table-reader.js";
import { loadIdentity } from "../../../modules/node/node.js";
import { BlockFile, Store } from "../../../modules/store/store.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { foundHome, joined, SimulatedNetwork, type SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

/** A lamp and a knob, both owners, a lock and a light. */
function home() {
	const network = new SimulatedNetwork();
	const lamp = foundHome(network, undefined, { suite: "secure" });
	const recoveryKey = /((?:[0-9A-Z]{5} ){10}[0-9A-Z]{5})/.exec(lamp.output)?.[1] ?? "";
	const door = joined(network, "10.0.0.2:5683", "door", "lock", [], "secure");
	const knob = joined(network, "10.0.0.3:5683", "knob", "switch", [], "secure");
	const desk = joined(network, "10.0.0.4:5683", "desk", "light", [], "secure");
	const attic = joined(network, "10.0.0.5:5683", "attic", "light", [], "secure");
	for (const answer of ["recover knob", recoveryKey, "-", "y"]) lamp.type(answer);
	lamp.waitFor(/A new era of the home has begun/);
	lamp.type("n");
	for (const node of [door, knob, desk, attic]) node.until("members", /knob \(switch, owner\)/, 300_000);
	return { network, lamp, door, knob, desk, attic };
}

/** The owner's node that is switched off signs a checkpoint that says what it likes of the others' takings, and keeps it. */
function forge(node: SimulatedNode, said: { number: number; taking: number }): void {
	const store = new Store({ preference: node.preference, domain: "verifichain" });
	const identity = loadIdentity(store);
	ok(identity !== undefined);
	const chain = new Chain({ storage: new BlockFile(store), home: identity.home, self: identity.id });
	chain.load();
	const { base } = chain;
	ok(base !== undefined);
	const { table } = base;
	const covers = table.covers.map(
		(cover): Cover =>
			chain.members.get(cover.id)?.name === "lamp"
				? { ...cover, taking: said.taking, hash: new Uint8Array(16).fill(7) }
				: cover
	);
	const bytes = encodeTable({ ...table, covers });
	const hash = hashOfTable(partsOfTable(bytes, decodeTable(bytes)));
	const body = { kind: Kind.checkpoint, era: base.era, opening: base.opening, number: said.number, hash };
	const previous = base.hash.slice(0, prefixLength);
	const place = { era: chain.era, previous, author: identity.id, turn: 0, sequence: 0, time: null };
	const { cose } = signBlock({ ...place, body }, identity.privateKey);
	const anchors = chain.anchors.map(anchor => anchor.cose);
	chain.adopt({ checkpoint: cose, table: bytes, anchors });
	equal(chain.checkpoint, said.number);
}

/** The most that a table can count at all. */
const last = { number: 2 ** 28, taking: 12 * 2 ** 28 };

export default suite("a bad owner", {
	"does not end another's takings by a table that counts them all: they go on, and the table is told of":
		() => {
			const { lamp, door, knob } = home();
			knob.cut();
			forge(knob, last);
			knob.start();
			for (const node of [lamp, door]) node.waitFor(/took over checkpoint 268435456 from \w+\n/, 300_000);
			lamp.waitFor(/it says otherwise than this node's blocks: see SECURITY\.md\n/);
			lamp.ask("chain", /a checkpoint says otherwise than this node's blocks/);
			lamp.ask("checkpoint", /\(y\/n\)/);
			lamp.ask("y", /No: an owner has used up all checkpoints: only the recovery key helps\.\n/);
			// 12 of its own are left: enough for all members, of whom a remove may name eight.
			for (const name of ["desk", "attic"]) {
				lamp.ask(`remove ${name}`, /\(y\/n\)/);
				lamp.ask("y", new RegExp(`${name} is removed\\.\\n`));
				lamp.type("n");
			}
			for (const node of [door, knob]) node.until("status", /members +3;/, 300_000);
		},
	"has what it claims to cover taken again by whose it is": () => {
		const { lamp, door, knob, desk } = home();
		lamp.ask("grant desk unlock door", /desk may unlock door/);
		lamp.ask("checkpoint", /\(y\/n\)/);
		lamp.ask("y", /Checkpoint 1 is made/);
		for (const node of [door, knob]) node.until("chain", /base checkpoint 1/, 300_000);
		desk.until("task door unlock", /door: unlocked\n/, 300_000);
		lamp.ask("ungrant desk unlock door", /desk may not unlock door any more/);
		for (const node of [door, knob]) node.until("chain", /forbade desk unlock door\n/, 300_000);
		knob.cut();
		forge(knob, { number: 2, taking: 24 });
		knob.start();
		for (const node of [lamp, door]) node.until("chain", /base checkpoint [2-9]/, 300_000);
		lamp.until("chain", /forbade desk unlock door\n/, 300_000);
		desk.until("task door unlock", /door: not granted\n/, 300_000);
	},
	"cannot count more than there are numbers for": () => {
		const { knob } = home();
		knob.cut();
		for (const said of [
			{ ...last, number: last.number + 1 },
			{ ...last, taking: last.taking + 1 }
		]) {
			throws(() => forge(knob, said), BlockError);
		}
	}
});
