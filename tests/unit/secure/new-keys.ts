import { fromHex } from "../../../modules/bytes/bytes.js";
import { encode } from "../../../modules/cbor/cbor.js";
import { Kind, rotateProof, signBlock } from "../../../modules/chain/chain.js";
import { Code, decodeMessage, encodeMessage, MessageType, OptionNumber } from "../../../modules/coap/coap.js";
import { derivePublicKey, signEs256 } from "../../../modules/crypto/crypto.js";
import { openQuery } from "../../../modules/secure/block-forms.js";
import { equal, hex, ok } from "../../harness/assert.js";
import {
	applicant,
	foundHome,
	joined,
	SimulatedNetwork,
	type SimulatedNode
} from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { askedFor, eraOf, idOf, Stranger, secureHome } from "./house.js";

const place = "10.0.0.4:5683";

function rotate(node: SimulatedNode): void {
	node.ask("rotate", /^This node has a new key/);
}

function forgetSessions({ preference }: SimulatedNode): void {
	for (const key of preference.keys("verifichain")) {
		if (/^s[0-9a-f]{14}$/.test(key)) preference.delete("verifichain", key);
	}
}

/** Cuts some nodes off from all others. */
function separate(network: SimulatedNetwork, ...nodes: readonly SimulatedNode[]): void {
	const side = new Set(nodes.map(({ address }) => address));
	network.reaches = (from, to) => side.has(from) === side.has(to);
}

/** A home whose lamp has admitted a desk that has got nothing else yet. */
function admitted(sponsor: "lamp" | "door" = "lamp") {
	const home = secureHome();
	const { network } = home;
	home[sponsor].type("invite");
	network.passes = ({ from, bytes }) => from !== place || askedFor(bytes) !== "POST /.well-known/edhoc";
	const desk = applicant(network, place, "desk", "light", [home[sponsor].address], { suite: "secure" });
	home[sponsor].waitFor(/admitted desk/);
	const free = () => {
		network.passes = () => true;
	};
	return { ...home, desk, free };
}

/** Removes the desk while it is cut off, and has all who know it take new keys; then it is reached again. */
function removedMeanwhile() {
	const home = secureHome();
	const { network, lamp, door, knob } = home;
	const desk = joined(network, place, "desk", "light", [lamp.address], "secure");
	for (const node of [lamp, door, knob, desk]) node.until("status", /chain +4 blocks/);
	for (const node of [lamp, door, knob])
		desk.until(`task ${nameOf(node)} read`, /: (on|off|locked|none|ready)\n/);
	separate(network, desk);
	lamp.ask("remove desk", /Remove it\? \(y\/n\)\n/);
	lamp.ask("y", /^desk is removed\.\n/);
	lamp.ask("n", /^/);
	for (const node of [lamp, door, knob]) node.until("status", /chain +5 blocks/);
	return { ...home, desk };
}

function nameOf(node: SimulatedNode): string {
	return node.ask("status", /node +(\S+) /)[1] ?? "";
}

/** The keys whose successors a node asks for; the first time somebody else answers, with a block of its own making. */
function forgeOneAnswer(network: SimulatedNetwork, asker: string, era: Uint8Array, author: Uint8Array) {
	const privateKey = Uint8Array.from({ length: 32 }, () => 5);
	const key = derivePublicKey(privateKey);
	const proof = signEs256(privateKey, rotateProof({ era, author, turn: 1, key }));
	const previous = new Uint8Array(16);
	const body = { kind: Kind.rotate, key, proof, base: previous, number: 0, lastTaking: 0 };
	const fields = { era, previous, author, turn: 1, sequence: 9, time: null, body };
	const forged = signBlock(fields, privateKey);
	const asked: string[] = [];
	const before = network.passes;
	network.passes = datagram => {
		const { from, to, bytes } = datagram;
		const left = from === asker && askedFor(bytes) === "FETCH /blocks" ? keyAskedFor(bytes) : undefined;
		if (left !== undefined) asked.push(hex(left));
		if (left === undefined || asked.length > 1) return before(datagram);
		const { id, token } = decodeMessage(bytes);
		const [host = "", port = ""] = asker.split(":");
		const type = MessageType.Acknowledgement;
		const payload = encode([forged.cose]);
		const answer = encodeMessage({ type, code: Code.Content, id, token, options: [], payload });
		network.send(to, host, Number(port), answer);
		return false;
	};
	return asked;
}

function keyAskedFor(bytes: Uint8Array): Uint8Array | undefined {
	const query = openQuery.read(decodeMessage(bytes).payload);
	return "successor" in query ? query.successor : undefined;
}

