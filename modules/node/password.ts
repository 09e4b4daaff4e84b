import { isCommonPassword } from "./common-passwords.js";

/** Characters of a home's password. */
const range = Object.freeze({ least: 8, most: 64 } as const);

/** Why a home cannot have this password, or undefined. */
export function passwordFault(password: string): string | undefined {
	if (!isPrintable(password)) {
		return "a password has letters without accents, digits, spaces and signs of ASCII only: the same word can be written in two ways otherwise";
	}
	const { least, most } = range;
	return password.length < least || password.length > most
		? `a password has ${least} to ${most} characters`
		: undefined;
}

/** Why nobody should choose this password for a home, or undefined. Who has one already is not asked to be wiser. */
export function chosenPasswordFault(password: string): string | undefined {
	const fault = passwordFault(password);
	if (fault !== undefined) return fault;
	const [first = ""] = password.toLowerCase();
	if (password.toLowerCase() === first.repeat(password.length)) {
		return first === " " ? "that is spaces only" : "that is one character over and over";
	}
	return isCommonPassword(password)
		? "that is one of the hundred commonest passwords, which are tried first"
		: undefined;
}

/** Why a home cannot have this PIN, or undefined. */
export function pinFault(pin: string): string | undefined {
	return /^[0-9]{4,8}$/.test(pin) ? undefined : "a PIN has 4 to 8 digits";
}

/** Whether all of a text is printable ASCII, from space to ~: what every keyboard and system writes as the same bytes. */
export function isPrintable(text: string): boolean {
	return !/[^ -~]/.test(text);
}
