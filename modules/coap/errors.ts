/** What goes wrong in this room; every error it throws or reports is one of these. */
export class CoapError extends Error {
	override readonly name: string = "CoapError";
}

/** What of a damaged message's header could still be read. */
export interface MessageHeader {
	/** One of `MessageType`. */
	readonly type?: number;
	readonly id?: number;
}

/**
 * Bytes are no CoAP message, or a message cannot be written. `type` and `id` are present when the header was
 * sound, so that a confirmable message can be answered with a Reset (RFC 7252 section 4.2).
 */
export class MessageError extends CoapError {
	override readonly name = "MessageError";
	readonly type: number | undefined;
	readonly id: number | undefined;

	constructor(message: string, header: MessageHeader = {}) {
		super(message);
		this.type = header.type;
		this.id = header.id;
	}
}

/** Larger than a datagram, or than the body limit, allows. */
export class SizeError extends CoapError {
	override readonly name = "SizeError";
}

/** A table or queue is full; try again when something has ended. */
export class BusyError extends CoapError {
	override readonly name = "BusyError";
}

/** No answer in time. */
export class TimeoutError extends CoapError {
	override readonly name = "TimeoutError";
}

/** The peer answered our message with a Reset: it could not make sense of it (RFC 7252 section 4.2). */
export class ResetError extends CoapError {
	override readonly name = "ResetError";
}

/** An answer carries a critical option that we do not understand (RFC 7252 section 5.4.1). */
export class OptionError extends CoapError {
	override readonly name = "OptionError";
	readonly number: number;

	constructor(message: string, number: number) {
		super(message);
		this.number = number;
	}
}

/** An exchange was used in a way it does not allow: answered twice, or with a code that answers nothing. */
export class ExchangeError extends CoapError {
	override readonly name = "ExchangeError";
}

/** A block-wise transfer came apart: blocks with gaps, of different bodies, or too many. */
export class BlockError extends CoapError {
	override readonly name = "BlockError";
}

/** Text is not in link format (RFC 6690). `position` counts UTF-16 units from 0. */
export class LinkFormatError extends CoapError {
	override readonly name = "LinkFormatError";
	readonly position: number;

	constructor(message: string, position: number) {
		super(`${message} at position ${position}`);
		this.position = position;
	}
}
