import { encodeUtf8 } from "../bytes/bytes.js";
import type { Cancel } from "../clock/clock.js";
import { Code, type Exchange, type ServerRequest } from "../coap/coap.js";
import { runInTurns } from "../crypto/crypto.js";
import {
	AdmissionError,
	addressText,
	admit,
	checkApplicant,
	MessageError,
	randomPrivateKey,
	type Sponsor,
	type SponsorOptions,
	StrangerGate,
	synchronizationPath
} from "../node/node.js";
import { ConfirmationError, Spake2PlusError, Verifier } from "../spake2plus/spake2plus.js";
import { StoreError } from "../store/store.js";
import { readRecord } from "./record.js";
import { openApplicant, readRequest, sealWelcome, setting, writeAnswer } from "./sync-messages.js";

/** Guesses at the password in one window; each confirmV that went out and was not answered by the right confirmP. */
const triesLimit = 5;
/** Milliseconds that one exchange may take. */
const patience = 10_000;

interface Running {
	readonly from: string;
	readonly verifier: Verifier;
	/** Whether shareV and confirmV have gone out. */
	isAnswered: boolean;
	/** Set once confirmP has verified: a repeated second request gets the same answer. */
	sharedKey: Uint8Array | undefined;
	readonly expiry: Cancel;
}

/**
 * The member's side of joining a secure home: only while its window is open, one exchange at a time, and five wrong
 * guesses close the window. So anyone can burn a window, and nobody can guess more than five times in it.
 */
export class SecureSponsor implements Sponsor {
	readonly #options: SponsorOptions;
	readonly #gate: StrangerGate;
	#window: Cancel | undefined;
	#tries = 0;
	#running: Running | undefined;

	constructor(options: SponsorOptions) {
		this.#options = options;
		this.#gate = new StrangerGate(options);
		options.resources.serve(synchronizationPath, {
			[Code.Post]: (request, exchange) => this.#received(request, exchange)
		});
	}

	get isInviting(): boolean {
		return this.#window !== undefined;
	}

	invite(seconds: number): void {
		this.#window?.();
		this.#tries = 0;
		this.#window = this.#options.clock.after(seconds * 1000, () => this.uninvite());
	}

	uninvite(): void {
		this.#window?.();
		this.#window = undefined;
		this.#end();
	}

	#received(request: ServerRequest, exchange: Exchange): void {
		if (!this.isInviting) {
			refuse(exchange, Code.Forbidden, "not inviting");
			return;
		}
		const from = addressText({ host: request.address, port: request.port });
		try {
			const message = readRequest(request.payload);
			if ("shareP" in message) {
				if (this.#gate.admits(request, exchange)) this.#answer(message.shareP, from, exchange);
			} else this.#admit(message.confirmP, message.sealed, from, exchange);
		} catch (error) {
			if (!(error instanceof MessageError || error instanceof Spake2PlusError)) throw error;
			refuse(exchange, Code.BadRequest, error.message);
		}
	}

	#answer(shareP: Uint8Array, from: string, exchange: Exchange): void {
		const { identity, homeSecret, clock, random } = this.#options;
		const record = readRecord(homeSecret.value);
		if (record === undefined) {
			refuse(exchange, Code.ServiceUnavailable, "this member cannot admit anyone");
			return;
		}
		if (this.#running !== undefined) {
			// Nor does who asks get a second answer while the first is being computed: each counts as a guess.
			if (this.#running.from !== from || !this.#running.isAnswered) {
				refuse(exchange, Code.ServiceUnavailable, "another node is joining; try again");
				return;
			}
			// The same node begins anew: it was restarted, or its person mistyped.
			this.#end();
		}
		const verifier = new Verifier({
			...setting(identity.home, identity.rounds, record.version),
			record,
			ephemeral: randomPrivateKey(random)
		});
		const running: Running = {
			from,
			verifier,
			isAnswered: false,
			sharedKey: undefined,
			expiry: clock.after(patience, () => {
				if (this.#running === running) this.#end();
			})
		};
		this.#running = running;
		runInTurns({
			clock,
			steps: verifier.answer(shareP),
			failed: error => {
				if (this.#running === running) this.#end();
				if (!(error instanceof Spake2PlusError)) throw error;
				refuse(exchange, Code.BadRequest, error.message);
			},
			done: ({ shareV, confirmV }) => {
				if (this.#running !== running) {
					refuse(exchange, Code.Forbidden, "not inviting");
					return;
				}
				// The guess counts from here on: confirmV tells whether it was right.
				this.#tries += 1;
				running.isAnswered = true;
				exchange.respond({ code: Code.Changed, payload: writeAnswer(shareV, confirmV) });
			}
		});
	}

	#admit(confirmP: Uint8Array, sealed: Uint8Array, from: string, exchange: Exchange): void {
		const { identity, chain, time, beforeSigning, onAdmitted } = this.#options;
		const running = this.#running;
		if (running?.from !== from) {
			refuse(exchange, Code.BadRequest, "begin with a share");
			return;
		}
		this.#guard(exchange, () => {
			if (running.sharedKey === undefined) {
				running.sharedKey = running.verifier.finish(confirmP);
				this.#tries -= 1;
			}
			const { sharedKey } = running;
			const applicant = openApplicant(sealed, sharedKey);
			checkApplicant(applicant);
			beforeSigning(() => {
				if (this.#running !== running) {
					refuse(exchange, Code.Forbidden, "not inviting");
					return;
				}
				this.#guard(exchange, () => {
					const { block, isNew } = admit({ chain, identity, time: time(), applicant });
					const welcome = {
						block: block.cose,
						sponsor: identity.id,
						sponsorKey: identity.publicKey,
						genesis: chain.hashAt(0)
					};
					exchange.respond({ code: Code.Changed, payload: sealWelcome(welcome, sharedKey) });
					this.#end();
					if (isNew) onAdmitted(block);
				});
			});
		});
	}

	/** Tells the joiner, and where it matters the person here, what went wrong in a step. */
	#guard(exchange: Exchange, step: () => void): void {
		const { report } = this.#options;
		try {
			step();
		} catch (error) {
			if (error instanceof ConfirmationError) {
				refuse(exchange, Code.Unauthorized, "wrong password or PIN");
			} else if (error instanceof AdmissionError) {
				refuse(exchange, error.code, error.message);
				report(`a node was not admitted: ${error.message}`);
			} else if (error instanceof StoreError) {
				refuse(exchange, Code.ServiceUnavailable, "no room in the flash");
				report(error.message);
			} else {
				throw error;
			}
			this.#end();
		}
	}

	/** Ends the exchange; what was guessed wrong by then stays counted, and the fifth such guess closes the window. */
	#end(): void {
		const running = this.#running;
		this.#running = undefined;
		running?.expiry();
		running?.verifier.close();
		running?.sharedKey?.fill(0);
		if (this.#tries < triesLimit || this.#window === undefined) return;
		this.#window();
		this.#window = undefined;
		this.#options.report("the invitation is over: five wrong guesses at the password");
	}
}

function refuse(exchange: Exchange, code: number, text: string): void {
	exchange.respond({ code, payload: encodeUtf8(text) });
}
