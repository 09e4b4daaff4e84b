import { findOption, type Option, OptionNumber } from "../coap/coap.js";
import { FormatError } from "./oscore-error.js";

/** Options that proxies must see: class U only (RFC 8613 section 4.1, figure 5). All others are sealed. */
const unprotected: readonly number[] = [OptionNumber.UriHost, OptionNumber.UriPort, OptionNumber.ProxyScheme];

export interface SplitOptions {
	/** Class E: sealed. */
	readonly inner: readonly Option[];
	/** Class U: in the clear. */
	readonly outer: readonly Option[];
}

/**
 * Which options of a message of ours are sealed and which go in the clear. Observe does both (section 4.1.3.5).
 * Throws FormatError for Proxy-Uri, which would show the path (section 4.1.3.3: it is to be given in parts), and
 * for a message that is protected already.
 */
export function splitOptions(options: readonly Option[]): SplitOptions {
	const inner: Option[] = [];
	const outer: Option[] = [];
	const { length } = options;
	for (let i = 0; i < length; i += 1) {
		const option = options[i];
		const { number } = option;
		if (number === OptionNumber.ProxyUri) throw new FormatError("Proxy-Uri cannot be protected");
		if (number === OptionNumber.Oscore) throw new FormatError("the message is protected already");
		if (unprotected.includes(number)) {
			outer.push(option);
		} else {
			inner.push(option);
			if (number === OptionNumber.Observe) outer.push(option);
		}
	}
	return { inner, outer };
}

/**
 * The options of a request that was opened, in order: what was sealed, and of what came in the clear only class U
 * that was not sealed as well. Anything else in the clear counts for nothing: anyone may have put it there.
 */
export function joinOptions(inner: readonly Option[], outer: readonly Option[]): readonly Option[] {
	// The OSCORE option itself is all that there is in most messages.
	if (outer.length === 1) return inner;
	const added = outer.filter(
		({ number }) =>
			(unprotected.includes(number) || number === OptionNumber.ProxyUri) &&
			findOption(inner, number) === undefined
	);
	if (added.length === 0) return inner;
	return [...inner, ...added].sort((a, b) => a.number - b.number);
}
