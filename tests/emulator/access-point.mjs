import { DhcpServer } from "./dhcp-server.mjs";
import {
	addressOf,
	arpReply,
	datagramFrame,
	everyone,
	isBroadcast,
	isSame,
	readDatagram
} from "./packets.mjs";

const ports = Object.freeze({ dns: 53, dhcp: 67, dhcpClient: 68, ntp: 123 });
/** From NTP's epoch of 1900 to 1970, in seconds. */
const ntpEpoch = 2_208_988_800;

/**
 * What answers in the network itself, at 192.168.4.1 until it moves: ARP, DHCP, SNTP, and a DNS that knows itself by any
 * name.
 */
export class AccessPoint {
	mac = Uint8Array.from([2, 0, 0, 0, 0, 1]);
	dhcp = new DhcpServer(addressOf("192.168.4.1"));
	#time;

	/** `time`: seconds since 1970, called for each SNTP request; undefined for a network without a clock. */
	constructor({ time }) {
		this.#time = time;
	}

	get address() {
		return this.dhcp.address;
	}

	/** The IPv4 address that a station has, or gets. */
	addressFor(mac) {
		return this.dhcp.addressFor(mac);
	}

	/** Another network of 256 addresses in place of the one before, "10.0.7.1" its own; nobody's address is good any more. */
	moveTo(address) {
		this.dhcp.address = addressOf(address);
		this.dhcp.forget();
	}

	/** The frame with which it answers this one, or undefined; `now` in nanoseconds of the house. */
	answer(frame, now = 0) {
		const arp = arpReply(frame, this);
		if (arp !== undefined) return arp;
		const datagram = readDatagram(frame);
		if (datagram === undefined) return undefined;
		const { from, to, data } = datagram;
		if (to.port === ports.dhcp && isBroadcast(to.address)) return this.#dhcp(from, data, now);
		if (!isSame(to.address, this.address)) return undefined;
		if (to.port === ports.dhcp) return this.#dhcp(from, data, now);
		const reply = this.#reply(to.port, Buffer.from(data));
		if (reply === undefined) return undefined;
		return this.#send({ mac: from.mac, address: from.address, port: from.port }, to.port, reply);
	}

	#dhcp(from, message, now) {
		const answer = this.dhcp.answer(Buffer.from(message), now);
		if (answer === undefined) return undefined;
		const mac = isBroadcast(answer.to) ? everyone : from.mac;
		return this.#send({ mac, address: answer.to, port: ports.dhcpClient }, ports.dhcp, answer.data);
	}

	#reply(port, data) {
		if (port === ports.dns) return this.#dns(data);
		if (port === ports.ntp && this.#time !== undefined) return this.#ntp();
		return undefined;
	}

	#send(to, port, data) {
		return datagramFrame({ from: { mac: this.mac, address: this.address, port }, to, data });
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
