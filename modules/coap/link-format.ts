import { encodeUtf8 } from "../bytes/bytes.js";
import { LinkFormatError } from "./errors.js";

/** A resource and what is said of it (RFC 6690 section 2). */
export interface Link {
	/** A path such as `/tasks`, or a URI; without `>`. */
	readonly target: string;
	/** A number is written bare, `true` is an attribute without value, text is quoted. */
	readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** A link of someone else's; an attribute without a value has the empty text, one given twice its first value. */
export interface ParsedLink {
	readonly target: string;
	readonly attributes: Readonly<Record<string, string | undefined>>;
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

class Reader {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	links(): ParsedLink[] {
		const links: ParsedLink[] = [];
		if (this.#text === "") return links;
		do {
			links.push(this.#link());
		} while (this.#take(","));
		if (this.#at < this.#text.length) throw this.#error("neither ; nor ,");
		return links;
	}

	#link(): ParsedLink {
		if (!this.#take("<")) throw this.#error("a link without <");
		const end = this.#text.indexOf(">", this.#at);
		if (end < 0) throw this.#error("a target without >");
		const target = this.#text.slice(this.#at, end);
		this.#at = end + 1;
		const attributes = new Map<string, string>();
		while (this.#take(";")) {
			const key = this.#until(/[=;,]/);
			if (!isName(key)) throw this.#error("an attribute without a name");
			const value = this.#take("=") ? this.#value() : "";
			if (!attributes.has(key)) attributes.set(key, value);
		}
		// fromEntries makes own properties, also of a name such as __proto__.
		return { target, attributes: Object.fromEntries(attributes) };
	}

	#value(): string {
		if (this.#take('"')) return this.#quoted();
		const value = this.#until(/[;,]/);
		if (value === "" || /[\s"\\<>]/.test(value)) throw this.#error("a value that needs quotes");
		return value;
	}

	#quoted(): string {
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
		throw this.#error("a value without its closing quote");
	}

	#until(stop: RegExp): string {
		const start = this.#at;
		while (this.#at < this.#text.length && !stop.test(this.#text[this.#at])) this.#at += 1;
		return this.#text.slice(start, this.#at);
	}

	#take(character: string): boolean {
		if (this.#text[this.#at] !== character) return false;
		this.#at += 1;
		return true;
	}

	#error(message: string): LinkFormatError {
		return new LinkFormatError(message, this.#at);
	}
}

/** Reads links (RFC 6690 section 2), without blanks between them. Throws LinkFormatError. */
export function parseLinkFormat(text: string): ParsedLink[] {
	return new Reader(text).links();
}
