import { decodeUtf8, fromHex } from "../../../modules/bytes/bytes.js";
import { encode } from "../../../modules/cbor/cbor.js";
import { signBlock } from "../../../modules/chain/chain.js";
import {
	Code,
	findOption,
	MessageType,
	type Option,
	OptionNumber,
	queryOptions
} from "../../../modules/coap/coap.js";
import { multiplyBase } from "../../../modules/crypto/crypto.js";
import { setting, writeShare } from "../../../modules/secure/sync-messages.js";
import { equal, hex, ok } from "../../harness/assert.js";
import { addBody, testNode } from "../../harness/blocks.js";
import {
	applicant,
	foundHome,
	homePassword,
	homePin,
	joined,
	SimulatedNetwork,
	SimulatedNode
} from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { askedFor, eraOf, idOf, Stranger, secureHome } from "./house.js";

/** A share that is a point of the curve; no password comes to what it asks for. */
function share(scalar = 3): Uint8Array {
	const point = multiplyBase(Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? scalar : 0)));
	return writeShare(Uint8Array.of(4, ...point));
}

/** Makes adds of a node that nobody has heard of, in the name of a founder that did not sign them. */
function forger(founder: SimulatedNode): (count: number) => Uint8Array {
	const { privateKey, key, id } = testNode("nobody");
	const era = eraOf(founder);
	const author = fromHex(idOf(founder));
	return count => {
		const body = addBody(era, { privateKey, key, id }, `n${count}`, { sponsor: author });
		const previous = new Uint8Array(16);
		const fields = { era, previous, author, turn: 0, sequence: 100, time: null, body };
		return signBlock(fields, privateKey).cose;
	};
}

function founded(seed = 1) {
	const network = new SimulatedNetwork(seed);
	const lamp = foundHome(network, undefined, { suite: "secure" });
	return { network, lamp, stranger: new Stranger(network) };
}

const code = (message: { code: number } | undefined) => message?.code;
const nothing = { payload: encode(["no share"]) };

