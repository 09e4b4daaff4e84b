import { fromHex } from "../../../modules/bytes/bytes.js";
import {
	Code,
	decodeMessage,
	encodeMessage,
	findOption,
	type Message,
	MessageType,
	type Option,
	OptionNumber,
	pathOptions,
	stringValues
} from "../../../modules/coap/coap.js";
import {
	type Datagram,
	foundHome,
	joined,
	SimulatedNetwork,
	type SimulatedNode
} from "../../harness/simulation.js";

/** A founder, a lock and a switch that have joined, all with the same chain. */
export function secureHome(seed = 1) {
	const network = new SimulatedNetwork(seed);
	const lamp = foundHome(network, undefined, { suite: "secure" });
	const door = joined(network, "10.0.0.2:5683", "door", "lock", [], "secure");
	const knob = joined(network, "10.0.0.3:5683", "knob", "switch", [], "secure");
	for (const node of [lamp, door, knob]) node.until("status", /chain +3 blocks/);
	return { network, lamp, door, knob };
}

/** The era's id: in the first one what the genesis block's hash begins with. */
export function eraOf(node: SimulatedNode): Uint8Array {
	return fromHex(node.ask("export", /"hash":"([0-9a-f]{32})/)[1] ?? "");
}

export interface Asked {
	readonly type?: MessageType;
	readonly options?: readonly Option[];
	readonly payload?: Uint8Array;
}

/** Somebody on the network who is in no home, and says what a test wants. */
export class Stranger {
	readonly heard: Message[] = [];
	readonly address: string;
	readonly #network: SimulatedNetwork;
	#id = 0;

	constructor(network: SimulatedNetwork, address = "10.0.0.66:5683") {
		this.#network = network;
		this.address = address;
		network.attach(address, bytes => this.heard.push(decodeMessage(bytes)));
	}

	/** Sends a request, and lets no time pass. */
	send(
		to: string,
		code: number,
		path: string,
		{ type = MessageType.Confirmable, options = [], payload = new Uint8Array(0) }: Asked = {}
	): void {
		this.#id += 1;
		const [host = "", port = ""] = to.split(":");
		const token = Uint8Array.of(7, this.#id);
		const all = [...pathOptions(path), ...options];
		this.#network.send(
			this.address,
			host,
			Number(port),
			encodeMessage({ type, code, id: this.#id, token, options: all, payload })
		);
	}

	/** Sends a request; the answer, if one comes within 3 seconds. */
	ask(to: string, code: number, path: string, asked: Asked = {}): Message | undefined {
		const before = this.heard.length;
		this.send(to, code, path, asked);
		for (let waited = 0; waited < 3_000 && this.heard.length === before; waited += 5)
			this.#network.clock.advance(5);
		return this.heard[before];
	}
}

/** What a datagram asks for in the clear, as `POST /sync`; undefined for one that is sealed, or an answer. */
export function askedFor(bytes: Uint8Array): string | undefined {
	const { code, options } = decodeMessage(bytes);
	if (code === Code.Empty || code >> 5 !== 0 || isSealed(bytes)) return undefined;
	const method = Object.entries(Code).find(([, value]) => value === code)?.[0] ?? String(code);
	return `${method.toUpperCase()} /${stringValues(options, OptionNumber.UriPath).join("/")}`;
}

/** Whether it is under OSCORE. */
export function isSealed(bytes: Uint8Array): boolean {
	return findOption(decodeMessage(bytes).options, OptionNumber.Oscore) !== undefined;
}

/** Whether a datagram is a first message of EDHOC: `true` (0xf5) stands before it. */
export function beginsHandshake({ bytes }: Datagram): boolean {
	return askedFor(bytes) === "POST /.well-known/edhoc" && decodeMessage(bytes).payload[0] === 0xf5;
}

/** Counts the handshakes that are begun from now on. */
export function countHandshakes(network: SimulatedNetwork): () => number {
	let count = 0;
	const before = network.tap;
	network.tap = datagram => {
		before(datagram);
		if (beginsHandshake(datagram)) count += 1;
	};
	return () => count;
}

export function idOf(node: SimulatedNode): string {
	return node.ask("status", /id ([0-9a-f]{32})/)[1] ?? "";
}

export function restart(node: SimulatedNode): void {
	node.cut();
	node.start();
	node.waitFor(/ready /);
}
