/** Ethernet, IPv4 (RFC 791), UDP (RFC 768) and ARP (RFC 826), as far as boards and their access point speak them. */

export const everyone = Uint8Array.from([255, 255, 255, 255, 255, 255]);
export const types = Object.freeze({ ip: 0x800, arp: 0x806 });
const udp = 17;

export const isSame = (left, right) => Buffer.compare(left, right) === 0;
/** Whether an address of four bytes is everyone's. */
export const isBroadcast = address => isSame(address, Uint8Array.of(255, 255, 255, 255));
/** "192.168.4.1" of four bytes. */
export const textOf = address => [...address].join(".");
export const addressOf = text => Uint8Array.from(text.split("."), Number);

export function ethernet({ to, from, type, payload }) {
	const frame = Buffer.alloc(14 + payload.length);
	frame.set(to, 0);
	frame.set(from, 6);
	frame.writeUInt16BE(type, 12);
	frame.set(payload, 14);
	return frame;
}

/** A UDP datagram as a frame; `from` and `to` are `{ mac, address, port }`. */
export function datagramFrame({ from, to, data }) {
	const packet = Buffer.alloc(28 + data.length);
	packet[0] = 0x45;
	packet.writeUInt16BE(packet.length, 2);
	packet[8] = 64;
	packet[9] = udp;
	packet.set(from.address, 12);
	packet.set(to.address, 16);
	packet.writeUInt16BE(checksum(packet.subarray(0, 20)), 10);
	packet.writeUInt16BE(from.port, 20);
	packet.writeUInt16BE(to.port, 22);
	// A checksum of 0 in UDP over IPv4: none.
	packet.writeUInt16BE(8 + data.length, 24);
	packet.set(data, 28);
	return ethernet({ to: to.mac, from: from.mac, type: types.ip, payload: packet });
}

/** What a frame carries when it is a whole UDP datagram: `{ from, to, data }` as above, else undefined. */
export function readDatagram(frame) {
	if (frame.readUInt16BE(12) !== types.ip || frame[23] !== udp) return undefined;
	const isFragment = (frame.readUInt16BE(20) & 0x3fff) !== 0;
	if (isFragment) return undefined;
	const at = 14 + (frame[14] & 15) * 4;
	return {
		from: { mac: frame.subarray(6, 12), address: frame.subarray(26, 30), port: frame.readUInt16BE(at) },
		to: { mac: frame.subarray(0, 6), address: frame.subarray(30, 34), port: frame.readUInt16BE(at + 2) },
		data: frame.subarray(at + 8, at + frame.readUInt16BE(at + 4))
	};
}

/** The reply to an ARP request for `address`, which is at `mac`; undefined for any other frame. */
export function arpReply(frame, { mac, address }) {
	const isRequest = frame.readUInt16BE(12) === types.arp && frame.readUInt16BE(20) === 1;
	if (!isRequest || !isSame(frame.subarray(38, 42), address)) return undefined;
	const payload = Buffer.from(frame.subarray(14, 42));
	payload.writeUInt16BE(2, 6);
	payload.set(frame.subarray(22, 32), 18);
	payload.set(mac, 8);
	payload.set(address, 14);
	return ethernet({ to: frame.subarray(6, 12), from: mac, type: types.arp, payload });
}

/** RFC 1071 */
function checksum(bytes) {
	let sum = 0;
	for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
	return ~sum & 0xffff;
}
