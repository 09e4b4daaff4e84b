import {
	Code,
	decodeMessage,
	encodeMessage,
	MessageType,
	OptionNumber,
	uintOption
} from "../../../modules/coap/coap.js";
import { Peers } from "../../../modules/node/peers.js";
import { WriteShares } from "../../../modules/node/write-shares.js";
import { Sightings } from "../../../modules/secure/sightings.js";
import { Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { applicant, type Datagram, homePassword, homePin } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { Stranger, secureHome } from "./house.js";

const elsewhere = "10.0.0.66:5683";

export default suite("where members of a secure home are", {
	"a request that was held back and then sent from elsewhere does not move its sender there": () => {
		const { network, lamp, door } = secureHome();
		door.ask("task lamp read", /^lamp: off\n/);
		network.clock.advance(5_000);
		let held: Datagram | undefined;
		network.passes = datagram => {
			if (datagram.from !== door.address || datagram.to !== lamp.address) return true;
			// A request, not an acknowledgement.
			if (isConfirmable(datagram.bytes)) held ??= datagram;
			return false;
		};
		door.type("task lamp read");
		network.clock.advance(200);
		ok(held !== undefined, "it was on its way");
		const heard: Uint8Array[] = [];
		network.attach(elsewhere, bytes => heard.push(bytes));
		network.send(elsewhere, "10.0.0.1", 5683, held?.bytes ?? new Uint8Array(0));
		network.clock.advance(200);
		ok(heard.length > 0, "it was taken, and answered there");
		network.passes = () => true;
		lamp.ask("task door read", /^door: locked\n/, 5_000);
		lamp.ask("members", new RegExp(`door \\(lock\\) +${door.address},`));
	},
	"a member that has moved is asked there as soon as it has said anything": () => {
		const { network, lamp, door } = secureHome();
		door.ask("task lamp read", /^lamp: off\n/);
		const old = door.address;
		door.cut();
		door.address = "10.0.0.77:5683";
		door.start();
		door.waitFor(/ready /);
		door.until("task lamp read", /lamp: off\n/);
		network.clock.advance(1_000);
		const asked: string[] = [];
		network.tap = ({ from, to }) => {
			if (from === lamp.address) asked.push(to);
		};
		lamp.ask("task door read", /^door: locked\n/, 5_000);
		equal(asked.includes(old), false);
		equal(asked.includes(door.address), true);
	},
	"a home finds itself again when its network has given every node another address": () => {
		const { network, lamp, door, knob } = secureHome();
		const nodes = [lamp, door, knob];
		for (const addresses of [
			["10.0.7.1:5683", "10.0.7.2:5683", "10.0.7.3:5683"],
			// Each where another was.
			["10.0.7.2:5683", "10.0.7.3:5683", "10.0.7.1:5683"]
		]) {
			network.clock.advance(10_000);
			for (const node of nodes) node.cut();
			for (const [number, node] of nodes.entries()) {
				node.address = addresses[number] ?? "";
				node.start();
			}
			for (const node of nodes) node.waitFor(/ready /);
			network.clock.advance(20_000);
			door.ask("task lamp read", /^lamp: off\n/, 2_000);
			lamp.ask("task knob read", /^knob: /, 2_000);
			knob.ask("task door read", /^door: locked\n/, 2_000);
		}
	},
	"so does a node whose chain is damaged": () => {
		const { network, lamp, door, knob } = secureHome();
		network.clock.advance(10_000);
		for (const [number, node] of [lamp, door, knob].entries()) {
			node.cut();
			node.address = `10.0.7.${number + 1}:5683`;
		}
		for (const slot of ["b1", "b2"]) door.preference.damage("verifichain", slot, 20);
		for (const node of [lamp, door, knob]) node.start();
		door.waitFor(/ready [0-9a-f]{32} door lock/);
		door.until("task lamp read", /^lamp: off\n/);
	},
	"who was cut off as it joined, and whose sponsor is gone since, finds another": () => {
		const { network, lamp, knob } = secureHome();
		const desk = applicant(network, "10.0.0.9:5683", "desk", "light", [], { suite: "secure" });
		while (!desk.preference.keys("verifichain").includes("peers")) network.clock.advance(1);
		desk.cut();
		equal(desk.preference.keys("verifichain").sort(), ["identity", "peers"]);
		lamp.cut();
		knob.type("invite");
		desk.start(homePassword, homePin);
		desk.waitFor(/ready [0-9a-f]{32} desk light/);
		desk.ask("members", /desk \(light, provisional member admitted by knob\)/);
	},
	"what is asked of a member that has another address meanwhile is done in two seconds": () => {
		const { network, lamp, door, knob } = secureHome();
		const nodes = [lamp, door, knob];
		door.ask("task lamp off", /^lamp: off\n/);
		knob.ask("task lamp off", /^lamp: off\n/);
		for (const addresses of [
			["10.0.7.1:5683", "10.0.7.2:5683", "10.0.7.3:5683"],
			// Each where another was.
			["10.0.7.2:5683", "10.0.7.3:5683", "10.0.7.1:5683"]
		]) {
			network.clock.advance(10_000);
			for (const node of nodes) node.move("10.0.7.99:5683");
			for (const [number, node] of nodes.entries()) node.move(addresses[number] ?? "");
			const before = lamp.output.length;
			door.ask("task lamp on", /^lamp: on\n/, 2_000);
			knob.ask("task lamp off", /^lamp: off\n/, 2_000);
			network.clock.advance(10_000);
			const acted = lamp.output.slice(before).match(/asked: .*/g);
			equal(acted, ["asked: on; now on", "asked: off; now off"]);
		}
	},
	"one at whose address somebody else is who answers is found as well, before there is a handshake with that one":
		() => {
			const { network, lamp, door, knob } = secureHome();
			door.ask("task lamp off", /^lamp: off\n/);
			network.clock.advance(10_000);
			const [one, other] = [lamp.address, knob.address];
			lamp.move("10.0.7.99:5683");
			knob.move(one);
			lamp.move(other);
			network.delay = [20, 30];
			door.ask("task lamp on", /^lamp: on\n/, 500);
			const deaf = lamp.output.length;
			network.clock.advance(10_000);
			equal(lamp.output.slice(deaf).match(/asked: /g), null);
		},
	"a member that several are asked for at once and that nobody hears is searched for a few times": () => {
		const { network, lamp, door } = secureHome();
		network.clock.advance(10_000);
		door.cut();
		let searches = 0;
		network.tap = ({ from, to }) => {
			if (from === lamp.address && to.startsWith("255.")) searches += 1;
		};
		for (let press = 0; press < 20; press += 1) {
			lamp.type("task door read");
			network.clock.advance(500);
		}
		ok(searches >= 1 && searches <= 4, `${searches} searches in ten seconds`);
	},
	"who says that it is a member that is away is asked, and believed nothing": () => {
		const { network, lamp, door } = secureHome();
		network.clock.advance(10_000);
		const ownPlace = new RegExp(`door \\(lock\\) +${door.address},`);
		const announced = new Stranger(network).ask(door.address, Code.Get, "/.well-known/core")?.payload;
		ok(announced !== undefined, "what a node says of itself");
		door.cut();
		let searches = 0;
		network.tap = ({ bytes, from, to }) => {
			if (from !== lamp.address || !to.startsWith("255.")) return;
			searches += 1;
			const [host = "", port = ""] = from.split(":");
			network.send(elsewhere, host, Number(port), answerTo(bytes, announced));
		};
		const heard: Uint8Array[] = [];
		network.attach(elsewhere, bytes => heard.push(bytes));
		for (let minute = 0; minute < 10; minute += 1) {
			network.clock.advance(60_000);
			lamp.ask("members", ownPlace);
		}
		ok(heard.length > 0, "it was asked");
		ok(searches > 2 && searches <= 16, `${searches} searches in ten minutes`);
		door.start();
		door.waitFor(/ready /);
		lamp.until("task door read", /^door: locked\n/m, 10_000);
	},
	"a member that moves to and fro without end has few of its addresses written, and is asked where it is":
		() => {
			const clock = new VirtualClock();
			const store = new Store({ preference: new MemoryPreference(), domain: "test" });
			const shares = new WriteShares(clock);
			const peers = new Peers(store, id => shares.takes(id));
			const [one, other] = ["01020304050607080102030405060708", "11121314151617181112131415161718"];
			for (let count = 0; count < 1_000; count += 1) {
				peers.learn(one, { host: `10.0.0.${2 + (count % 2)}`, port: 5683 });
				clock.advance(300);
			}
			equal(peers.addressOf(one), { host: "10.0.0.3", port: 5683 });
			ok(store.writes <= 16 + 5, `${store.writes} writes in five minutes`);
			const { writes } = store;
			peers.learn(other, { host: "10.0.0.9", port: 5683 });
			equal(store.writes, writes + 1, "others have their own share");
			clock.advance(3_600_000);
			peers.learn(one, { host: "10.0.0.2", port: 5683 });
			equal(store.writes, writes + 2);
		},
	"of those who say that they are members one is asked at a time, and who has shown it is not kept waiting":
		() => {
			const peers = new Peers(new Store({ preference: new MemoryPreference(), domain: "test" }));
			const clock = new VirtualClock();
			const asked: string[] = [];
			const ends: (() => void)[] = [];
			const sightings = new Sightings({
				clock,
				peers,
				report: () => undefined,
				ask: (peer, _address, done) => {
					asked.push(peer);
					ends.push(done);
				}
			});
			const [door, knob, desk] = ["d0", "c0", "e0"].map(byte => byte.repeat(16));
			ok(door !== undefined && knob !== undefined && desk !== undefined);
			const place = { host: "10.0.0.2", port: 5683 };
			for (const peer of [door, knob]) sightings.visit(peer, place);
			equal(asked, [door]);
			peers.learn(desk, place);
			sightings.asked(desk, { host: "10.0.0.3", port: 5683 });
			clock.advance(1_000);
			equal(asked, [door, desk]);
			for (const end of ends) end();
			sightings.visit(knob, place);
			equal(asked, [door, desk, knob]);
		},
	"a request of a member that was nowhere yet, sent on from where another is, does not put it in that one's place":
		() => {
			const clock = new VirtualClock();
			const peers = new Peers(new Store({ preference: new MemoryPreference(), domain: "test" }));
			const asked: string[] = [];
			let end = () => {};
			const sightings = new Sightings({
				clock,
				peers,
				report: () => undefined,
				ask: (peer, _address, done) => {
					asked.push(peer);
					end = done;
				}
			});
			const [door, knob] = ["d0".repeat(16), "c0".repeat(16)];
			const place = { host: "10.0.0.2", port: 5683 };
			sightings.asked(door, place);
			equal([peers.at(place), asked], [door, []], "believed at once where nobody else is");
			sightings.asked(knob, place);
			clock.advance(1_000);
			equal([peers.at(place), peers.addressOf(knob), asked], [door, undefined, [knob]]);
			end();
			equal(peers.at(place), door, "no answer came");
			sightings.answered(knob, place);
			equal([peers.at(place), peers.addressOf(door)], [knob, undefined], "it is there indeed");
		}
});

/** An answer in the clear to a request, by whoever has heard it. */
function answerTo(bytes: Uint8Array, payload: Uint8Array): Uint8Array {
	const { id, token } = decodeMessage(bytes);
	const options = [uintOption(OptionNumber.ContentFormat, 40)];
	return encodeMessage({ type: MessageType.NonConfirmable, code: Code.Content, id, token, options, payload });
}

function isConfirmable(bytes: Uint8Array): boolean {
	return bytes[0] !== undefined && bytes[0] >> 4 === 4;
}
