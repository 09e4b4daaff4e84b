import { toHex } from "../bytes/bytes.js";
import type { IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import type { Layer } from "../coap/coap.js";
import type { Store } from "../store/store.js";
import { type Address, addressText } from "./address.js";
import type { Discovery, Sighting } from "./discovery.js";
import type { Profile } from "./founding.js";
import type { Identity } from "./identity.js";
import { JoinAttempt } from "./join-attempt.js";
import { type Refusal, type Suite, suiteOf } from "./suite.js";

/** A home that was heard of: what the nodes that answered say of themselves, which anyone can say. */
export interface HeardHome {
	/** Home id, 8 bytes. */
	readonly home: Uint8Array;
	/** In the order in which they are asked; one at least. */
	readonly sightings: readonly Sighting[];
}

export type JoinResult =
	| {
			readonly joined: true;
			readonly identity: Identity;
			readonly sponsor: IdText;
			readonly sponsorKey?: Uint8Array;
			readonly address: Address;
	  }
	| {
			readonly joined: false;
			readonly refusal: Refusal;
			readonly text: string;
			/** Whether somebody may have tested a guess at the password: then it must not be tried again by itself. */
			readonly isSpent: boolean;
			/** Whether the home has shown that it knows the password, and this node's key was stored. */
			readonly isKept: boolean;
	  }
	/** More than one home: none was asked. */
	| { readonly joined: false; readonly homes: readonly HeardHome[] };

export interface JoinRequest {
	readonly profile: Profile;
	/** Where to look; none for a broadcast. */
	readonly given: readonly Address[];
	/** Where members of the home were once. */
	readonly known: readonly Address[];
	/** Of an earlier try: its home is asked for that one, so that this node is never two members. */
	readonly identity?: Identity | undefined;
	/** The only home that will do, 8 bytes; without it, the only one that is heard. */
	readonly home?: Uint8Array | undefined;
	/** Called once before somebody may test a guess at the password. Throws a StoreError: then nobody can. */
	readonly spend: () => void;
	/** Called when the home has shown that it knows the password: no guess was given away. */
	readonly proven?: () => void;
}

export interface JoiningOptions {
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly store: Store;
	readonly layer: Layer;
	readonly discovery: Discovery;
	/** The suites that this node can speak. */
	readonly suites: readonly Suite[];
	/** The one that its person has chosen: an announcement never chooses. */
	readonly suite: Suite;
	/** Told what happens, in words for the person who waits. */
	readonly report: (text: string) => void;
}

/** Finds homes, and asks the sponsors of one of them. */
export class Joining {
	readonly #options: JoiningOptions;

	constructor(options: JoiningOptions) {
		this.#options = options;
	}

	/** Looks for homes and asks the one that there is; of several, a person must say which. */
	join(request: JoinRequest, done: (result: JoinResult) => void): void {
		const { identity, home } = request;
		const suite =
			identity === undefined ? this.#options.suite : suiteOf(this.#options.suites, identity.suite);
		this.search(request, identity?.home ?? home, suite, homes => {
			const [only, ...others] = homes;
			if (others.length > 0) {
				done({ joined: false, homes });
				return;
			}
			if (only !== undefined) this.#options.report(`synchronizing with home ${toHex(only.home)}`);
			new JoinAttempt({ ...this.#options, ...request, suite, sightings: only?.sightings ?? [], done }).next();
		});
	}

	/** Asks for the block of an identity that was stored before, in a suite that resumes without the password. */
	resume(
		identity: Identity,
		places: Pick<JoinRequest, "given" | "known">,
		done: (result: JoinResult) => void
	): void {
		const suite = suiteOf(this.#options.suites, identity.suite);
		this.search(places, identity.home, suite, ([only]) => {
			const sightings = only?.sightings ?? [];
			const spend = () => undefined;
			new JoinAttempt({ ...this.#options, identity, suite, sightings, spend, done }).next();
		});
	}

	/** The homes of this suite, by their ids. */
	private search(
		{ given, known }: Pick<JoinRequest, "given" | "known">,
		home: Uint8Array | undefined,
		suite: Suite,
		done: (homes: readonly HeardHome[]) => void
	): void {
		const { discovery, suites } = this.#options;
		discovery.search({ given, known, suites, home }, sightings => {
			const [only, ...others] = homesIn(sightings, suite);
			const end = (all: readonly Sighting[]) => {
				this.tellPassedOver(all, suite);
				done(homesIn(all, suite));
			};
			const isOpen = !suite.invites || only?.sightings.some(({ announcement }) => announcement.isInviting);
			if (given.length === 0 || only === undefined || others.length > 0 || isOpen === true) {
				end(sightings);
				return;
			}
			// None of those that were given invites: another member of that home may.
			discovery.search({ given: [], suites, home: only.home }, more => {
				const places = new Set(sightings.map(({ address }) => addressText(address)));
				end([...sightings, ...more.filter(({ address }) => !places.has(addressText(address)))]);
			});
		});
	}

	private tellPassedOver(sightings: readonly Sighting[], suite: Suite): void {
		const others = sightings.map(({ announcement }) => announcement.suite).filter(other => other !== suite);
		for (const { name } of new Set(others)) {
			this.#options.report(`a home of suite "${name}" was passed over; this node joins with "${suite.name}"`);
		}
	}
}

/** The homes of a suite, each with who is of it. */
function homesIn(sightings: readonly Sighting[], suite: Suite): readonly HeardHome[] {
	const homes = new Map<string, { home: Uint8Array; sightings: Sighting[] }>();
	for (const sighting of inOrder(sightings)) {
		const { announcement } = sighting;
		if (announcement.suite !== suite) continue;
		const id = toHex(announcement.home);
		const known = homes.get(id);
		if (known === undefined) homes.set(id, { home: announcement.home, sightings: [sighting] });
		else known.sightings.push(sighting);
	}
	return [...homes.values()];
}

/**
 * Those first who say that they admit others, of them those who say that they know the latest password: anyone may say so,
 * but asking costs a refusal at most, or the one guess that a typed password allows.
 */
function inOrder(sightings: readonly Sighting[]): Sighting[] {
	return [...sightings].sort(
		({ announcement: a }, { announcement: b }) =>
			Number(b.isInviting) - Number(a.isInviting) || b.version - a.version
	);
}
