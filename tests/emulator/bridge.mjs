import dgram from "node:dgram";
import { arpReply, datagramFrame, ethernet, everyone, readDatagram, textOf, types } from "./packets.mjs";

const loopback = "127.0.0.1";
/** The port of every node in the simulated network. */
const port = 5683;

/**
 * A place in the simulated Wi-Fi for a node that is a real process: the node's datagrams over loopback come out of the
 * air, and the other way round. Each board that it talks to has a loopback port of its own. The node lives in real
 * time, so the house is paced while it is there.
 */
export class Bridge {
	mac = Uint8Array.from([2, 0, 0, 0, 2, 1]);
	address;
	#house;
	#nodePort;
	/** By the address of a board: the socket that stands for it, and its MAC address. */
	#peers = new Map();

	/** `nodePort`: where the process listens on loopback. */
	constructor({ house, nodePort }) {
		this.#house = house;
		this.#nodePort = nodePort;
		this.address = house.network.accessPoint.addressFor(this.mac);
		house.network.join(this, house.network.ssid, house.network.password);
		house.isPaced = true;
	}

	/** The loopback port that stands for a board. */
	async portFor(board) {
		const address = this.#house.network.accessPoint.addressFor(board.wifi.mac);
		const peer = await this.#peer(address, board.wifi.mac);
		return peer.socket.address().port;
	}

	async close() {
		this.#house.isPaced = false;
		this.#house.network.leave(this);
		for (const { socket } of this.#peers.values()) socket.close();
		this.#peers.clear();
	}

	linkLost() {}

	/** A frame out of the air. */
	deliver(frame) {
		const arp = arpReply(frame, this);
		if (arp !== undefined) {
			this.#send(arp);
			return;
		}
		const datagram = readDatagram(frame);
		if (datagram === undefined || datagram.to.port !== port) return;
		const { from, data } = datagram;
		this.#peer(Uint8Array.from(from.address), Uint8Array.from(from.mac)).then(({ socket }) => {
			socket.send(data, this.#nodePort, loopback);
		});
	}

	#send(frame) {
		this.#house.network.send(this, frame, this.#house.now);
	}

	async #peer(address, mac) {
		const key = textOf(address);
		const known = this.#peers.get(key);
		if (known !== undefined) return known;
		const socket = dgram.createSocket("udp4");
		const peer = { socket };
		this.#peers.set(key, peer);
		socket.on("message", data => {
			const to = { mac, address, port };
			this.#send(datagramFrame({ from: { mac: this.mac, address: this.address, port }, to, data }));
		});
		this.#announce();
		await new Promise(resolve => socket.bind(0, loopback, resolve));
		return peer;
	}

	/** RFC 5227's announcement: boards learn the address without asking. */
	#announce() {
		const payload = Buffer.from([
			0,
			1,
			8,
			0,
			6,
			4,
			0,
			1,
			...this.mac,
			...this.address,
			0,
			0,
			0,
			0,
			0,
			0,
			...this.address
		]);
		this.#send(ethernet({ to: everyone, from: this.mac, type: types.arp, payload }));
	}
}