export default suite("new keys", {
	"a joiner whose sponsor took a new key meanwhile is brought to it": () => {
		for (const sponsor of ["lamp", "door"] as const) {
			const { [sponsor]: admitting, desk, lamp, free } = admitted(sponsor);
			rotate(admitting);
			free();
			desk.waitFor(/ready [0-9a-f]{32} desk light/, 60_000);
			desk.until("task lamp on", /lamp: on\n/);
			lamp.until("task desk on", /desk: on\n/);
		}
	},
	"also to its third new key, and to a founder's new key that a checkpoint covers": () => {
		const { lamp, desk, free } = admitted();
		for (let count = 0; count < 3; count += 1) rotate(lamp);
		lamp.ask("checkpoint", /Make a checkpoint\? \(y\/n\)\n/);
		lamp.ask("y", /^Checkpoint 1 is made\.\n/);
		free();
		desk.waitFor(/ready [0-9a-f]{32} desk light/, 60_000);
		desk.until("task lamp on", /lamp: on\n/);
	},
	"a key that the sponsor's own did not sign is not believed": () => {
		const { network, lamp, desk, free } = admitted();
		rotate(lamp);
		free();
		const era = eraOf(lamp);
		const asked = forgeOneAnswer(network, desk.address, era, fromHex(idOf(lamp)));
		desk.waitFor(/ready [0-9a-f]{32} desk light/, 60_000);
		equal([asked.length, asked[1]], [2, asked[0]], "it asks again for what came after the lamp's old key");
	},
	"a new key that is shown before the blocks before it came takes no other block's effect": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, undefined, { suite: "secure" });
		lamp.ask("checkpoint", /Make a checkpoint\? \(y\/n\)\n/);
		lamp.ask("y", /^Checkpoint 1 is made\.\n/);
		const desk = joined(network, place, "desk", "light", [lamp.address], "secure");
		lamp.until("status", /chain +2 blocks/);
		desk.cut();
		forgetSessions(desk);
		lamp.ask("grant desk unlock all", /^desk may unlock every lock\.\n/);
		rotate(lamp);
		let answers = 0;
		network.passes = ({ from, bytes }) => {
			const { code, payload } = decodeMessage(bytes);
			if (from === lamp.address && code === Code.Content && payload.length > 200) answers += 1;
			return answers === 0 || from !== lamp.address || code === Code.Content;
		};
		desk.start();
		desk.waitFor(/ready /);
		for (let waited = 0; answers === 0; waited += 1) {
			ok(waited < 120_000, "it asks for the new key");
			network.clock.advance(1);
		}
		network.clock.advance(5);
		desk.cut();
		desk.start();
		equal(/this node's block is not here|ready /.exec(desk.output)?.[0], "ready ");
		network.passes = () => true;
		desk.until("status", /chain +4 blocks/, 180_000);
	},
	"two members that both took new keys apart, and share no session any more, come together": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, undefined, { suite: "secure" });
		const desk = joined(network, place, "desk", "light", [lamp.address], "secure");
		for (const node of [lamp, desk]) {
			node.until("status", /chain +2 blocks/);
			node.cut();
			forgetSessions(node);
		}
		separate(network, desk);
		for (const node of [lamp, desk]) {
			node.start();
			node.waitFor(/ready /);
			rotate(node);
		}
		network.reaches = () => true;
		for (const node of [lamp, desk]) node.until("status", /chain +4 blocks/, 180_000);
		desk.until("task lamp on", /lamp: on\n/);
	},
	"a removed node is shown it also by who has taken a new key since": () => {
		const { network, desk, lamp, door, knob } = removedMeanwhile();
		for (const node of [lamp, door, knob]) rotate(node);
		// Unless the owner's node has made room meanwhile, by a checkpoint of its own.
		for (const node of [lamp, door, knob]) node.until("status", /chain +[48] blocks/);
		network.reaches = () => true;
		desk.waitFor(/this node was removed from the home/, 120_000);
		desk.ask("status", /removed from the home/);
	},
	"who knows that it was removed asks nobody any more, whatever was under way": () => {
		const { network, desk } = removedMeanwhile();
		desk.cut();
		network.reaches = () => true;
		desk.start();
		desk.waitFor(/this node was removed from the home/, 120_000);
		// The end of what was under way.
		network.clock.advance(20_000);
		const before = desk.attempts;
		network.clock.advance(600_000);
		equal(desk.attempts, before);
		desk.cut();
		desk.start();
		desk.waitFor(/this node was removed from the home/);
		network.clock.advance(600_000);
		equal(desk.attempts, before, "nor after a restart");
	},
	"who knows that it was removed comes up as that, also when its own block was damaged": () => {
		for (const isTold of [true, false]) {
			const { network, desk } = removedMeanwhile();
			if (isTold) {
				network.reaches = () => true;
				desk.waitFor(/this node was removed from the home/, 120_000);
				separate(network, desk);
			}
			desk.cut();
			for (const key of desk.preference.keys("verifichain")) {
				if (/^b[1-9]/.test(key)) desk.preference.delete("verifichain", key);
			}
			if (!isTold) network.reaches = () => true;
			desk.start();
			desk.waitFor(/ready [0-9a-f]{32} desk light/, 120_000);
			desk.ask("status", /removed from the home/);
		}
	},
	"a stranger that asks all the time keeps nobody from an answer": () => {
		const { network, lamp, door } = secureHome();
		const knob = idOf(door);
		lamp.ask("remove door", /Remove it\? \(y\/n\)\n/);
		lamp.ask("y", /^door is removed\.\n/);
		const payload = openQuery.write({ removal: fromHex(knob) });
		const stranger = new Stranger(network, "10.0.0.66:5683");
		const honest = new Stranger(network, "10.0.0.67:5683");
		for (let count = 0; count < 50; count += 1) {
			stranger.send(lamp.address, Code.Fetch, "/blocks", { payload });
			network.clock.advance(100);
		}
		const challenge = honest.ask(lamp.address, Code.Fetch, "/blocks", { payload });
		const options = (challenge?.options ?? []).filter(({ number }) => number === OptionNumber.Echo);
		equal(options.length, 1);
		stranger.send(lamp.address, Code.Fetch, "/blocks", { payload });
		equal(honest.ask(lamp.address, Code.Fetch, "/blocks", { payload, options })?.code, Code.Content);
		const told = stranger.heard.filter(({ code }) => code === Code.Content);
		ok(told.length <= 4, "no more to whom does not show where it is");
	}
});
