import {
	Code,
	decodeMessage,
	encodeMessage,
	MessageType,
	pathOptions
} from "../../build/js/modules/coap/coap.js";
import { runAtOnce } from "../../build/js/modules/crypto/crypto.js";
import { encodeRequest } from "../../build/js/modules/edhoc/edhoc.js";
import { initiator } from "../../build/js/tests/unit/edhoc/parties.js";
import { arpReply, datagramFrame, readDatagram, textOf } from "./packets.mjs";
import { Random } from "./random.mjs";

const million = 1_000_000;
const port = 5683;
/** Milliseconds between two datagrams of nonsense, and between two first messages of handshakes. */
const junkInterval = 50;
const handshakeInterval = 300;

/** Somebody in the Wi-Fi who is in no home and sends one board junk, and first messages of handshakes, as fast as one may. */
export class Stranger {
	mac = Uint8Array.from([2, 0, 0, 0, 3, 1]);
	address;
	/** What it has sent, and how many handshakes it was answered. */
	sent = 0;
	answers = 0;
	#house;
	#target;
	#random;
	#id = 0;
	#isOver = false;

	constructor({ house, target, seed = 5 }) {
		this.#house = house;
		this.#target = target;
		this.#random = new Random(seed);
		const { network } = house;
		this.address = network.accessPoint.addressFor(this.mac);
		network.join(this, network.ssid, network.password);
	}

	begin() {
		this.#every(junkInterval, () => this.#junk());
		this.#every(handshakeInterval, () => this.#handshake());
	}

	/**
	 * Answers each request that others send the board with a 4.01 in the clear, as if from there, before the board does: it
	 * hears all that is said.
	 */
	deny() {
		const { network, boards } = this.#house;
		const { accessPoint } = network;
		const place = `${textOf(this.#place)}:${port}`;
		network.onDatagram = ({ at, from, to, data }) => {
			if (this.#isOver || to !== place || data[1] !== Code.Post) return;
			const asker = boards.find(({ wifi }) => from === `${textOf(accessPoint.addressFor(wifi.mac))}:${port}`);
			if (asker === undefined) return;
			const { id, token } = decodeMessage(data);
			const type = MessageType.Acknowledgement;
			const code = Code.Unauthorized;
			const denial = encodeMessage({ type, code, id, token, options: [], payload: new Uint8Array(0) });
			const { mac } = asker.wifi;
			const posed = { mac: this.mac, address: this.#place, port };
			const victim = { mac, address: accessPoint.addressFor(mac), port };
			network.send(this, datagramFrame({ from: posed, to: victim, data: denial }), at);
			this.sent += 1;
		};
	}

	end() {
		this.#isOver = true;
		this.#house.network.onDatagram = () => {};
		this.#house.network.leave(this);
	}

	linkLost() {}

	deliver(frame) {
		const arp = arpReply(frame, this);
		if (arp !== undefined) {
			this.#house.network.send(this, arp, this.#house.now);
			return;
		}
		const datagram = readDatagram(frame);
		if (datagram?.to.port !== port) return;
		try {
			if (decodeMessage(datagram.data).code === Code.Changed) this.answers += 1;
		} catch {
			// Nothing that a stranger would read.
		}
	}

	/** The board's address. */
	get #place() {
		return this.#house.network.accessPoint.addressFor(this.#target.wifi.mac);
	}

	#every(milliseconds, act) {
		const again = () => {
			if (this.#isOver) return;
			act();
			this.#house.after(milliseconds * million, again);
		};
		again();
	}

	/** Any bytes: half of them begin as a confirmable CoAP request does. */
	#junk() {
		const data = this.#random.bytes(2 + this.#random.below(120));
		if (this.#random.below(2) === 0) data.set([0x40 + this.#random.below(9), 1 + this.#random.below(5)]);
		this.#send(data);
	}

	/** Method and suite as they should be, an ephemeral key of its own, and nothing more. */
	#handshake() {
		const ephemeral = this.#random.bytes(32).fill(1, 0, 1);
		const payload = encodeRequest({ message: runAtOnce(initiator({ ephemeral }).begin()) });
		this.#id = (this.#id + 1) % 65_536;
		const token = Uint8Array.of(7, this.#id >> 8, this.#id & 255);
		const options = pathOptions("/.well-known/edhoc");
		this.#send(
			encodeMessage({ type: MessageType.Confirmable, code: Code.Post, id: this.#id, token, options, payload })
		);
	}

	#send(data) {
		const { network, now } = this.#house;
		const to = {
			mac: this.#target.wifi.mac,
			address: network.accessPoint.addressFor(this.#target.wifi.mac),
			port
		};
		network.send(
			this,
			datagramFrame({ from: { mac: this.mac, address: this.address, port }, to, data }),
			now
		);
		this.sent += 1;
	}
}
