import type { Chain, IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import type { Layer, Resources } from "../coap/coap.js";
import type { ContextLookup } from "../oscore/oscore.js";
import type { Address } from "./address.js";
import type { Place } from "./admission.js";
import type { HomeSecret } from "./home-secret.js";
import type { Identity } from "./identity.js";
import type { Issuer } from "./issuer.js";
import type { Link, LinkOptions } from "./link.js";
import type { Notation } from "./notation.js";

/** Where a member takes synchronization requests of nodes that want to join. */
export const synchronizationPath = "/sync";

/** What is made of password and PIN. */
export interface Prepared {
	/** What the node keeps of them for good. */
	readonly secret: Uint8Array;
	/** What it shows a sponsor that it knows them with; wiped when it has joined. */
	readonly credentials: Uint8Array;
}

export interface PrepareOptions {
	readonly clock: Clock;
	readonly profile: { readonly password: string; readonly pin: string };
	/** Home id, 8 bytes. */
	readonly home: Uint8Array;
	/** Rounds of PBKDF2. */
	readonly rounds: number;
	/** How many passwords the home had before this one. */
	readonly version: number;
}

/** Why joining did not work. */
export type Refusal =
	/** Nobody answered. */
	| "no home"
	/** The member that answered does not invite at the moment. */
	| "not inviting"
	/** The home knows another password or PIN. */
	| "password"
	/** The home has a member of that name. */
	| "name"
	/** The home has removed this node: it can join under a new key alone. */
	| "removed"
	/** Something else, as the text says. */
	| "other";

/** What a sponsor said. `sponsor`: its node id and public key (33 bytes), where the suite tells the key. */
export type JoinAnswer =
	| { readonly joined: true; readonly sponsor: IdText; readonly sponsorKey?: Uint8Array }
	| { readonly joined: false; readonly refusal: Refusal; readonly text: string };

export interface JoinOptions {
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly layer: Layer;
	readonly address: Address;
	/** What its sponsor announced: who it is, and the base that it has. */
	readonly place: Place;
	readonly identity: Identity;
	readonly credentials: Uint8Array;
	/**
	 * Called before anything is done by which the other side, whoever it is, may learn whether a guess of its own at the
	 * password was right. Throws a StoreError when that cannot be kept: then it must not be done.
	 */
	readonly spend: () => void;
	/** Called before the other side hears of the identity. Throws a StoreError likewise. */
	readonly keep: () => void;
}

export interface SponsorOptions {
	readonly identity: Identity;
	readonly homeSecret: HomeSecret;
	readonly chain: Chain;
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly resources: Resources;
	readonly issuer: Issuer;
	/** Calls back at once, or within seconds after a start: a node first hears how far its own blocks go. */
	readonly beforeSigning: (sign: () => void) => void;
	readonly report: (text: string) => void;
}

/** The side of a member that admits others. */
export interface Sponsor {
	/** Whether it admits anyone at the moment. */
	readonly isInviting: boolean;
	/** Admits others for so many seconds from now. */
	invite(seconds: number): void;
	uninvite(): void;
}

/** Seats for what only a home's suite has, in the stack of layers that is there before the home is known. */
export interface Seats {
	/** Takes the place of the contexts by which requests are sealed and opened. */
	seatContexts(contexts: ContextLookup): void;
}

/** How the members of a home protect what they say to each other. */
export interface Suite {
	readonly number: number;
	readonly name: string;
	/** What a person is told wherever the suite shows; empty for a secure one. */
	readonly warning: string;
	/** How its messages are written. */
	readonly notation: Notation;
	/** The paths of its own that its link serves. */
	readonly paths: readonly string[];
	/** Whether unlocking needs a grant: where members are known for sure. */
	readonly guardsLocks: boolean;
	/** Whether a member must invite before it admits anyone. */
	readonly invites: boolean;
	/** Whether a join can go on after a restart without the password: `secret` serves as credentials. */
	readonly resumes: boolean;
	/** Works on password and PIN. Many turns of the loop. */
	prepare(options: PrepareOptions, done: (prepared: Prepared) => void): void;
	/** How many passwords the home of this secret had before. */
	versionOf(secret: Uint8Array): number;
	/** Makes the secret of a new password, by an owner; undefined where a home keeps its password. */
	readonly renew?: (
		options: PrepareOptions & {
			/** The era's id, 16 bytes, when it is signed. */
			readonly era: () => Uint8Array;
			readonly signer: { readonly id: Uint8Array; readonly privateKey: Uint8Array };
		},
		done: (secret: Uint8Array) => void
	) => void;
	/** Asks one sponsor to admit the identity. Calls back once, whatever happens. */
	join(options: JoinOptions, done: (answer: JoinAnswer) => void): void;
	createSponsor(options: SponsorOptions): Sponsor;
	createLink(options: LinkOptions): Link;
}

/** A home speaks a suite that this software does not have. */
export class SuiteError extends Error {
	override readonly name = "SuiteError";
}

/** Throws a SuiteError for a number that none has. */
export function suiteOf(suites: readonly Suite[], number: number): Suite {
	const suite = suites.find(known => known.number === number);
	if (suite === undefined) throw new SuiteError(`this software does not know suite ${number}`);
	return suite;
}
