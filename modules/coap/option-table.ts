import type { Option } from "./option.js";

/** Option numbers (RFC 7252 section 5.10, RFC 7641, RFC 7959, RFC 8613, RFC 9175). */
export const OptionNumber = Object.freeze({
	IfMatch: 1,
	UriHost: 3,
	ETag: 4,
	IfNoneMatch: 5,
	Observe: 6,
	UriPort: 7,
	LocationPath: 8,
	Oscore: 9,
	UriPath: 11,
	ContentFormat: 12,
	MaxAge: 14,
	UriQuery: 15,
	Accept: 17,
	LocationQuery: 20,
	Block2: 23,
	Block1: 27,
	Size2: 28,
	ProxyUri: 35,
	ProxyScheme: 39,
	Size1: 60,
	Echo: 252,
	RequestTag: 292
} as const);

/** What an option may look like. */
export interface OptionDefinition {
	readonly name: string;
	/** Bytes of the value. */
	readonly min: number;
	readonly max: number;
	readonly repeatable: boolean;
}

const definitions: Readonly<Record<number, OptionDefinition | undefined>> = Object.freeze({
	[OptionNumber.IfMatch]: Object.freeze({ name: "If-Match", min: 0, max: 8, repeatable: true }),
	[OptionNumber.UriHost]: Object.freeze({ name: "Uri-Host", min: 1, max: 255, repeatable: false }),
	[OptionNumber.ETag]: Object.freeze({ name: "ETag", min: 1, max: 8, repeatable: true }),
	[OptionNumber.IfNoneMatch]: Object.freeze({ name: "If-None-Match", min: 0, max: 0, repeatable: false }),
	[OptionNumber.Observe]: Object.freeze({ name: "Observe", min: 0, max: 3, repeatable: false }),
	[OptionNumber.UriPort]: Object.freeze({ name: "Uri-Port", min: 0, max: 2, repeatable: false }),
	[OptionNumber.LocationPath]: Object.freeze({ name: "Location-Path", min: 0, max: 255, repeatable: true }),
	[OptionNumber.Oscore]: Object.freeze({ name: "OSCORE", min: 0, max: 255, repeatable: false }),
	[OptionNumber.UriPath]: Object.freeze({ name: "Uri-Path", min: 0, max: 255, repeatable: true }),
	[OptionNumber.ContentFormat]: Object.freeze({ name: "Content-Format", min: 0, max: 2, repeatable: false }),
	[OptionNumber.MaxAge]: Object.freeze({ name: "Max-Age", min: 0, max: 4, repeatable: false }),
	[OptionNumber.UriQuery]: Object.freeze({ name: "Uri-Query", min: 0, max: 255, repeatable: true }),
	[OptionNumber.Accept]: Object.freeze({ name: "Accept", min: 0, max: 2, repeatable: false }),
	[OptionNumber.LocationQuery]: Object.freeze({ name: "Location-Query", min: 0, max: 255, repeatable: true }),
	[OptionNumber.Block2]: Object.freeze({ name: "Block2", min: 0, max: 3, repeatable: false }),
	[OptionNumber.Block1]: Object.freeze({ name: "Block1", min: 0, max: 3, repeatable: false }),
	[OptionNumber.Size2]: Object.freeze({ name: "Size2", min: 0, max: 4, repeatable: false }),
	[OptionNumber.ProxyUri]: Object.freeze({ name: "Proxy-Uri", min: 1, max: 1034, repeatable: false }),
	[OptionNumber.ProxyScheme]: Object.freeze({ name: "Proxy-Scheme", min: 1, max: 255, repeatable: false }),
	[OptionNumber.Size1]: Object.freeze({ name: "Size1", min: 0, max: 4, repeatable: false }),
	[OptionNumber.Echo]: Object.freeze({ name: "Echo", min: 1, max: 40, repeatable: false }),
	[OptionNumber.RequestTag]: Object.freeze({ name: "Request-Tag", min: 0, max: 8, repeatable: true })
});

/** What is known of an option number, if anything. */
export function optionDefinition(number: number): OptionDefinition | undefined {
	return definitions[number];
}

/** Who does not understand it must not act on the message (RFC 7252 section 5.4.1). */
export function isCritical(number: number): boolean {
	return (number & 1) === 1;
}

/** Plays no part in telling one cached answer from another (RFC 7252 section 5.4.6). */
export function isNoCacheKey(number: number): boolean {
	return (number & 0x1e) === 0x1c;
}

export interface RecognisedOptions {
	/** Those to go by, in order; elective ones of unknown number are left in. */
	readonly options: readonly Option[];
	/** The first critical option that is unknown, of a wrong length, or repeated when it may not be. */
	readonly refused: number | undefined;
}

/**
 * Sorts out which options count: one of a length out of its range, or repeated when it may not be, is treated as
 * unknown (RFC 7252 sections 5.4.3 and 5.4.5), so when elective it is left out, and when critical it refuses the
 * message. `options` are in the order of their numbers, as decoding gives them.
 */
export function recogniseOptions(options: readonly Option[]): RecognisedOptions {
	let kept: Option[] | undefined;
	let previous = -1;
	const { length } = options;
	for (let i = 0; i < length; i += 1) {
		const option = options[i];
		const { number, value } = option;
		const definition = definitions[number];
		const size = value.length;
		const known =
			definition !== undefined &&
			size >= definition.min &&
			size <= definition.max &&
			(definition.repeatable || number !== previous);
		previous = number;
		if (!known && isCritical(number)) return { options, refused: number };
		// Copied only when something is left out: most messages are in order.
		if (!known && definition !== undefined) kept ??= options.slice(0, i);
		else kept?.push(option);
	}
	return { options: kept ?? options, refused: undefined };
}
