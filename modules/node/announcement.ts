import { decodeUtf8, fromHex, toHex } from "../bytes/bytes.js";
import { homeIdLength, type IdText, isIdText, roundsRange } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import {
	Code,
	ContentFormat,
	type Exchange,
	type Handlers,
	linkFormat,
	parseLinkFormat,
	type Resources,
	type ServerRequest
} from "../coap/coap.js";
import { StrangerGate } from "./stranger-gate.js";
import type { Suite } from "./suite.js";

/** Where anyone may ask what a node is (RFC 6690 section 4). */
export const wellKnownPath = "/.well-known/core";

/** Bytes of the longest announcement that is read: one that fits a datagram. */
const longest = 1024;

/** What is looked for in it. */
const wanted = Object.freeze(["rt", "home", "ep", "suite", "rounds", "version", "base", "inviting"] as const);

/** The resource type by which a home is known. */
const resourceType = "verifichain";

/** Most milliseconds that a node which admits nobody waits before it answers who asks everyone. */
const longestDelay = 2_000;
/** Most such answers that wait at once: strangers shall not take the places of all exchanges by asking. */
const waitingLimit = 2;

/**
 * Answers in ten seconds to whom has not shown where it is: they have 10 times the bytes of a question, and would reach
 * whom a spoofed one names (RFC 7252 section 11.3). Beyond, an Echo challenge comes first, no longer than the question.
 */
const freeAnswers = 16;

/** What a node tells anyone who asks: enough to find a home and to prepare for joining it. */
export interface Announcement {
	readonly node: IdText;
	/** Home id, 8 bytes. */
	readonly home: Uint8Array;
	readonly suite: Suite;
	/** Rounds of PBKDF2. */
	readonly rounds: number;
	/** How many passwords the home had before the one that this member knows of. */
	readonly version: number;
	/** The base of its chain, which a joiner names in its statement: the era's id, 16 bytes, and the checkpoint's number. */
	readonly era: Uint8Array;
	readonly checkpoint: number;
	/** Whether it admits who knows the password now. */
	readonly isInviting: boolean;
}

export interface AnnouncingOptions {
	readonly resources: Resources;
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	/** What there is to tell now. */
	readonly announce: () => Announcement;
	/** The resources of this node. */
	readonly paths: readonly string[];
}

/**
 * Answers `GET /.well-known/core`. A query `ep=NODE-ID` is answered by that node alone (RFC 9176's endpoint name), so
 * that a member can be found by broadcast; any other that is asked by itself says that it has nothing (RFC 6690 section 4.1),
 * in fewer bytes than the question has. Who asks everyone hears those first who can admit it: the others wait up
 * to 2 seconds, each for a time of its own, so that a large home does not answer all at once (RFC 7252 section 8.2).
 * When many ask, they have to show that they are where they say.
 */
export function serveAnnouncement(options: AnnouncingOptions): void {
	const announcer = new Announcer(options);
	const handlers: Handlers = { [Code.Get]: (request, exchange) => announcer.asked(request, exchange) };
	options.resources.serve(wellKnownPath, handlers, { contentFormat: ContentFormat.LinkFormat });
}

class Announcer {
	readonly #options: AnnouncingOptions;
	readonly #gate: StrangerGate;
	/** Answers that wait. */
	#waiting = 0;
	/** What was told last, and of what. */
	#payload: Uint8Array | undefined;
	#written = "";

	constructor(options: AnnouncingOptions) {
		const { clock, random } = options;
		this.#options = options;
		this.#gate = new StrangerGate({ clock, random, free: freeAnswers });
	}

	asked(request: ServerRequest, exchange: Exchange): void {
		const { announce, clock, random } = this.#options;
		const { node, isInviting } = announce();
		const asked = request.query.filter(query => query.startsWith("ep="));
		const isMeant = asked.includes(`ep=${node}`);
		if (asked.length > 0 && !isMeant) {
			// Silence would keep waiting what else the asker has to send to this node (RFC 7252 section 4.7).
			if (request.confirmable)
				exchange.respond({ code: Code.Content, contentFormat: ContentFormat.LinkFormat });
			else exchange.drop();
		} else if (request.confirmable || isMeant || isInviting) {
			this.answer(request, exchange);
		} else if (this.#waiting === waitingLimit) {
			exchange.drop();
		} else {
			this.#waiting += 1;
			const [high, low] = random(2);
			clock.after((longestDelay * (high * 256 + low)) / 0x10000, () => {
				this.#waiting -= 1;
				this.answer(request, exchange);
			});
		}
	}

	private answer(request: ServerRequest, exchange: Exchange): void {
		if (this.#gate.admits(request, exchange) === undefined) return;
		const { payload } = this;
		exchange.respond({ code: Code.Content, contentFormat: ContentFormat.LinkFormat, payload });
	}

	private get payload(): Uint8Array {
		const announcement = this.#options.announce();
		// What of it changes.
		const { version, era, checkpoint, isInviting } = announcement;
		const said = `${version} ${toHex(era)} ${checkpoint} ${isInviting}`;
		if (this.#payload === undefined || this.#written !== said) {
			this.#payload = writeAnnouncement(announcement, this.#options.paths);
			this.#written = said;
		}
		return this.#payload;
	}
}

function writeAnnouncement(announcement: Announcement, paths: readonly string[]): Uint8Array {
	const { node, home, suite, rounds, version, era, checkpoint, isInviting } = announcement;
	const attributes = {
		rt: resourceType,
		home: toHex(home),
		ep: node,
		suite: suite.name,
		rounds: String(rounds),
		...(version > 0 && { version: String(version) }),
		base: `${toHex(era)}.${checkpoint}`,
		...(isInviting && { inviting: true })
	};
	return linkFormat(paths.map((target, index) => ({ target, attributes: index === 0 ? attributes : {} })));
}

/** Reads what a node says of itself; undefined when it is not of this kind, or speaks a suite not known here. */
export function readAnnouncement(payload: Uint8Array, suites: readonly Suite[]): Announcement | undefined {
	if (payload.length > longest) return undefined;
	try {
		for (const { attributes } of parseLinkFormat(decodeUtf8(payload), wanted)) {
			if (attributes.rt !== resourceType) continue;
			const suite = suites.find(({ name }) => name === attributes.suite);
			const home = fromHex(attributes.home ?? "");
			const node = attributes.ep ?? "";
			const rounds = Number(attributes.rounds);
			if (suite === undefined || home.length !== homeIdLength || !isIdText(node)) continue;
			if (!(rounds >= roundsRange.least && rounds <= roundsRange.most && Number.isInteger(rounds))) continue;
			const version = Number(attributes.version ?? 0);
			if (!isCount(version)) continue;
			const [, era = "", checkpoint = ""] =
				/^([0-9a-f]{32})\.([0-9]{1,10})$/.exec(attributes.base ?? "") ?? [];
			if (era === "" || !isCount(Number(checkpoint))) continue;
			const base = { era: fromHex(era), checkpoint: Number(checkpoint) };
			return { node, home, suite, rounds, version, ...base, isInviting: attributes.inviting !== undefined };
		}
	} catch {
		// Someone else's CoAP server, or nonsense.
	}
	return undefined;
}

function isCount(number: number): boolean {
	return number >= 0 && number < 2 ** 32 && Number.isInteger(number);
}
