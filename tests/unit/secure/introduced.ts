import { Kind, rotateProof, signBlock } from "../../../modules/chain/chain.js";
import {
	type ClientRequest,
	Code,
	decodeMessage,
	encodeMessage,
	findOption,
	MessageType,
	OptionNumber,
	pathOptions
} from "../../../modules/coap/coap.js";
import { signEs256 } from "../../../modules/crypto/crypto.js";
import { identityOf } from "../../../modules/node/identity.js";
import { StrangerGate } from "../../../modules/node/node.js";
import { Introductions } from "../../../modules/secure/introductions.js";
import { secureNotation } from "../../../modules/secure/secure-notation.js";
import { StrangerChecks } from "../../../modules/secure/stranger-checks.js";
import { StoreError } from "../../../modules/store/store.js";
import { equal, throws } from "../../harness/assert.js";
import { testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";
import { DELAY, Network } from "../coap/network.js";
import { members } from "./links.js";

const poke = { code: Code.Post, path: "/state", payload: Uint8Array.of(1) };

/** A door that a thief has made forget an owner, who shows it the new era; and a member that is bad. */
function setUp() {
	const network = new Network();
	const { clock } = network;
	const [, door, bad, owner] = members(network, 4);
	if (door === undefined || bad === undefined || owner === undefined) throw new Error("too few");
	owner.link.serve("/state", { [Code.Post]: (_from, _payload, answer) => answer.reply(Uint8Array.of(1)) });
	door.link.serve("/blocks", { [Code.Post]: (_from, _payload, answer) => answer.reply(Uint8Array.of(0)) });
	door.chain.gone.add(owner.id);
	Object.defineProperty(door.chain, "isLaterOpening", { value: () => true });
	const story = new Story();
	const opening = story.recover(story.withMembers("member d"), ["lamp", "member d"]);
	const payload = secureNotation.delivery.write([opening.cose]);
	let id = 0x9000;
	const show = (from = owner.address) => {
		id += 1;
		const token = Uint8Array.of(9, id & 255);
		const message = {
			type: MessageType.Confirmable,
			code: Code.Post,
			id,
			token,
			options: pathOptions("/blocks"),
			payload
		};
		network.send(from, door.address, encodeMessage(message));
		clock.advance(1_100);
	};
	const ask = (from: typeof door, to: typeof door) => {
		const heard = from.ask(to, poke);
		clock.advance(3_000);
		return heard[0] instanceof Uint8Array ? "served" : String(heard[0]);
	};
	return { network, clock, door, bad, owner, show, ask };
}

/** Of the key that the door knows, this is what somebody says came after it: the one that it has. */
function answersWithSuccessor(
	{ network, door }: ReturnType<typeof setUp>,
	other: ReturnType<typeof setUp>["bad"],
	before: { readonly privateKey: Uint8Array }
): () => number {
	const { privateKey, publicKey: key, id: author } = other.identity;
	const { era } = door.chain;
	const proof = signEs256(privateKey, rotateProof({ era, author, turn: 1, key }));
	const body = { kind: Kind.rotate, key, proof, base: new Uint8Array(16), number: 0, lastTaking: 0 } as const;
	const fields = { era, previous: new Uint8Array(16), author, turn: 1, sequence: 9, time: null, body };
	const payload = secureNotation.delivery.write([signBlock(fields, before.privateKey).cose]);
	let count = 0;
	network.fate = ({ from, to, bytes }) => {
		if (from !== door.address || to !== other.address) return [DELAY];
		const { code, id, token, options } = decodeMessage(bytes);
		if (code !== Code.Fetch || findOption(options, OptionNumber.Oscore) !== undefined) return [DELAY];
		count += 1;
		const type = MessageType.Acknowledgement;
		network.send(to, from, encodeMessage({ type, code: Code.Content, id, token, options: [], payload }));
		return [];
	};
	return () => count;
}

export default suite("who is introduced", {
	"is so by nobody who waits for ever, where a block of the node's own cannot be read any more": () => {
		const { clock } = new Network();
		const story = new Story();
		const chain = story.withMembers("door");
		const { privateKey } = story.node("door");
		const home = new Uint8Array(8);
		const kept = {
			privateKey,
			name: "door",
			type: 1,
			home,
			suite: 0,
			rounds: 1000,
			secret: new Uint8Array(0)
		};
		const identity = identityOf({ ...kept, isConfirmed: true });
		const asked: ClientRequest[] = [];
		const told: boolean[] = [];
		const layer = {
			request: (request: ClientRequest) => {
				asked.push(request);
				return { cancel: () => undefined };
			},
			setHandler: () => undefined
		};
		const gate = new StrangerGate({ clock, random: count => new Uint8Array(count) });
		const checks = new StrangerChecks({ clock, gate });
		const nothing = () => undefined;
		const parts = { identity, chain, clock, layer, checks, report: nothing, onOpening: nothing };
		const place = { host: "10.0.0.9", port: 5683 };
		new Introductions(parts).present(place, taken => told.push(taken));
		equal(asked.length, 1);
		Object.defineProperty(chain, "blockAt", {
			value: () => {
				throw new StoreError("damaged");
			}
		});
		const { host: address, port } = place;
		const [request] = asked;
		request?.onResponse({
			code: Code.PreconditionFailed,
			options: [],
			payload: new Uint8Array(0),
			address,
			port
		});
		throws(() => clock.advance(2_000), StoreError, "damaged");
		equal(told, [false]);
	},
	"an owner of an era that is not here yet is heard, whatever keys a member says it has taken": () => {
		for (const isBad of [false, true]) {
			const sides = setUp();
			const { door, bad, owner, show, ask } = sides;
			const before = testNode("an old key");
			if (isBad) door.chain.keys.set(bad.id, before.key);
			const asked = isBad ? answersWithSuccessor(sides, bad, before) : () => 0;
			show();
			if (isBad) ask(door, bad);
			equal([isBad, asked() > 0, ask(door, owner)], [isBad, isBad, "served"]);
		}
	},
	"also where it has taken a new key since, and a thief has removed it here": () => {
		const sides = setUp();
		const { door, owner, show, ask } = sides;
		const before = { privateKey: owner.identity.privateKey.slice() };
		const { privateKey, key } = testNode("a new key");
		owner.identity.privateKey = privateKey;
		owner.identity.publicKey = key;
		door.chain.removed.add(owner.id);
		const asked = answersWithSuccessor(sides, owner, before);
		show();
		// It does not prove itself by the key in the opening: the door asks what came after that.
		ask(door, owner);
		equal([asked() > 0, ask(door, owner)], [true, "served"]);
	},
	"nor does who shows the opening again and again have another of its owners looked for in its place": () => {
		const { door, owner, show, ask } = setUp();
		show();
		show("10.0.0.66");
		equal(ask(door, owner), "served");
		// As long as it answers.
		for (let count = 0; count < 3; count += 1) {
			show("10.0.0.66");
			equal(ask(door, owner), "served");
		}
	}
});
