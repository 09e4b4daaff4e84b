import { BytesError, encodeUtf8, fromHex, toHex } from "../bytes/bytes.js";
import { tagLength } from "../chain/chain.js";
import { Code, type Exchange, type ServerRequest } from "../coap/coap.js";
import { typeNumber } from "../devices/devices.js";
import {
	AdmissionError,
	type Applicant,
	admit,
	admittedText,
	checkApplicant,
	isStatedFor,
	MessageError,
	type Sponsor,
	type SponsorOptions,
	sponsorFault,
	synchronizationPath,
	throttled
} from "../node/node.js";
import { isFull, StoreError } from "../store/store.js";
import { Vigenere } from "../vigenere/vigenere.js";
import { countField, type Message, openMessage, sealMessage, textField } from "./paper-message.js";

/**
 * The paper's synchronization request, from the side of the member that admits: who knows the home's password
 * and PIN becomes the next block, at any time.
 */
export class PaperSponsor implements Sponsor {
	readonly #options: SponsorOptions;
	readonly #cipher: Vigenere;
	readonly #reportStranger: (text: string) => void;

	constructor(options: SponsorOptions) {
		this.#options = options;
		this.#cipher = new Vigenere(options.identity.secret);
		this.#reportStranger = throttled(options.clock, options.report);
		options.resources.serve(synchronizationPath, {
			[Code.Post]: (request, exchange) => this.synchronize(request, exchange)
		});
	}

	/** The paper's home always invites, but by who was confirmed. */
	get isInviting(): boolean {
		return sponsorFault(this.#options.chain, this.#options.identity.id) === undefined;
	}

	invite(): void {}

	uninvite(): void {}

	private synchronize(request: ServerRequest, exchange: Exchange): void {
		let message: Message;
		try {
			message = openMessage(request.payload, this.#cipher);
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
			// Only who has the key can write a message, so this is how a wrong password shows.
			refuse(exchange, Code.Unauthorized, "wrong password or PIN");
			this.#reportStranger(`${request.address}:${request.port} tried to join with a wrong password or PIN`);
			return;
		}
		this.guard(exchange, () => {
			const applicant = readApplicant(message);
			this.#options.beforeSigning(() => this.guard(exchange, () => this.admit(applicant, exchange)));
		});
	}

	private admit(applicant: Applicant, exchange: Exchange): void {
		const { identity, chain, issuer, report } = this.#options;
		if (!isStatedFor(chain, identity.id, applicant))
			throw new MessageError("the statement's signature is wrong");
		const { block, isNew } = admit({ chain, identity, issuer, applicant });
		const reply = {
			reply: "confirmation",
			node: identity.idText,
			...(block && { block: toHex(block.cose) })
		};
		exchange.respond({ code: Code.Changed, payload: sealMessage(reply, this.#cipher) });
		if (isNew) report(admittedText(chain, applicant));
	}

	/** Tells the joiner, and where it matters the person here, what went wrong in a step. */
	private guard(exchange: Exchange, step: () => void): void {
		const { report } = this.#options;
		try {
			step();
		} catch (error) {
			if (error instanceof MessageError) {
				refuse(exchange, Code.BadRequest, error.message);
			} else if (error instanceof AdmissionError) {
				refuse(exchange, error.code, error.message);
				report(`a node was not admitted: ${error.message}`);
			} else if (error instanceof StoreError) {
				refuse(
					exchange,
					Code.ServiceUnavailable,
					isFull(error.message) ? "no room in the flash" : "the flash fails"
				);
				report(error.message);
			} else {
				throw error;
			}
		}
	}
}

function refuse(exchange: Exchange, code: number, text: string): void {
	exchange.respond({ code, payload: encodeUtf8(text) });
}

/** Throws a MessageError when the request does not name a node. */
function readApplicant(message: Message): Applicant {
	const name = textField(message, "name");
	const type = typeNumber(textField(message, "type")) ?? -1;
	try {
		const applicant = {
			number: countField(message, "number"),
			tag: new Uint8Array(tagLength),
			name,
			types: Uint8Array.of(type),
			key: fromHex(textField(message, "key")),
			signature: fromHex(textField(message, "signature"))
		};
		checkApplicant(applicant);
		return applicant;
	} catch (error) {
		if (!(error instanceof BytesError)) throw error;
		throw new MessageError("the key or the signature is not hexadecimal");
	}
}
