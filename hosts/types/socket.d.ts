/**
 * UDP as Moddable's `socket` module offers it, with the callback of four arguments that its own typings lack.
 * Every host supplies this module; on the boards it is the SDK's own, where the class is only the named export.
 */
export class Socket {
	/**
	 * Binds a UDP socket to `port` on all interfaces; port 0 takes a free one.
	 * Throws when the port is taken.
	 */
	constructor(options: { kind: "UDP"; port: number });

	/**
	 * Called by the host. `message` is 2 when one whole datagram of `bytes` bytes from `address` and `port`
	 * waits to be read; the datagram is gone when the callback returns. Other messages are to be ignored.
	 */
	callback: (message: number, bytes?: number, address?: string, port?: number) => void;

	/** The datagram that the callback announced, once: a second read of it throws. */
	read(type: ArrayBufferConstructor): ArrayBuffer;

	/**
	 * Sends one datagram of at most 1200 bytes (more may be split or refused, depending on the host) to an
	 * IPv4 address in dotted form; 255.255.255.255 is a broadcast. Throws when the host refuses it.
	 */
	write(address: string, port: number, bytes: ArrayBuffer): void;

	/** Frees the port. Nothing is called afterwards; a second close is harmless. */
	close(): void;
}

export default Socket;
