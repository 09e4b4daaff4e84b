import { decodeUtf8, equalBytes, fromHex, toHex } from "../bytes/bytes.js";
import { type IdText, idLength, roundsRange } from "../chain/chain.js";
import { Code, ContentFormat, linkFormat, parseLinkFormat, type Resources } from "../coap/coap.js";
import type { Suite } from "./suite.js";

/** Where anyone may ask what a node is (RFC 6690 section 4). */
export const wellKnownPath = "/.well-known/core";

/** The resource type by which a home is known. */
const resourceType = "verifichain";

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
}

/**
 * Answers `GET /.well-known/core`. A query `ep=NODE-ID` is answered by that node alone (RFC 9176's endpoint
 * name), so that a member can be found by broadcast.
 */
export function serveAnnouncement(
	resources: Resources,
	announce: () => Announcement,
	paths: readonly string[]
): void {
	let written: { readonly version: number; readonly payload: Uint8Array } | undefined;
	resources.serve(wellKnownPath, {
		[Code.Get]: (request, exchange) => {
			const announcement = announce();
			const { node, version } = announcement;
			const asked = request.query.filter(query => query.startsWith("ep="));
			if (asked.length > 0 && !asked.includes(`ep=${node}`)) {
				exchange.drop();
				return;
			}
			if (written?.version !== version)
				written = { version, payload: writeAnnouncement(announcement, paths) };
			const { payload } = written;
			exchange.respond({ code: Code.Content, contentFormat: ContentFormat.LinkFormat, payload });
		}
	});
}

function writeAnnouncement(announcement: Announcement, paths: readonly string[]): Uint8Array {
	const { node, home, suite, rounds, version } = announcement;
	const attributes = {
		rt: resourceType,
		home: toHex(home),
		ep: node,
		suite: suite.name,
		rounds: String(rounds),
		...(version > 0 && { version: String(version) })
	};
	return linkFormat(paths.map((target, index) => ({ target, attributes: index === 0 ? attributes : {} })));
}

/** Reads what a node says of itself; undefined when it is not of this kind, or speaks a suite not known here. */
export function readAnnouncement(payload: Uint8Array, suites: readonly Suite[]): Announcement | undefined {
	try {
		for (const { attributes } of parseLinkFormat(decodeUtf8(payload))) {
			if (attributes.rt !== resourceType) continue;
			const suite = suites.find(({ name }) => name === attributes.suite);
			const home = fromHex(attributes.home ?? "");
			const node = attributes.ep ?? "";
			const rounds = Number(attributes.rounds);
			if (suite === undefined || home.length !== idLength || !/^[0-9a-f]{16}$/.test(node)) continue;
			if (!(rounds >= roundsRange.least && rounds <= roundsRange.most && Number.isInteger(rounds))) continue;
			const version = Number(attributes.version ?? 0);
			if (!(version >= 0 && version < 2 ** 32 && Number.isInteger(version))) continue;
			return { node, home, suite, rounds, version };
		}
	} catch {
		// Someone else's CoAP server, or nonsense.
	}
	return undefined;
}

/** Whether two announcements are of one home, by members who know the same password of it. */
export function sameHome(a: Announcement, b: Announcement): boolean {
	return (
		equalBytes(a.home, b.home) && a.version === b.version && a.suite === b.suite && a.rounds === b.rounds
	);
}
