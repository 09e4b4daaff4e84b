import { encodeUtf8, equalBytes } from "../bytes/bytes.js";
import type { Cancel } from "../clock/clock.js";
import { CoapError, Code, type Exchange, type ServerRequest } from "../coap/coap.js";
import { runInTurns } from "../crypto/crypto.js";
import {
	AdmissionError,
	type Applicant,
	addressText,
	admit,
	admittedText,
	checkApplicant,
	isStatedFor,
	MessageError,
	randomPrivateKey,
	type Sponsor,
	type SponsorOptions,
	StrangerGate,
	sponsorFault,
	synchronizationPath
} from "../node/node.js";
import { ConfirmationError, Spake2PlusError, Verifier } from "../spake2plus/spake2plus.js";
import { isFull, StoreError } from "../store/store.js";
import { readRecord } from "./record.js";
import {
	openApplicant,
	readRequest,
	sealRefusal,
	sealWelcome,
	setting,
	writeAnswer
} from "./sync-messages.js";

/** Guesses at the password for one invitation; each shareP that is worked on, unless the right confirmP follows. */
const guessLimit = 5;
/** Milliseconds that one exchange may take. */
const patience = 10_000;

/** Why a statement that was right is not any more. */
const newEra = "the home has begun another era just now; try again";
/** Why a password that was right is not any more. */
const newPassword = "the home has a new password by now";

/** What a person allows at a time. */
interface Invitation {
	/** Guesses that are left. */
	guesses: number;
	/** When it is over, in milliseconds: on a machine that was suspended, that is seen before the timer is due. */
	readonly end: number;
	readonly expiry: Cancel;
}

interface Running {
	readonly from: string;
	readonly verifier: Verifier;
	/** Of the record that the verifier was made of. */
	readonly version: number;
	/** Whose guess it is: of the one that was open when it began, whatever a person does meanwhile. */
	readonly invitation: Invitation;
	/** The request that is being worked on; answered, at the latest, when the run ends. */
	exchange: Exchange | undefined;
	/** Gives up what is being computed. */
	work: Cancel;
	/** Once confirmP has verified. */
	sharedKey: Uint8Array | undefined;
	readonly expiry: Cancel;
}

/**
 * The member's side of joining a secure home: only while its window is open, one exchange at a time, and five wrong
 * guesses close the window. So anyone can burn a window, and nobody can guess more than five times in it.
 *
 * What tests a guess (RFC 9383 section 3.3): who makes shareP of a guessed password sees by confirmV whether it was
 * right, and also by an answer that fails, since shareP may be nothing but the guess's mask. So the guess is counted
 * before anything is computed of shareP, and only the right confirmP takes it back. confirmP tells nothing more.
 */
export class SecureSponsor implements Sponsor {
	readonly #options: SponsorOptions;
	readonly #gate: StrangerGate;
	#invitation: Invitation | undefined;
	#running: Running | undefined;

	constructor(options: SponsorOptions) {
		this.#options = options;
		this.#gate = new StrangerGate(options);
		options.resources.serve(synchronizationPath, {
			[Code.Post]: (request, exchange) => this.received(request, exchange)
		});
	}

	get isInviting(): boolean {
		const { chain, clock, identity } = this.#options;
		const isOpen = this.#invitation !== undefined && clock.now() < this.#invitation.end;
		return isOpen && sponsorFault(chain, identity.id) === undefined;
	}

	/** A run that is under way goes on, as a guess of the invitation before. */
	invite(seconds: number): void {
		this.#invitation?.expiry();
		const { clock } = this.#options;
		const wait = seconds * 1000;
		const expiry = clock.after(wait, () => this.uninvite());
		this.#invitation = { guesses: guessLimit, end: clock.now() + wait, expiry };
	}

	uninvite(): void {
		this.#invitation?.expiry();
		this.#invitation = undefined;
		this.end(Code.Forbidden, "not inviting");
	}