export default suite("joining a secure home", {
	"a founder admits for ten minutes, an invitation for two, and then /sync is forbidden": () => {
		const { network, lamp, stranger } = founded();
		const ask = () => code(stranger.ask(lamp.address, Code.Post, "/sync", nothing));
		network.clock.advance(595_000);
		equal(ask(), Code.BadRequest);
		network.clock.advance(5_000);
		equal(ask(), Code.Forbidden);
		lamp.type("invite");
		network.clock.advance(115_000);
		equal(ask(), Code.BadRequest);
		network.clock.advance(5_000);
		equal(ask(), Code.Forbidden);
		lamp.type("invite 10");
		equal(ask(), Code.BadRequest);
		lamp.type("uninvite");
		equal(ask(), Code.Forbidden);
	},
	"five exchanges that are begun and left close the window, and not one before": () => {
		const { network, lamp, stranger } = founded();
		for (let guess = 1; guess <= 5; guess += 1) {
			ok(!lamp.output.includes("the invitation is over"), `before guess ${guess}`);
			equal(code(stranger.ask(lamp.address, Code.Post, "/sync", { payload: share() })), Code.Changed);
			network.clock.advance(10_000);
		}
		lamp.waitFor(/the invitation is over: five wrong guesses/, 1_000);
		equal(code(stranger.ask(lamp.address, Code.Post, "/sync", { payload: share() })), Code.Forbidden);
	},
	"one exchange goes on at a time, for ten seconds": () => {
		const { network, lamp, stranger } = founded();
		const another = new Stranger(network, "10.0.0.67:5683");
		const payload = share();
		equal(code(stranger.ask(lamp.address, Code.Post, "/sync", { payload })), Code.Changed);
		equal(code(another.ask(lamp.address, Code.Post, "/sync", { payload })), Code.ServiceUnavailable);
		network.clock.advance(9_000);
		equal(code(another.ask(lamp.address, Code.Post, "/sync", { payload })), Code.ServiceUnavailable);
		network.clock.advance(1_000);
		equal(code(another.ask(lamp.address, Code.Post, "/sync", { payload })), Code.Changed);
	},
	"nobody has a node compute a second answer before the first is out": () => {
		const { network, lamp, stranger } = founded();
		network.delay = [1, 1];
		for (let count = 0; count < 3; count += 1)
			stranger.send(lamp.address, Code.Post, "/sync", { payload: share() });
		network.clock.advance(100);
		const codes = stranger.heard.map(code);
		equal(codes, [Code.ServiceUnavailable, Code.ServiceUnavailable, Code.Changed]);
	},
	"after four shares in ten seconds the next must show where it comes from, which a joiner does": () => {
		const { network, lamp, stranger } = founded();
		for (let count = 0; count < 4; count += 1) {
			const refused = stranger.ask(lamp.address, Code.Post, "/sync", {
				payload: writeShare(new Uint8Array(65).fill(4))
			});
			equal(code(refused), Code.BadRequest, "no point of the curve");
		}
		const challenge = stranger.ask(lamp.address, Code.Post, "/sync", { payload: share() });
		equal(code(challenge), Code.Unauthorized);
		ok(challenge && findOption(challenge.options, OptionNumber.Echo) !== undefined, "a challenge");
		let challenged = 0;
		network.tap = ({ bytes, to }) => {
			if (to === "10.0.0.2:5683" && bytes[1] === Code.Unauthorized) challenged += 1;
		};
		const door = new SimulatedNode(network, "10.0.0.2:5683", { peers: [lamp.address], suite: "secure" });
		door.start("n", "door", "lock", homePassword, homePin);
		door.waitFor(/ready [0-9a-f]{32} door/, 5_000);
		equal(challenged, 1);
	},
	"the exchange is bound to home, rounds and the password's version": () => {
		const home = fromHex("0102030405060708");
		const { context, idProver, idVerifier } = setting(home, 4096, 2);
		equal(decodeUtf8(context.subarray(0, 13)), "verifichain 1");
		equal(hex(context.subarray(13)), "01020304050607080000100000000002");
		equal([idProver.length, idVerifier], [0, home]);
	},
	"the same key gets the same block, also from another sponsor after the answer was lost": () => {
		const { network, lamp, door, knob } = secureHome();
		lamp.type("invite");
		// The lamp admits the desk and tells the others, but the desk never hears of it.
		network.passes = ({ from, to, bytes }) =>
			!(from === lamp.address && to === "10.0.0.4:5683" && bytes.length > 320);
		const desk = applicant(network, "10.0.0.4:5683", "desk", "light", [lamp.address, door.address], {
			suite: "secure"
		});
		lamp.waitFor(/admitted desk/);
		door.until("status", /chain +4 blocks/);
		desk.cut();
		lamp.cut();
		network.passes = () => true;
		door.type("invite");
		desk.start(homePassword, homePin);
		desk.waitFor(/ready [0-9a-f]{32} desk light/, 120_000);
		for (const node of [door, knob, desk]) node.until("status", /chain +4 blocks/);
		desk.ask("task door read", /^door: locked\n/);
	},
	"no member keeps the password, and each of them can admit others": () => {
		const { network, lamp, door, knob } = secureHome();
		for (const { preference } of [lamp, door, knob]) {
			for (const key of preference.keys("verifichain")) {
				const value = String.fromCharCode(
					...new Uint8Array(preference.get("verifichain", key) ?? new ArrayBuffer(0))
				);
				ok(!value.includes(homePassword) && !value.includes(homePin), `in ${key}`);
			}
		}
		lamp.type("uninvite");
		knob.type("invite");
		joined(network, "10.0.0.4:5683", "desk", "light", [knob.address], "secure");
		knob.waitFor(/admitted desk \(light\)/);
	},
	"a member whose sponsor died before it told the others brings its own block": () => {
		const { network, lamp, door, knob } = secureHome();
		door.type("invite");
		network.reaches = (from, to) =>
			![from, to].includes(door.address) || [from, to].includes("10.0.0.4:5683");
		const bare: string[] = [];
		network.tap = ({ bytes, to }) => {
			if (askedFor(bytes) === "POST /blocks") bare.push(to);
		};
		const desk = applicant(network, "10.0.0.4:5683", "desk", "light", [door.address], { suite: "secure" });
		desk.waitFor(/ready [0-9a-f]{32} desk light/);
		door.cut();
		desk.until("task lamp on", /lamp: on\n/, 30_000);
		lamp.waitFor(/learned of desk by its own block/, 10);
		lamp.ask("status", /chain +4 blocks/);
		ok(bare.includes(lamp.address));
		knob.until("task desk read", /desk: off\n/);
	},
	"in the clear a node takes a block that makes a member, checks one a second, and nothing else": () => {
		const { network, lamp, door } = secureHome();
		const desk = joined(network, "10.0.0.4:5683", "desk", "light", [lamp.address], "secure");
		desk.cut();
		const stranger = new Stranger(network);
		const [, genesis = "", ...adds] =
			/\[(\{.*)\]\n/
				.exec(lamp.ask("export", /\[\{.*\}\]\n/)[0] ?? "")?.[1]
				?.split('"cose":"')
				.map(text => text.split('"')[0] ?? "") ?? [];
		const post = (...blocks: Uint8Array[]) =>
			code(stranger.ask(door.address, Code.Post, "/blocks", { payload: encode(blocks) }));
		for (const node of [door]) node.until("status", /chain +4 blocks/);
		for (const known of adds) equal(post(fromHex(known)), Code.Changed, "one that is here");
		equal(post(fromHex(genesis)), Code.Unauthorized, "a genesis block");
		equal(post(), Code.Unauthorized, "no block");
		equal(post(fromHex(adds[0] ?? ""), fromHex(adds[1] ?? "")), Code.Unauthorized, "two");
		equal(
			code(stranger.ask(door.address, Code.Post, "/blocks", { payload: Uint8Array.of(1) })),
			Code.Unauthorized
		);
		equal(code(stranger.ask(door.address, Code.Fetch, "/blocks")), Code.Unauthorized);
		const forged = fromHex(adds[2] ?? "");
		forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1;
		const other = fromHex(adds[2] ?? "");
		// Another name in the payload: another hash, and no signature by the lamp.
		const at = String.fromCharCode(...other).indexOf("desk");
		other[at] = 0x44;
		// The desk may have brought its own block just now.
		network.clock.advance(1_000);
		equal(post(other), Code.Unauthorized, "a forged one");
		const challenge = stranger.ask(door.address, Code.Post, "/blocks", { payload: encode([other]) });
		const options = (challenge?.options ?? []).filter(({ number }) => number === OptionNumber.Echo);
		equal([code(challenge), options.length], [Code.Unauthorized, 1], "the next within a second");
		const shown = { payload: encode([other]), options };
		const before = stranger.heard.length;
		for (let turn = 0; turn < 2; turn += 1) stranger.send(door.address, Code.Post, "/blocks", shown);
		network.clock.advance(900);
		const answers = () =>
			stranger.heard.slice(before).flatMap(answer => (answer.code === 0 ? [] : [answer.code]));
		equal(answers(), [Code.ServiceUnavailable], "one waits, and no more from there");
		network.clock.advance(200);
		equal(answers(), [Code.ServiceUnavailable, Code.Unauthorized]);
		door.ask("status", /chain +4 blocks/);
	},
	"nor do a stranger's forged blocks, sent without end, keep out who brings its own": () => {
		for (const isShown of [false, true]) {
			const { network, lamp, door, knob } = secureHome();
			// Else the lamp would hear of it from the knob.
			knob.cut();
			door.type("invite");
			const place = "10.0.0.4:5683";
			network.reaches = (from, to) => ![from, to].includes(door.address) || [from, to].includes(place);
			const stranger = new Stranger(network);
			const forged = forger(lamp);
			let count = 0;
			let options: Option[] = [];
			const flood = () => {
				count += 1;
				const given = stranger.heard.at(-1)?.options.filter(({ number }) => number === OptionNumber.Echo);
				if (isShown && given?.length === 1) options = given;
				const payload = encode([forged(count)]);
				stranger.send(lamp.address, Code.Post, "/blocks", { payload, options });
				network.clock.after(50, flood);
			};
			flood();
			const desk = applicant(network, place, "desk", "light", [door.address], { suite: "secure" });
			desk.waitFor(/ready [0-9a-f]{32} desk light/);
			door.cut();
			lamp.waitFor(/learned of desk by its own block/, 10_000);
			desk.until("task lamp on", /lamp: on\n/, 10_000);
		}
	},
	"a search ends soon after a home that invites has answered, and takes its time where none does": () => {
		for (const isInviting of [true, false]) {
			const { network, lamp } = secureHome();
			lamp.type(isInviting ? "invite" : "uninvite");
			const start = network.clock.now();
			const desk = applicant(network, "10.0.0.4:5683", "desk", "light", [], { suite: "secure" });
			desk.waitFor(/synchronizing with home/);
			const took = network.clock.now() - start;
			ok(isInviting ? took >= 400 && took < 500 : took >= 2_500, `${took} ms`);
		}
	},
	"who asks everyone hears at once who admits, and the others within two seconds": () => {
		const { network, lamp, door, knob } = secureHome();
		door.type("invite");
		lamp.type("uninvite");
		const stranger = new Stranger(network);
		const heard: { from: string; at: number; text: string }[] = [];
		network.tap = ({ from, to, bytes }) => {
			if (to === stranger.address)
				heard.push({ from, at: network.clock.now(), text: String.fromCharCode(...bytes) });
		};
		for (let round = 0; round < 5; round += 1) {
			heard.length = 0;
			const start = network.clock.now();
			stranger.send("255.255.255.255:5683", Code.Get, "/.well-known/core", {
				type: MessageType.NonConfirmable
			});
			network.clock.advance(2_010);
			equal(heard[0]?.from, door.address);
			ok((heard[0]?.at ?? 0) - start < 5 && heard[0]?.text.includes(";inviting"), "at once");
			equal(heard.map(({ from }) => from).sort(), [lamp.address, door.address, knob.address]);
			ok(heard.slice(1).every(({ text }) => !text.includes(";inviting")));
		}
		ok(
			heard.slice(1).every(({ at }) => at - (heard[0]?.at ?? 0) > 5),
			"later"
		);
	},
	"a member that is asked for by its id answers at once, and nobody else at all": () => {
		const { network, lamp, knob } = secureHome();
		lamp.type("uninvite");
		const stranger = new Stranger(network);
		const id = idOf(knob);
		const from: string[] = [];
		network.tap = datagram => {
			if (datagram.to === stranger.address) from.push(datagram.from);
		};
		const asked = { type: MessageType.NonConfirmable, options: queryOptions(`ep=${id}`) };
		stranger.send("255.255.255.255:5683", Code.Get, "/.well-known/core", asked);
		network.clock.advance(10);
		equal(from, [knob.address]);
		network.clock.advance(5_000);
		equal(from, [knob.address]);
	},
	"questions to everyone take no more than a few places of a node": () => {
		const { network, lamp, door, knob } = secureHome();
		for (const node of [lamp, door, knob]) node.type("uninvite");
		const stranger = new Stranger(network);
		for (let count = 0; count < 100; count += 1) {
			stranger.send(lamp.address, Code.Get, "/.well-known/core", { type: MessageType.NonConfirmable });
		}
		network.clock.advance(5);
		knob.ask("task lamp on", /^lamp: on\n/, 500);
		network.clock.advance(2_000);
		ok(stranger.heard.length <= 4, `${stranger.heard.length} answers`);
	}
});
