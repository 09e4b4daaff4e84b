import { encodeUtf8 } from "../bytes/bytes.js";
import { LinkFormatError } from "./errors.js";

/** A resource and what is said of it (RFC 6690 section 2). */
export interface Link {
	/** A path such as `/tasks`, or a URI; without `>`. */
	readonly target: string;
	/** A number is written bare, `true` is an attribute without value, text is quoted. */
	readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** A link of someone else's, and of its attributes those of some names. */
export interface ParsedLink<Name extends string = string> {
	readonly target: string;
	/** Without a value it has the empty text, given twice its first value. */
	readonly attributes: Readonly<Partial<Record<Name, string>>>;
}

function isName(text: string): boolean {
	return /^[A-Za-z0-9!#$&+.^_`|~-]+\*?$/.test(text);
}

function attributeText(key: string, value: string | number | boolean): string {
	if (!isName(key)) throw new LinkFormatError(`"${key}" is no attribute name`, 0);
	if (value === false) return "";
	if (value === true) return `;${key}`;
	if (typeof value === "number") return `;${key}=${value}`;
	return `;${key}="${value.replace(/["\\]/g, "\\$&")}"`;
}

/** The links as `/.well-known/core` gives them, in UTF-8. Throws LinkFormatError for a name or target that cannot be. */
export function linkFormat(links: readonly Link[]): Uint8Array {
	const texts = links.map(({ target, attributes = {} }) => {
		if (/[<>]/.test(target)) throw new LinkFormatError(`"${target}" is no target`, 0);
		const rest = Object.entries(attributes).map(([key, value]) => attributeText(key, value));
		return `<${target}>${rest.join("")}`;
	});
	return encodeUtf8(texts.join(","));
}

/** Most links in one document: each takes one byte of a document in three, and much more of a board's memory. */
const MAX_LINKS = 64;

class Reader<Name extends string> {
	readonly #text: string;
	readonly #wanted: readonly Name[];
	#at = 0;

	constructor(text: string, wanted: readonly Name[]) {
		this.#text = text;
		this.#wanted = wanted;
	}

	links(): ParsedLink<Name>[] {
		const links: ParsedLink<Name>[] = [];
		if (this.#text === "") return links;
		do {
			if (links.length === MAX_LINKS) throw this.error(`more than ${MAX_LINKS} links`);
			links.push(this.link());
		} while (this.take(","));
		if (this.#at < this.#text.length) throw this.error("neither ; nor ,");
		return links;
	}

	private link(): ParsedLink<Name> {
		if (!this.take("<")) throw this.error("a link without <");
		const end = this.#text.indexOf(">", this.#at);
		if (end < 0) throw this.error("a target without >");
		const target = this.#text.slice(this.#at, end);
		this.#at = end + 1;
		const attributes: Partial<Record<Name, string>> = {};
		while (this.take(";")) {
			const key = this.until(/[=;,]/);
			if (!isName(key)) throw this.error("an attribute without a name");
			const value = this.take("=") ? this.value() : "";
			const name = this.#wanted.find(each => each === key);
			if (name !== undefined) attributes[name] ??= value;
		}
		return { target, attributes };
	}

	private value(): string {
		if (this.take('"')) return this.quoted();
		const value = this.until(/[;,]/);
		if (value === "" || /[\s"\\<>]/.test(value)) throw this.error("a value that needs quotes");
		return value;
	}

	private quoted(): string {
		let value = "";
		while (this.#at < this.#text.length) {
			let character = this.#text[this.#at];
			this.#at += 1;
			if (character === '"') return value;
			if (character === "\\") {
				character = this.#text[this.#at] ?? "";
				this.#at += 1;
			}
			value += character;
		}
		throw this.error("a value without its closing quote");
	}

	private until(stop: RegExp): string {
		const start = this.#at;
		while (this.#at < this.#text.length && !stop.test(this.#text[this.#at])) this.#at += 1;
		return this.#text.slice(start, this.#at);
	}

	private take(character: string): boolean {
		if (this.#text[this.#at] !== character) return false;
		this.#at += 1;
		return true;
	}

	private error(message: string): LinkFormatError {
		return new LinkFormatError(message, this.#at);
	}
}

/**
 * Reads links (RFC 6690 section 2), without blanks between them, and the attributes of `wanted` names. No others: XS never
 * forgets the name of a property, so that whoever makes names up could fill a board's memory. Throws LinkFormatError, also
 * for more than 64 links.
 */
export function parseLinkFormat<Name extends string>(
	text: string,
	wanted: readonly Name[]
): ParsedLink<Name>[] {
	return new Reader(text, wanted).links();
}