	private received(request: ServerRequest, exchange: Exchange): void {
		if (!this.isInviting) {
			// Over in time, though its timer is late; or its sponsor has no place for now, which may change.
			if (this.#invitation !== undefined && this.#options.clock.now() >= this.#invitation.end)
				this.uninvite();
			refuse(exchange, Code.Forbidden, "not inviting");
			return;
		}
		const from = addressText({ host: request.address, port: request.port });
		try {
			const message = readRequest(request.payload);
			if ("shareP" in message) {
				if (this.#gate.admits(request, exchange)) this.answer(message.shareP, from, exchange);
			} else this.admit(message.confirmP, message.sealed, from, exchange);
		} catch (error) {
			if (!(error instanceof MessageError || error instanceof Spake2PlusError)) throw error;
			refuse(exchange, Code.BadRequest, error.message);
		}
	}

	private answer(shareP: Uint8Array, from: string, exchange: Exchange): void {
		const { identity, homeSecret, chain, clock, random } = this.#options;
		const record = readRecord(homeSecret.value);
		// An old password opens the home to nobody.
		if (record === undefined || record.version !== chain.members.passwordVersion) {
			refuse(exchange, Code.ServiceUnavailable, "this member has not heard the home's password yet");
			return;
		}
		if (this.#running !== undefined) {
			if (this.#running.from !== from || this.#running.exchange !== undefined) {
				refuse(exchange, Code.ServiceUnavailable, "another node is joining; try again");
				return;
			}
			// The same node begins anew: it was restarted, or its person mistyped.
			this.end(Code.ServiceUnavailable, "begun anew");
		}
		// Looked at only here: the end of the run before may have closed it.
		const invitation = this.#invitation;
		if (invitation === undefined) {
			refuse(exchange, Code.Forbidden, "not inviting");
			return;
		}
		const verifier = new Verifier({
			...setting(identity.home, identity.rounds, record.version),
			record,
			ephemeral: randomPrivateKey(random)
		});
		invitation.guesses -= 1;
		const late = () => {
			if (this.#running === running) this.end(Code.ServiceUnavailable, "it took too long");
		};
		const running: Running = {
			from,
			verifier,
			version: record.version,
			invitation,
			exchange,
			work: () => undefined,
			sharedKey: undefined,
			expiry: clock.after(patience, late)
		};
		this.#running = running;
		running.work = runInTurns({
			clock,
			steps: verifier.answer(shareP),
			failed: error =>
				this.guard(() => {
					throw error;
				}),
			done: ({ shareV, confirmV }) =>
				this.guard(() => {
					exchange.respond({
						code: Code.Changed,
						payload: writeAnswer(shareV, confirmV, this.#options.chain.checkpoint)
					});
					running.exchange = undefined;
				})
		});
	}

	/** One confirmP for each run. */
	private admit(confirmP: Uint8Array, sealed: Uint8Array, from: string, exchange: Exchange): void {
		const { identity, chain, clock, beforeSigning } = this.#options;
		const running = this.#running;
		if (running?.from !== from) {
			refuse(exchange, Code.BadRequest, "begin with a share");
			return;
		}
		if (running.exchange !== undefined) {
			refuse(exchange, Code.ServiceUnavailable, "one request at a time");
			return;
		}
		running.exchange = exchange;
		this.guard(() => {
			const sharedKey = running.verifier.finish(confirmP);
			running.sharedKey = sharedKey;
			running.invitation.guesses += 1;
			const applicant = openApplicant(sealed, sharedKey);
			checkApplicant(applicant);
			beforeSigning(() => {
				if (this.#running !== running) return;
				this.guard(() => {
					const { era } = chain;
					if (!isStatedFor(chain, identity.id, applicant))
						throw new MessageError("the statement's signature is wrong");
					// A turn of its own: two signatures at once take a board too long.
					const welcome = () => {
						const { ServiceUnavailable } = Code;
						if (!equalBytes(era, chain.era)) throw new AdmissionError(ServiceUnavailable, newEra);
						// Asked for at the share already, and heard of since: an old password opens the home to nobody.
						if (running.version !== chain.members.passwordVersion)
							throw new AdmissionError(ServiceUnavailable, newPassword);
						this.welcome(running, applicant, exchange);
					};
					running.work = clock.after(0, () => this.guard(welcome));
				});
			});
		});
	}

	/** Makes the applicant a member, and tells it. */
	private welcome(running: Running, applicant: Applicant, exchange: Exchange): void {
		const { identity, chain, issuer, report } = this.#options;
		const { sharedKey } = running;
		if (this.#running !== running || sharedKey === undefined) return;
		const { block, isNew } = admit({ chain, identity, issuer, applicant });
		const welcome = {
			block: block?.cose ?? null,
			sponsor: identity.id,
			sponsorKey: identity.publicKey,
			genesis: chain.genesisBlock?.hash ?? new Uint8Array(0)
		};
		exchange.respond({ code: Code.Changed, payload: sealWelcome(welcome, sharedKey) });
		running.exchange = undefined;
		this.end(Code.ServiceUnavailable, "");
		if (isNew) report(admittedText(chain, applicant));
	}

	/** A step of the run: whatever it throws ends the run and its request, and what nobody expected is thrown on. */
	private guard(step: () => void): void {
		const { report } = this.#options;
		try {
			step();
		} catch (error) {
			if (error instanceof ConfirmationError) {
				this.end(Code.Unauthorized, "wrong password or PIN");
			} else if (error instanceof MessageError || error instanceof Spake2PlusError) {
				this.end(Code.BadRequest, error.message);
			} else if (error instanceof AdmissionError) {
				this.end(error.code, error.message);
				report(`a node was not admitted: ${error.message}`);
			} else if (error instanceof StoreError) {
				this.end(Code.ServiceUnavailable, isFull(error.message) ? "no room in the flash" : "the flash fails");
				report(error.message);
			} else {
				this.end(Code.InternalServerError, "");
				throw error;
			}
		}
	}

	/**
	 * Ends the run, and refuses what it has not answered, sealed where the joiner has shown that it knows the password;
	 * where no guess is left, the invitation is over too.
	 */
	private end(code: number, text: string): void {
		const running = this.#running;
		this.#running = undefined;
		const key = running?.sharedKey;
		const payload = key === undefined ? encodeUtf8(text) : sealRefusal(code, text, key);
		running?.expiry();
		running?.work();
		running?.verifier.close();
		key?.fill(0);
		if (this.#invitation?.guesses === 0) {
			this.#invitation.expiry();
			this.#invitation = undefined;
			this.#options.report("the invitation is over: five wrong guesses at the password");
		}
		if (running?.exchange !== undefined) respond(running.exchange, code, payload);
	}
}

function refuse(exchange: Exchange, code: number, text: string): void {
	respond(exchange, code, encodeUtf8(text));
}

/** Answers or, where that cannot be, drops the request: its place is free in any case. */
function respond(exchange: Exchange, code: number, payload: Uint8Array): void {
	try {
		exchange.respond({ code, payload });
	} catch (error) {
		exchange.drop();
		if (!(error instanceof CoapError)) throw error;
	}
}
