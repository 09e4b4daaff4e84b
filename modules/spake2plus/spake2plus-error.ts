/** A share, confirmation or setting that SPAKE2+ refuses, or a step out of its order. */
export class Spake2PlusError extends Error {
	override readonly name = "Spake2PlusError";
}

/**
 * The other side's confirmation does not fit: another password, PIN, context or identity than ours, or a
 * message changed on its way. Nobody can tell which.
 */
export class ConfirmationError extends Spake2PlusError {}
