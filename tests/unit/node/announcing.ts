import {
	Code,
	ContentFormat,
	decodeMessage,
	Endpoint,
	encodeMessage,
	findOption,
	MessageType,
	OptionNumber,
	uintOption
} from "../../../modules/coap/coap.js";
import { Discovery } from "../../../modules/node/discovery.js";
import { equal, ok } from "../../harness/assert.js";
import { applicant, type Datagram, foundHome, SimulatedNetwork } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { Stranger } from "../secure/house.js";

const path = "/.well-known/core";
const NON = MessageType.NonConfirmable;

/** A founder, and the bytes that went to and came from an address that asks it. */
function setUp(name: string) {
	const network = new SimulatedNetwork(3);
	const lamp = foundHome(network, undefined, { suite: name });
	const stranger = new Stranger(network);
	const bytes = { asked: 0, answered: 0 };
	network.tap = ({ from, to, bytes: { length } }: Datagram) => {
		if (from === stranger.address) bytes.asked += length;
		if (to === stranger.address) bytes.answered += length;
	};
	return { network, lamp, stranger, bytes };
}

export default suite("what a node says to anyone", {
	"goes without further ado to sixteen in ten seconds, and to more who show that they are there": () => {
		for (const name of ["secure", "paper"]) {
			const { network, lamp, stranger, bytes } = setUp(name);
			const codes = Array.from({ length: 20 }, () => stranger.ask(lamp.address, Code.Get, path)?.code);
			equal(codes, [...Array(16).fill(Code.Content), ...Array(4).fill(Code.Unauthorized)]);
			const echo = findOption(stranger.heard.at(-1)?.options ?? [], OptionNumber.Echo);
			ok(echo !== undefined);
			equal(stranger.ask(lamp.address, Code.Get, path, { options: [echo] })?.code, Code.Content);
			const elsewhere = new Stranger(network, "10.0.0.67:5683");
			equal(elsewhere.ask(lamp.address, Code.Get, path, { options: [echo] })?.code, Code.Unauthorized);
			for (let round = 0; round < 300; round += 1) {
				if (round === 100) Object.assign(bytes, { asked: 0, answered: 0 });
				stranger.send(lamp.address, Code.Get, path, {
					type: round % 2 === 0 ? NON : MessageType.Confirmable
				});
				network.clock.advance(20);
			}
			ok(bytes.answered < 1.5 * bytes.asked, `${bytes.answered} bytes for ${bytes.asked}`);
			network.clock.advance(10_000);
			equal(stranger.ask(lamp.address, Code.Get, path)?.code, Code.Content, "later");
		}
	},
	"is found by who looks for a home, however many ask": () => {
		for (const given of [[], ["10.0.0.1:5683"]]) {
			const { network, lamp, stranger } = setUp("secure");
			let isOver = false;
			const flood = () => {
				if (isOver) return;
				stranger.send(lamp.address, Code.Get, path, { type: NON });
				network.clock.after(25, flood);
			};
			flood();
			network.clock.advance(2_000);
			const begun = network.clock.now();
			const door = applicant(network, "10.0.0.2:5683", "door", "lock", given, { suite: "secure" });
			door.waitFor(/ready /, 5_000);
			ok(network.clock.now() - begun < 2_000, `${network.clock.now() - begun} ms`);
			isOver = true;
		}
	},
	"takes no places that others need, where somebody answers a search with challenges in others' names":
		() => {
			const clock = new VirtualClock();
			const sent: { address: string; bytes: Uint8Array }[] = [];
			const endpoint = new Endpoint({
				transport: { send: (address, _port, bytes) => void sent.push({ address, bytes }) },
				clock,
				random: count => new Uint8Array(count).map((_, index) => (sent.length * 7 + index) & 0xff),
				parameters: { maxRequests: 16 }
			});
			const discovery = new Discovery({ endpoint, layer: endpoint, clock, port: 5683 });
			const challenge = [{ number: OptionNumber.Echo, value: new Uint8Array(12).fill(1) }];
			const [type, code, payload] = [NON, Code.Unauthorized, new Uint8Array(0)];
			const looks = [
				() => discovery.locate("d0".repeat(16), { suites: [], given: [] }, () => undefined),
				() => discovery.search({ given: [], suites: [] }, () => undefined)
			];
			for (const look of looks) {
				look();
				const { id, token } = decodeMessage(sent.at(-1)?.bytes ?? payload);
				const before = sent.length;
				for (let count = 1; count <= 40; count += 1) {
					const answer = { type, code, id: (id + count) & 0xffff, token, options: challenge, payload };
					endpoint.receive(encodeMessage(answer), `10.0.0.${count}`, 5683);
				}
				ok(sent.length > before && sent.length <= before + 8, `${sent.length - before} asked`);
				clock.advance(5_000);
				equal(endpoint.pending, 0);
			}
		},
	"is in the link format, and nothing else is to be had": () => {
		const { lamp, stranger } = setUp("secure");
		const accept = (format: number) => ({ options: [uintOption(OptionNumber.Accept, format)] });
		const ask = (format: number) => stranger.ask(lamp.address, Code.Get, path, accept(format))?.code;
		equal(
			[ask(ContentFormat.LinkFormat), ask(ContentFormat.Json), ask(0)],
			[Code.Content, Code.NotAcceptable, Code.NotAcceptable]
		);
		for (const [method, other] of [
			[Code.Post, "/.well-known/edhoc"],
			[Code.Post, "/sync"],
			[Code.Post, "/tasks"],
			[Code.Fetch, "/blocks"]
		] as const) {
			const answer = stranger.ask(lamp.address, method, other, accept(ContentFormat.Json));
			equal(answer?.code, Code.NotAcceptable, other);
		}
	}
});
