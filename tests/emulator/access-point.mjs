import { arpReply, datagramFrame, isSame, readDatagram } from "./packets.mjs";

const ports = Object.freeze({ dns: 53, dhcp: 67, dhcpClient: 68, ntp: 123 });
/** DHCP options end here (RFC 2132). */
const end = 255;
/** From NTP's epoch of 1900 to 1970, in seconds. */
const ntpEpoch = 2_208_988_800;

/** What answers in the network itself, at 192.168.4.1: ARP, DHCP, SNTP, and a DNS that knows itself by any name. */
export class AccessPoint {
	mac = Uint8Array.from([2, 0, 0, 0, 0, 1]);
	address = Uint8Array.from([192, 168, 4, 1]);
	/** The address of each MAC address, in hex. */
	#leases = new Map();
	#time;

	/** `time`: seconds since 1970, called for each SNTP request; undefined for a network without a clock. */
	constructor({ time }) {
		this.#time = time;
	}

	/** The IPv4 address that a station has, or gets. Always the same one. */
	addressFor(mac) {
		const key = Buffer.from(mac).toString("hex");
		if (!this.#leases.has(key)) {
			this.#leases.set(key, Uint8Array.from([192, 168, 4, 100 + this.#leases.size]));
		}
		return this.#leases.get(key);
	}

	/** The frame with which it answers this one, or undefined. */
	answer(frame) {
		const arp = arpReply(frame, this);
		if (arp !== undefined) return arp;
		const datagram = readDatagram(frame);
		if (datagram === undefined) return undefined;
		const { from, to, data } = datagram;
		if (to.port === ports.dhcp) return this.#dhcp(from, Buffer.from(data));
		if (!isSame(to.address, this.address)) return undefined;
		const reply = this.#reply(to.port, Buffer.from(data));
		if (reply === undefined) return undefined;
		return this.#send({ mac: from.mac, address: from.address, port: from.port }, to.port, reply);
	}

	#reply(port, data) {
		if (port === ports.dns) return this.#dns(data);
		if (port === ports.ntp && this.#time !== undefined) return this.#ntp();
		return undefined;
	}

	#send(to, port, data) {
		return datagramFrame({ from: { mac: this.mac, address: this.address, port }, to, data });
	}

	/** RFC 2131: an offer for a discover, an acknowledgement for a request. */
	#dhcp(from, data) {
		let kind = 0;
		for (let at = 240; at < data.length && data[at] !== end; at += data[at] === 0 ? 1 : 2 + data[at + 1]) {
			if (data[at] === 53) kind = data[at + 2];
		}
		if (kind !== 1 && kind !== 3) return undefined;
		const given = this.addressFor(from.mac);
		const reply = Buffer.alloc(300);
		reply.set(data.subarray(0, 240));
		reply[0] = 2;
		reply.set(given, 16);
		reply.set(this.address, 20);
		const day = [0, 1, 0x51, 0x80];
		const options = [
			53,
			1,
			kind === 1 ? 2 : 5,
			54,
			4,
			...this.address,
			51,
			4,
			...day,
			1,
			4,
			255,
			255,
			255,
			0
		];
		reply.set([...options, 3, 4, ...this.address, 6, 4, ...this.address, end], 240);
		return this.#send({ mac: from.mac, address: given, port: ports.dhcpClient }, ports.dhcp, reply);
	}

	/** RFC 1035: one A record, this address, for whatever is asked. */
	#dns(query) {
		const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...this.address];
		const reply = Buffer.concat([query, Buffer.from(record)]);
		reply.writeUInt16BE(0x8180, 2);
		reply.writeUInt16BE(1, 6);
		reply.writeUInt32BE(0, 8);
		return reply;
	}

	/** RFC 4330: a server of stratum 1. */
	#ntp() {
		const reply = Buffer.alloc(48);
		reply[0] = 0x24;
		reply[1] = 1;
		reply.writeUInt32BE((this.#time() + ntpEpoch) >>> 0, 40);
		return reply;
	}
}
